"""Full load for long: does memory stay, is anything refused, is a connection left behind?"""

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import httpx2

from bench.report import Report
from bench.stage import Stage
from bench.tables import table
from bench.targets import Target, service

SHARES: Mapping[str, float] = {"q1": 0.3, "q2": 0.3, "q3": 0.35, "m1": 0.05}
"""Of each minute. Unlinks are few: no invoice can be unlinked twice."""
CONNECTIONS, LEFT_BEHIND = 64, 'erp_link_database_connections{state="in_use"}'


@dataclass(frozen=True, slots=True)
class Minute:
    """The state after a minute of load, once every answer is there."""

    requests: int
    errors: int
    first_error: str
    megabytes: float
    connections_in_use: int


def lasting(stage: Stage, minutes: int, seconds: float = 60) -> Report:
    """`seconds` is how long a minute is: 60, but for those who only try it."""
    found = {}
    for database in stage.databases:
        folder = stage.beside(f"lasting-{database.kind}")
        with service(database, stage.bodies, folder) as target:
            found[target.name] = [_minute(target, seconds) for _ in range(minutes)]
    figures = {name: [asdict(each) for each in told] for name, told in found.items()}
    header = ("on", "requests", "errors", "MB after the first minute", "at the end", "left open")
    rows = [(name, *_row(told)) for name, told in found.items()]
    text = f"{minutes} minutes, {CONNECTIONS} connections, all four operations:\n\n"
    return Report("lasting", text + table(header, rows), figures)


def _minute(target: Target, seconds: float) -> Minute:
    told = [target.load(name, CONNECTIONS, share * seconds) for name, share in SHARES.items()]
    minute = Minute(
        requests=sum(each.requests for each in told),
        errors=sum(each.errors for each in told),
        first_error=next((each.first_error for each in told if each.errors), ""),
        megabytes=told[-1].megabytes,
        connections_in_use=_in_use(target),
    )
    print(target.name, minute, flush=True)
    return minute


def _row(minutes: list[Minute]) -> tuple[str, ...]:
    first, last = minutes[0].megabytes, minutes[-1].megabytes
    return (
        str(sum(each.requests for each in minutes)),
        str(sum(each.errors for each in minutes)),
        f"{first:.1f}",
        f"{last:.1f} ({(last / first - 1) * 100:+.1f} %)",
        str(minutes[-1].connections_in_use),
    )


def _in_use(target: Target) -> int:
    """The connections to the database that are still in use, a moment after the last answer."""
    time.sleep(0.5)
    metrics = httpx2.get(target.metrics).text
    found = re.search(rf"^{re.escape(LEFT_BEHIND)} ([0-9.]+)$", metrics, re.MULTILINE)
    if found is None:
        raise RuntimeError("the metrics do not tell of connections")
    return int(float(found[1]))
