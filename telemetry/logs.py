"""One pipeline for every log line: JSON for machines, columns for a person at a terminal.

The rooms log by the standard library, to loggers named `erp_link...`; orjson writes the lines for
machines, structlog those for people.
What other people's code logs is told by its place and its words' template, never by the words
themselves: at level debug the HTTP client logs headers, the database driver parameters, and
uvicorn logs the path of a request with its query, in which people have been seen to send tokens.
"""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

import orjson

from telemetry.exchange import current_exchange
from telemetry.faults import as_text, faults_of, short
from telemetry.lines import Lines

OURS = "erp_link"
ROOMS = frozenset(
    {"adapters", "command_line", "domain", "endpoint", "resolvers", "schema", "serving", "web"}
)
"""Whose modules log by their own names, and choose their words as carefully."""
_OUR_NAMES = ROOMS | {OURS}
UNEXPECTED = "unexpected error"
PLAIN_WORDS = frozenset({"Invalid HTTP request received.", "Exception in ASGI application"})
"""Messages of other people's code that are constants there, and worth reading."""

Format = Literal["auto", "json", "text"]
Level = Literal["debug", "info", "warning", "error"]
Told = dict[str, Any]

_ATTRIBUTES = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def configure_logging(level: Level, chosen: Format, stream: TextIO | None = None) -> None:
    """Send every log line of this process to stderr, and whatever nobody caught too."""
    out = stream or sys.stderr
    readable = out.isatty() if chosen == "auto" else chosen == "text"
    lines = Lines(out)
    lines.setFormatter(Formatter(readable=readable, colors=out.isatty()))
    lines.addFilter(_worth_telling)
    lines.addFilter(_of_its_request)
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(lines)
    root.setLevel(logging.WARNING)
    for name in (OURS, *ROOMS):
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)
    # No line of ours tells them, and to find them out takes its time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda it: _uncaught(it.exc_type, it.exc_value, it.exc_traceback)
    sys.unraisablehook = lambda it: _uncaught(it.exc_type, it.exc_value, it.exc_traceback)


def is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OUR_NAMES


def _worth_telling(record: logging.LogRecord) -> bool:
    # Strawberry logs each error of each client; the unexpected ones are logged by ourselves.
    if record.name == "strawberry.execution":
        return False
    return is_ours(record) or record.levelno >= logging.WARNING


def _of_its_request(record: logging.LogRecord) -> bool:
    """Note in which request it was told: a line is formatted after that, and elsewhere."""
    exchange = current_exchange.get()
    if exchange is not None:
        record.__dict__.setdefault("request_id", exchange.request_id)
    return True


def _uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        logging.getLogger(OURS).critical(UNEXPECTED, exc_info=(kind, error, traceback))


class Formatter(logging.Formatter):
    """Makes a line of a record: of what it tells."""

    def __init__(self, *, readable: bool, colors: bool = False) -> None:
        super().__init__()
        self._console = _console(colors) if readable else None

    def format(self, record: logging.LogRecord) -> str:
        told: Told = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            **(_ours(record) if is_ours(record) else _foreign(record)),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            faults = faults_of(error)
            told["exception"] = as_text(faults) if self._console else faults
        return str(self._console(None, told["level"], told)) if self._console else as_json(told)


def _console(colors: bool) -> Any:
    # Here, since with rich it takes 5 MB, which a process that nobody watches does without.
    from structlog.dev import ConsoleRenderer

    return ConsoleRenderer(colors=colors)


def as_json(told: Told) -> str:
    try:
        return orjson.dumps(told, default=repr).decode()
    except TypeError:  # half of a surrogate pair, or an integer that is too long for it
        return json.dumps(told, default=repr)


def _ours(record: logging.LogRecord) -> Told:
    extra = {
        name: value
        for name, value in vars(record).items()
        if value is not None and name not in _ATTRIBUTES
    }
    return {"event": record.getMessage(), **extra}


def _foreign(record: logging.LogRecord) -> Told:
    """Where and for which request it was said; and of the words, those that stand in the code."""
    words = record.msg.strip() if isinstance(record.msg, str) else ""
    template = words if record.args or words in PLAIN_WORDS else None
    told = {
        "event": template or f"a line of {record.name}",
        "logger": record.name,
        "at": f"{short(record.pathname)}:{record.lineno} {record.funcName}",
    }
    request_id = getattr(record, "request_id", None)
    return told if request_id is None else {**told, "request_id": request_id}
