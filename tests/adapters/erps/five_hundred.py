"""Five hundred look-ups against each simulator: what they take, beside what the vendor allows.

`python -m tests.adapters.erps.five_hundred` prints the table alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from starlette.requests import Request
from starlette.responses import Response

from adapters.erps import Around, ConfiguredErps
from tests.adapters.erps.contract import (
    COMPANY,
    HttpVendor,
    an_integration,
    asked_alike,
    erps_over_http,
    vendor_of,
)
from tests.adapters.erps.vendor_server import Answer, VendorServer, running_vendor_server

LATENCY_SECONDS = 0.1
"""What each answer of a simulator takes here; a loopback alone would tell nothing."""


@dataclass(frozen=True, slots=True)
class Figures:
    erp: str
    requests: int
    renewals: int
    most_at_once: int
    seconds: float
    allowance: str


async def figures(erps: Sequence[str]) -> AsyncIterator[Figures]:
    with running_vendor_server() as server, TemporaryDirectory() as folder:
        for erp in erps:
            server.reset()
            async with httpx2.AsyncClient(trust_env=False) as http:
                yield await measured(erp, server, Around(http, Path(folder)))


async def measured(erp: str, server: VendorServer, around: Around) -> Figures:
    vendor = vendor_of(erp)
    http = vendor.http
    assert http is not None
    http.reset()
    server.answer = slowed(http)
    settings = {f"{COMPANY}/1": vendor.furnish(around.data_dir, server.url)}
    connection = ConfiguredErps(around, settings).of(an_integration(erp))
    began = time.perf_counter()
    sightings = await connection.look_up(http.many)
    took = time.perf_counter() - began
    assert len(sightings) == 500
    asked = len(server.asked(but=http.token_path))
    renewals = len(server.requests) - asked
    return Figures(erp, asked, renewals, server.most_at_once, took, http.allowance)


def slowed(http: HttpVendor) -> Answer:
    async def answer(request: Request) -> Response:
        await asyncio.sleep(LATENCY_SECONDS)
        return await http.answer(request)

    return answer


async def table(erps: Sequence[str]) -> list[str]:
    """As lines of Markdown."""
    lines = [
        "| ERP | requests for 500 bills | tokens | at once | seconds | what the vendor allows |",
        "|---|---|---|---|---|---|",
    ]
    async for each in figures(erps):
        cells = [each.requests, each.renewals, each.most_at_once, f"{each.seconds:.1f}"]
        cells = [", ".join(asked_alike(each.erp)), *cells, each.allowance]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def lines_of(erps: Sequence[str]) -> Iterator[str]:
    yield from asyncio.run(table(erps))


if __name__ == "__main__":
    print(*lines_of(erps_over_http()), sep="\n")
