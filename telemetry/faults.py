"""Exceptions without their words: what failed and where, and nothing of what it was fed."""

import errno
import re
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import TypedDict

ROOT = Path(__file__).parents[1]
MOST_FRAMES = 40
LONGEST_CHAIN = 8


class Fault(TypedDict):
    """One exception of a chain. Its message is left out: it may quote a password, a token, a
    statement's parameters or an ERP's answer, and nobody can tell by looking."""

    type: str
    code: str | None
    """A word from a closed list that says more: PostgreSQL's SQLSTATE, or an errno's name."""
    frames: list[str]
    """The newest last, as `file:line function`."""


def faults_of(error: BaseException) -> list[Fault]:
    """The exception, then what it came from, and so on."""
    chain: list[Fault] = []
    inner: BaseException | None = error
    while inner is not None and len(chain) < LONGEST_CHAIN:
        chain.append(Fault(type=type_of(inner), code=code_of(inner), frames=_frames(inner)))
        hidden = inner.__suppress_context__
        inner = inner.__cause__ or (None if hidden else inner.__context__)
    return chain


def type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def code_of(error: BaseException) -> str | None:
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str) and re.fullmatch(r"[0-9A-Z]{5}", sqlstate):
        return sqlstate
    return errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None


def as_text(faults: list[Fault]) -> str:
    """For a person at a terminal."""
    return "\n".join(
        "\n".join([_headline(fault), *(f"  {frame}" for frame in fault["frames"])])
        for fault in faults
    )


def _headline(fault: Fault) -> str:
    return f"{fault['type']} ({fault['code']})" if fault["code"] else fault["type"]


def _frames(error: BaseException) -> list[str]:
    return frames_of(error.__traceback__)


def frames_of(traceback: TracebackType | None) -> list[str]:
    frames = [
        f"{short(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
        for frame, line in walk_tb(traceback)
    ]
    return frames[-MOST_FRAMES:]


def short(path: str) -> str:
    """A file's path from the project's folder, or from the folder of installed packages."""
    for before in ("site-packages/", f"{ROOT}/"):
        _, found, rest = path.rpartition(before)
        if found:
            return rest
    return path
