"""The values of a JSON array, or of one JSON value after another, read in bounded memory."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, NoReturn

from adapters.imports.problems import ImportRefused, refused

PIECE = 1 << 16
LARGEST_VALUE = 8 << 20
"""The most characters that one value may have."""

SPACE = re.compile(r"[ \t\r\n]*")
NEAR_THE_END = 16
"""A fault so close to the end of what was read may only mean that the value goes on."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a file, and the line that it starts on."""

    line: int
    value: object


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_not_a_number)


class JsonText:
    """The text of a file from where the reader stands; never more than is needed of it.

    Every method may raise ImportRefused: the file is not UTF-8, not JSON, or ends too early.
    """

    def __init__(
        self,
        file: BinaryIO,
        largest: int = LARGEST_VALUE,
        on_bytes: Callable[[int], None] = lambda count: None,
    ) -> None:
        self.line = 1
        self._file = file
        self._largest = largest
        self._on_bytes = on_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._ended = False

    def next_character(self) -> str:
        """The first character past the white space here; empty at the end of the file."""
        while True:
            found = SPACE.match(self._text, self._at)
            self._step_to(found.end() if found else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read_on()

    def step(self) -> None:
        """Past the character here."""
        self._step_to(self._at + 1)

    def value(self) -> Row:
        """The value that starts here."""
        if not self.next_character():
            raise self.wrong("the file ends where a value should be")
        while True:
            found = self._decode()
            if found is not None:
                value, end = found
                row = Row(self.line, value)
                self._step_to(end)
                return row
            self._read_on()

    def wrong(self, reason: str) -> ImportRefused:
        return refused(reason, self.line)

    def _decode(self) -> tuple[object, int] | None:
        """The value here and its end, or None when more has to be read first."""
        try:
            value, end = DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as fault:
            self._judge(fault)
            return None
        except (ValueError, RecursionError) as fault:
            raise self.wrong(_said(fault)) from fault
        if end - self._at > self._largest:
            raise self._too_large()
        if end == len(self._text) and not self._ended and self._text[end - 1] not in '}]"':
            return None  # a number may go on in the next piece
        return value, end

    def _judge(self, fault: json.JSONDecodeError) -> None:
        """Raises ImportRefused unless the fault may only mean that the value goes on."""
        unfinished = fault.msg.startswith("Unterminated string")
        unfinished |= fault.pos >= len(self._text) - NEAR_THE_END
        if not unfinished or self._ended:
            line = self.line + self._text.count("\n", self._at, fault.pos)
            end = fault.pos >= len(self._text) or fault.msg.startswith("Unterminated string")
            reason = "the file ends inside a value" if end else f"not JSON: {_said(fault)}"
            raise refused(reason, line)
        if len(self._text) - self._at > self._largest:
            raise self._too_large()

    def _too_large(self) -> ImportRefused:
        return self.wrong(f"a value of more than {self._largest:,} characters")

    def _read_on(self) -> None:
        rest = self._text[self._at :]
        piece = self._file.read(max(PIECE, len(rest)))
        self._on_bytes(len(piece))
        self._ended = not piece
        try:
            self._text, self._at = rest + self._decoder.decode(piece, final=self._ended), 0
        except UnicodeDecodeError as fault:
            line = self.line + rest.count("\n") + fault.object[: fault.start].count(b"\n")
            raise refused("not text in UTF-8", line) from fault

    def _step_to(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end


def _said(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return "nested too deeply"
    message = fault.msg if isinstance(fault, json.JSONDecodeError) else str(fault)
    return message.partition(":")[0] if "integer string" in message else message


def values(text: JsonText) -> Iterator[Row]:
    """The elements of an array, or else one value after another, as in NDJSON."""
    if text.next_character() == "[":
        text.step()
        yield from _elements(text)
        if text.next_character():
            raise text.wrong("something follows the array")
    else:
        while text.next_character():
            yield text.value()


def _elements(text: JsonText) -> Iterator[Row]:
    if text.next_character() != "]":
        yield text.value()
        while (mark := text.next_character()) == ",":
            text.step()
            yield text.value()
        if not mark:
            raise text.wrong("the file ends before its array does")
        if mark != "]":
            raise text.wrong("not JSON: a comma or the end of the array is missing")
    text.step()
