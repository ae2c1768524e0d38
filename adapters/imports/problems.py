"""What is wrong with a file, told by line, field and reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

MOST_NAMED = 20
"""How many problems are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. Line 0: about the file as a whole; no field: the whole value."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        return ": ".join([*where, *([self.field] if self.field else []), self.reason])


class ImportRefused(Exception):
    """The file is not imported: nothing of it was kept."""

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, *([f"and {more} more"] if more else [])]))


def refused(reason: str, line: int = 0, field: str = "") -> ImportRefused:
    """The refusal for a single reason."""
    return ImportRefused([Problem(line, field, reason)])


@dataclass(slots=True)
class Problems:
    """What was found wrong so far, while the reading goes on."""

    named: list[Problem] = field(default_factory=list)
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.named)

    def add(self, found: Iterable[Problem]) -> None:
        for problem in found:
            if len(self.named) < MOST_NAMED:
                self.named.append(problem)
            else:
                self.more += 1

    def refuse_if_any(self) -> None:
        """Raises ImportRefused when there are problems."""
        if self.named:
            raise ImportRefused(self.named, self.more)


def refusal(found: Iterable[Problem]) -> ImportRefused:
    problems = Problems()
    problems.add(found)
    return ImportRefused(problems.named, problems.more)


def problems_of(invalid: ValidationError, line: int = 0) -> list[Problem]:
    """What pydantic found, in our words and with paths such as `items[3].id`."""
    return [
        Problem(line, _path(error["loc"]), _reason(error["type"], error["msg"]))
        for error in invalid.errors(include_url=False, include_context=False, include_input=False)
    ]


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if step != "[key]":
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this format",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "tuple_type": "must be a JSON array",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
}


def _reason(kind: str, message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return REASONS.get(kind, message[:1].lower() + message[1:])
