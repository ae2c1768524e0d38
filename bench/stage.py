"""What every measurement stands on: databases that are filled, and what they will be asked."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.book import Book
from bench.databases import Seeded, seeded
from bench.operations import write_bodies


@dataclass(frozen=True, slots=True)
class Stage:
    """`folder` holds the bodies and is thrown away afterwards."""

    folder: Path
    databases: Sequence[Seeded]

    @property
    def bodies(self) -> Path:
        return self.folder / "bodies"

    def beside(self, name: str) -> Path:
        """A path of its own, for one service."""
        return self.folder / name


@contextmanager
def stage(kinds: Sequence[str], book: Book) -> Iterator[Stage]:
    """Fill a database of each kind, and tell how long it took."""
    with TemporaryDirectory(prefix="erp-link-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "bodies").mkdir()
        write_bodies(book, folder / "bodies")
        databases = []
        for kind in kinds:
            filled = stack.enter_context(seeded(kind, book, folder))
            print(f"{kind} filled in {filled.seconds:.0f} s", flush=True)
            databases.append(filled)
        yield Stage(folder, databases)
