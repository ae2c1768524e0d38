"""How long it takes from nothing to the first answer."""

from statistics import median
from time import perf_counter

import httpx2

from bench.databases import Seeded
from bench.report import Report
from bench.stage import Stage
from bench.tables import table
from bench.targets import service

TIMES = 5


def cold_starts(stage: Stage) -> Report:
    """From the command to the answer of a first page, again and again."""
    rows, figures = [], {}
    for database in stage.databases:
        found = [_start(stage, database, number) for number in range(TIMES)]
        figures[database.kind] = found
        rows.append((database.kind, f"{median(found):.2f}", f"{max(found):.2f}"))
    return Report("cold", table(("on", "seconds, median", "the longest"), rows), figures)


def _start(stage: Stage, database: Seeded, number: int) -> float:
    folder, began = stage.beside(f"start-{database.kind}-{number}"), perf_counter()
    with service(database, stage.bodies, folder, pinned=False) as target:
        body = (target.bodies / "q1").read_bytes().splitlines()[0]
        told = {"Content-Type": "application/json", **target.headers}
        answer = httpx2.post(target.url, content=body, headers=told)
        seconds = perf_counter() - began
        answer.raise_for_status()
    return seconds
