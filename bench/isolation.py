"""Does one company's dead ERP slow another company down?"""

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

from bench.book import INTEGRATION, Book, Place
from bench.operations import EXPECTED, write_unlinks
from bench.report import Report
from bench.stage import Stage
from bench.tables import table
from bench.targets import Figures, Target, service

BOOK = Book(companies=6, biggest=100, big=5_000, small=10)
SMALL_BOOK = replace(BOOK, big=1_200)
NEIGHBOUR = 5
"""The company whose ERP dies. The other three big ones are measured."""
CONNECTIONS, ROUNDS = 8, 3
ALONE, HEALTHY, DEAD = "alone", "beside a healthy ERP", "beside a dead ERP"


def isolation(stage: Stage, book: Book, seconds: float) -> Report:
    """Unlinks of some companies: alone, and while another unlinks as busily, its ERP well or dead.

    Dead is an ERP that takes connections and never answers: first all who ask it wait for their
    deadline, then the guard answers for it. A round is shorter than a deadline, so that both are
    met. All companies are served by one process on one core.
    """
    folder = stage.beside("isolation")
    folder.mkdir()
    others = [p for c in book.unlinked if c != NEIGHBOUR for p in book.invoices(c)]
    _split(book, folder, "of others", others, (ALONE, HEALTHY, DEAD))
    _split(book, folder, "its own", list(book.invoices(NEIGHBOUR)), (HEALTHY, DEAD))
    rows, figures = [], {}
    for database in stage.databases:
        beside = stage.beside(f"isolation-{database.kind}")
        with (
            silence() as url,
            service(database, folder, beside / "well") as well,
            service(
                database,
                folder,
                beside / "dead",
                connections={f"{NEIGHBOUR}/{INTEGRATION}": {"url": url}},
            ) as dead,
        ):
            found = _measured(well, dead, seconds)
        figures[database.kind] = {
            name: [asdict(each) for each in told] for name, told in found.items()
        }
        rows.append((database.kind, *_compared(found)))
    header = ("on", f"p99 {ALONE}", HEALTHY, DEAD, "the worst round", "times", "errors")
    return Report("isolation", table(header, rows), figures)


def _split(
    book: Book, folder: Path, name: str, places: Sequence[Place], phases: Sequence[str]
) -> None:
    """Nothing is unlinked twice: each phase has invoices of its own."""
    for number, phase in enumerate(phases):
        write_unlinks(book, places[number :: len(phases)], folder / f"{name} {phase}")


def _measured(well: Target, dead: Target, seconds: float) -> dict[str, list[Figures]]:
    found: dict[str, list[Figures]] = {ALONE: [], HEALTHY: [], DEAD: []}
    with ThreadPoolExecutor() as pool:
        for _ in range(ROUNDS):
            for phase, told in found.items():
                target = dead if phase == DEAD else well
                if phase != ALONE:
                    neighbour = pool.submit(
                        target.load, f"its own {phase}", CONNECTIONS, seconds + 1
                    )
                told.append(
                    replace(target, expected={f"of others {phase}": EXPECTED["m1"]}).load(
                        f"of others {phase}", CONNECTIONS, seconds
                    )
                )
                if phase != ALONE:
                    neighbour.result()
    return found


def _compared(found: dict[str, list[Figures]]) -> tuple[str, ...]:
    """Latencies in ms, the medians of all rounds; the ratio is that of the last two."""
    alone, healthy, dead = (median(each.p99 for each in told) for told in found.values())
    worst = max(each.p99 for each in found[DEAD])
    errors = sum(each.errors for told in found.values() for each in told)
    times = f"{dead / max(healthy, 1e-9):.2f}"
    return (*(f"{ms:.1f}" for ms in (alone, healthy, dead, worst)), times, str(errors))


@contextmanager
def silence() -> Iterator[str]:
    """The address of a host that takes connections, as the kernel does by itself, and is silent."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
