"""The two kinds of file that can be imported, told apart by what is in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.imports.directory import FORMAT
from adapters.imports.json_values import JsonText, Row, values
from adapters.imports.problems import refused

LARGEST_DIRECTORY = 32 << 20
"""The most characters of a directory: it is one object, and read as one."""


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """A company's directory; see `adapters.imports.directory`."""

    path: Path
    document: object


@dataclass(slots=True)
class RequisitionsFile:
    """Requisitions, in a JSON array or one after another; `bytes_read` of `size` bytes so far."""

    path: Path
    size: int
    bytes_read: int = 0

    def rows(self) -> Iterator[Row]:
        """The requisitions, read as they are asked for.

        Raises ImportRefused where the file cannot be read on.
        """
        self.bytes_read = 0
        with self.path.open("rb") as file:
            yield from values(JsonText(file, on_bytes=self._count))

    def _count(self, more: int) -> None:
        self.bytes_read += more


def read_file(path: Path) -> DirectoryFile | RequisitionsFile:
    """Say what is in a file. Raises ImportRefused when it is neither, OSError when unreadable."""
    with path.open("rb") as file:
        text = JsonText(file, LARGEST_DIRECTORY)
        match text.next_character():
            case "":
                raise refused("the file is empty")
            case "[":
                return _requisitions(path)
            case "{":
                first = text.value().value
            case _:
                raise text.wrong("neither requisitions nor a company's directory")
        if not isinstance(first, dict) or "format" not in first:
            return _requisitions(path)
        if first["format"] != FORMAT:
            raise refused(f'not a format we know: it must be "{FORMAT}"', field="format")
        if text.next_character():
            raise text.wrong("something follows the directory")
        return DirectoryFile(path, first)


def _requisitions(path: Path) -> RequisitionsFile:
    return RequisitionsFile(path, path.stat().st_size)
