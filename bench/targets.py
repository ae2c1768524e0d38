"""Whom the load is put on: our service on a database, or a peer at an address."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from adapters.tokens import DemoIssuer
from bench.book import SUBJECT
from bench.databases import Seeded
from bench.load import Load, Told
from bench.operations import EXPECTED
from bench.processes import Taken, cores, listener, pin
from tests.safety.processes import ROOT, environment
from tests.servers.processes import Server, free_port

NOTHING_REFUSED = {"budget_size": 10**9, "budget_refill_per_second": 10**6}


@dataclass(frozen=True, slots=True)
class Figures(Told):
    """What a load told, and what the machine took for it: CPU in microseconds a request."""

    service_us: float
    database_us: float
    megabytes: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers at an address, and the folder of the bodies it is asked with."""

    name: str
    url: str
    bodies: Path
    process: int | None = None
    database: int | None = None
    """The processes whose CPU is told: the service's, and its database's if that is one apart."""
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)
    metrics: str = ""
    """Where Prometheus would look."""
    asked: Counter[str] = field(default_factory=Counter)
    """How many bodies of each operation are used up: nothing can be unlinked twice."""

    def load(self, operation: str, connections: int, seconds: float) -> Figures:
        """Put the load on it, from a process beside it."""
        load = Load(
            url=self.url,
            bodies=str(self.bodies / operation),
            connections=connections,
            seconds=seconds,
            headers=self.headers,
            offset=self.asked[operation],
            expected=self.expected.get(operation, ""),
        )
        before = Taken.by(self.process), Taken.by(self.database)
        told = _told(load)
        after = Taken.by(self.process), Taken.by(self.database)
        self.asked[operation] += told.requests + connections
        taken = [
            (late.cpu - early.cpu) / max(told.requests, 1) * 1e6
            for early, late in zip(before, after, strict=True)
        ]
        return Figures(
            **asdict(told), service_us=taken[0], database_us=taken[1], megabytes=after[0].megabytes
        )


def _told(load: Load) -> Told:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    pin(process.pid, cores()[1])
    said, _ = process.communicate(json.dumps(asdict(load)).encode())
    if process.returncode:
        raise RuntimeError("the load could not be put on it: see above")
    return Told(**json.loads(said))


def peer(url: str, bodies: Path, headers: Mapping[str, str]) -> Target:
    """A server that somebody else started."""
    where = urlsplit(url)
    process = listener(where.port or 80) if where.hostname in ("127.0.0.1", "localhost") else None
    return Target("peer", url, bodies, process, headers=headers)


@contextmanager
def service(
    seeded: Seeded,
    bodies: Path,
    folder: Path,
    workers: int = 1,
    pinned: bool = True,
    connections: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Target]:
    """Our service on a database: everything on that guards it, and only the ERP is played.

    `connections` are the settings of ERPs that are reached in another way than the others.
    """
    folder.mkdir(parents=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"database_url": seeded.url, "data_dir": folder, "port": port, "demo": True}
    scraped = free_port()
    told = {"log_format": "json", "metrics_port": scraped}
    told |= {"connections": json.dumps(connections or {})}
    token = DemoIssuer.open(folder).token(SUBJECT, timedelta(days=1))
    command = [sys.executable, "-m", "bench.serving", "serve", "--workers", str(workers)]
    with ExitStack() as stack:
        chosen = environment(**settings, **told, **NOTHING_REFUSED)
        server = Server(command, folder, environment=chosen)
        stack.callback(server.end)
        if pinned:
            pin(server.process.pid, cores()[0])
        server.wait_until(lambda: _is_ready(address), seconds=60)
        yield Target(
            f"ERP Link on {seeded.kind}",
            f"{address}/graphql",
            bodies,
            server.process.pid,
            seeded.process,
            {"Authorization": f"Bearer {token}"},
            EXPECTED,
            f"http://127.0.0.1:{scraped}/metrics",
        )


def _is_ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False
