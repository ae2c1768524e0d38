"""Several processes on all cores against one on one core."""

from dataclasses import asdict

from bench.report import Report
from bench.stage import Stage
from bench.tables import table
from bench.targets import Figures, service

OPERATIONS, CONNECTIONS = ("q1", "q2"), 64


def many_processes(stage: Stage, workers: int, seconds: float) -> Report:
    """Both are loaded from the core that the database is on, which the many share.

    So requests a second tell too little of what more cores would do; the CPU time of a request
    says whether the processes are in each other's way.
    """
    rows, figures = [], {}
    for database in stage.databases:
        found: dict[int, dict[str, Figures]] = {}
        for number in (1, workers):
            folder = stage.beside(f"{number}-processes-{database.kind}")
            with service(database, stage.bodies, folder, number, pinned=number == 1) as target:
                for name in OPERATIONS:
                    target.load(name, CONNECTIONS, min(1.0, seconds))
                    found.setdefault(number, {})[name] = target.load(name, CONNECTIONS, seconds)
        for name in OPERATIONS:
            one, many = found[1][name], found[workers][name]
            rows.append((f"{name.upper()} on {database.kind}", *_compared(one, many, workers)))
            figures[f"{name} on {database.kind}"] = [asdict(one), asdict(many)]
    header = (
        "operation",
        "req/s of one",
        f"of {workers}",
        "times",
        "CPU us of one",
        f"of {workers}",
        "times by CPU",
        "errors",
    )
    return Report("processes", table(header, rows), figures)


def _compared(one: Figures, many: Figures, workers: int) -> tuple[str, ...]:
    return (
        f"{one.per_second:.0f}",
        f"{many.per_second:.0f}",
        f"{many.per_second / max(one.per_second, 1e-9):.2f}",
        f"{one.service_us:.0f}",
        f"{many.service_us:.0f}",
        f"{workers * one.service_us / max(many.service_us, 1e-9):.2f}",
        str(one.errors + many.errors),
    )
