"""The databases that are measured: SQLite in a file, and a PostgreSQL of our own, as in life."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.book import Book
from bench.processes import cores, listener, pin
from bench.seeding import seed
from tests.servers.postgresql import SETTINGS, Postgresql, running_postgresql

# Unlike the tests' cluster, this one waits for the disk, and cleans up behind its writers.
IN_LIFE = SETTINGS | {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
}
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Seeded:
    """A database with the companies that are measured in it."""

    kind: str
    url: str
    process: int | None
    """The database's own process; None: it runs in the service's."""
    seconds: float
    """How long it took to fill."""


@contextmanager
def cluster() -> Iterator[Postgresql]:
    """A PostgreSQL as one would run it, away from the service's core."""
    with running_postgresql(IN_LIFE) as running:
        if (process := listener(running.port)) is not None:
            pin(process, cores()[1])
        yield running


@contextmanager
def seeded(kind: str, book: Book, folder: Path) -> Iterator[Seeded]:
    """A database of this kind, filled with the book."""
    if kind == "sqlite":
        yield _filled(kind, f"sqlite+aiosqlite:///{folder / 'bench.sqlite'}", None, book)
        return
    with cluster() as running:
        yield _filled(kind, running.new_database(), listener(running.port), book)


def _filled(kind: str, url: str, process: int | None, book: Book) -> Seeded:
    began = perf_counter()
    asyncio.run(seed(url, book))
    return Seeded(kind, url, process, perf_counter() - began)
