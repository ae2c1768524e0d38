"""I7, over real sockets: clients that leave, and a server that is killed with unlinks under way."""

import asyncio
import json
import signal
import socket
import struct
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database
from adapters.tokens import DemoIssuer
from tests.safety.books import books
from tests.safety.company import ready_to_unlink, unlink_request
from tests.safety.processes import server

INVOICES = range(1, 41)
DELAYS = [n / 1000 for n in (0, 1, 2, 4, 8, 12, 16, 24, 32, 64)]


@pytest.fixture
async def headers(database: Database, tmp_path: Path) -> dict[str, str]:
    """What lets ada unlink the company's invoices, whose bills are gone."""
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES)
    return {"Authorization": f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"}


def request_for(invoice_id: int, headers: dict[str, str]) -> bytes:
    body = json.dumps(unlink_request(invoice_id))
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: erp-link",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", body]).encode()


async def leave(address: str, request: bytes, after: float, *, rudely: bool) -> None:
    """Send a request and go, with a word (FIN) or without one (RST)."""
    parts = urlsplit(address)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request)
    await writer.drain()
    await asyncio.sleep(after)
    if rudely:
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def unlinked(http: httpx2.AsyncClient, address: str, invoice_id: int) -> str:
    answer = await http.post(f"{address}/graphql", json=unlink_request(invoice_id))
    name: str = answer.json()["data"]["unlinkInvoice"]["__typename"]
    return name


async def test_a_client_that_leaves_finds_its_unlink_done_or_not_begun(
    database: Database, database_url: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with asyncio.timeout(60):
        with server(database_url, tmp_path, tmp_path / "server") as (address, _):
            for n, invoice_id in enumerate(INVOICES):
                request, delay = request_for(invoice_id, headers), DELAYS[n // 2 % len(DELAYS)]
                await leave(address, request, delay, rudely=n % 2 == 0)
            half_a_request = request_for(INVOICES[0], headers)[:-20]
            await leave(address, half_a_request, 0, rudely=False)
        # The server has ended, after the requests that were under way.
        first = await books(database)
        with server(database_url, tmp_path, tmp_path / "next") as (address, _):
            async with httpx2.AsyncClient(headers=headers, timeout=10) as http:
                again = [await unlinked(http, address, id) for id in INVOICES]

    expected = {"old": "Success", "new": "InvoiceNotSynced"}
    assert again == [expected[first.invoice(id).state()] for id in INVOICES]
    after = await books(database)
    assert {after.invoice(id).state() for id in INVOICES} == {"new"}


async def test_a_server_killed_with_unlinks_under_way_leaves_each_done_or_not_begun(
    database: Database, database_url: str, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with asyncio.timeout(60), httpx2.AsyncClient(headers=headers, timeout=10) as http:
        with server(database_url, tmp_path, tmp_path / "server") as (address, process):
            at_once = asyncio.Semaphore(8)  # so that some have not begun when it is killed

            async def unlink(id: int) -> str:
                async with at_once:
                    return await unlinked(http, address, id)

            calls = [asyncio.create_task(unlink(id)) for id in INVOICES]
            while sum(call.done() for call in calls) < 5:
                waiting = [call for call in calls if not call.done()]
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            process.send(signal.SIGKILL)
            ends = await asyncio.gather(*calls, return_exceptions=True)
        first = await books(database)
        with server(database_url, tmp_path, tmp_path / "next") as (address, _):
            again = [await unlinked(http, address, id) for id in INVOICES]

    states = [first.invoice(id).state() for id in INVOICES]
    assert ends.count("Success") >= 5
    assert "old" in states  # else it was killed too late to show anything
    # Who was told of a success has it; who was told nothing may have it.
    assert all(state == "new" for end, state in zip(ends, states, strict=True) if end == "Success")
    expected = {"old": "Success", "new": "InvoiceNotSynced"}
    assert again == [expected[state] for state in states]
    after = await books(database)
    assert {after.invoice(id).state() for id in INVOICES} == {"new"}
