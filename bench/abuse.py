"""What a good client feels while many others hold connections for nothing: `python -m bench.abuse`.

Starts `erp-link serve` on SQLite with the demo data, measures a good client by itself, then beside
1,000 sockets that never say a word, 200 bodies that arrive a byte at a time, and 500 readers that
stall, each of which comes back within seconds of being cut off. They run in another process.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import httpx2

from adapters.tokens import DemoIssuer
from serving.limits import Limits
from tests.safety.abusers import Abusers
from tests.safety.processes import erp_link, server

SILENT, SLOW, STALLED = 1_000, 200, 500
ALONE_SECONDS, BESIDE_SECONDS, SETTLING_SECONDS = 30, 60, 10
SYNCED = """
query($id: ID!) { syncedInvoices(companyId: $id, first: 10) { nodes { number invoiceNumber } } }
"""


@dataclass
class Felt:
    """Latencies in milliseconds, and what was not answered by 200."""

    livez: list[float] = field(default_factory=list)
    query: list[float] = field(default_factory=list)
    failed: int = 0

    def tell(self, when: str) -> None:
        for name, values in (("/livez", self.livez), ("query", self.query)):
            cuts = quantiles(values, n=100)
            print(
                f"{when:8}{name:8}{len(values):6} asked   p50 {cuts[49]:6.1f}   p99 {cuts[98]:6.1f}"
                f"   worst {max(values):6.1f} ms"
            )
        print(f"{when:8}{self.failed} failed")


async def feel(address: str, headers: dict[str, str], seconds: float) -> Felt:
    """Ask both, again and again, each on a connection that is kept."""
    felt, end = Felt(), time.perf_counter() + seconds
    async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=30) as http:
        viewer = await http.post("/graphql", json={"query": "{ viewer { companies { id } } }"})
        company = viewer.json()["data"]["viewer"]["companies"][0]["id"]
        query = {"query": SYNCED, "variables": {"id": company}}

        async def ask(times: list[float], method: str, path: str, body: object) -> None:
            while time.perf_counter() < end:
                began = time.perf_counter()
                answer = await http.request(method, path, json=body)
                times.append((time.perf_counter() - began) * 1000)
                felt.failed += answer.status_code != 200 or b'"errors"' in answer.content
                await asyncio.sleep(0.05)

        await asyncio.gather(
            ask(felt.livez, "GET", "/livez", None), ask(felt.query, "POST", "/graphql", query)
        )
    return felt


async def abuse(address: str, token: str, heavy: str) -> None:
    """Hold as many connections as there are abusers, until ended; every one comes back."""
    abusers = Abusers(address, {"Authorization": f"Bearer {token}"})
    asset = f"GET {heavy} HTTP/1.1\r\nHost: erp-link\r\n\r\n".encode()

    async def keep(kind: str) -> None:
        while True:
            await asyncio.sleep(random.uniform(0, SETTLING_SECONDS))
            try:
                if kind == "silent":
                    await abusers.silent()
                elif kind == "slow":
                    await abusers.slow_body()
                else:
                    await abusers.stalled(asset)
            except OSError as problem:
                abusers.ends[f"{kind}: {type(problem).__name__}"] += 1

    kinds = ["silent"] * SILENT + ["slow"] * SLOW + ["stalled"] * STALLED
    keeping = [asyncio.create_task(keep(kind)) for kind in kinds]
    while keeping:
        held = ", ".join(f"{kind} {number}" for kind, number in sorted(abusers.held.items()))
        ends = ", ".join(f"{end} {number}" for end, number in sorted(abusers.ends.items()))
        print(f"held: {held}; ended: {ends}", flush=True)
        await asyncio.sleep(5)


def held_by(pid: int) -> str:
    rss = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return f"{rss / 1e6:.0f} MB, {len(os.listdir(f'/proc/{pid}/fd'))} open files"


def heavy_path() -> str:
    """The biggest file that is served: more than fits between a server and a client."""
    assets = Path("web/dist/graphiql/assets")
    biggest = max(assets.iterdir(), key=lambda each: each.stat().st_size)
    return f"/graphiql/assets/{biggest.name}"


def main(arguments: Sequence[str]) -> None:
    if arguments:
        asyncio.run(abuse(*arguments))
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'erp-link.sqlite'}"
        for command in ("migrate", "seed"):
            erp_link(command, cwd=folder, data_dir=folder, database_url=url).check_returncode()
        token = DemoIssuer.open(folder).token("ada")
        headers = {"Authorization": f"Bearer {token}"}
        with server(url, folder, folder / "server", budget_size=10**6) as (address, process):
            pid = process.process.pid
            asyncio.run(feel(address, headers, 3))
            print(f"before  {held_by(pid)}")
            asyncio.run(feel(address, headers, ALONE_SECONDS)).tell("alone")
            again = [sys.executable, "-m", "bench.abuse", address, token, heavy_path()]
            with subprocess.Popen(again) as others:
                time.sleep(SETTLING_SECONDS + 2)
                asyncio.run(feel(address, headers, BESIDE_SECONDS)).tell("beside")
                print(f"beside  {held_by(pid)}")
                others.kill()
            time.sleep(Limits().stalled_seconds + 5)
            print(f"after   {held_by(pid)}")


if __name__ == "__main__":
    main(sys.argv[1:])
