"""I6 and I7: every request is answered in time, and no change is cut off for it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapters.tokens import DemoIssuer
from tests.endpoint.asking import ask, refused
from tests.fakes import FakeErp, service_asking
from tests.safety.processes import server
from tests.service import Service

SECONDS = 0.3
CHECK = """query ($id: ID!) { syncedInvoices(companyId: $id, first: 1) {
  nodes { id locked unlinkHistory { outcome } } } }"""


@dataclass
class Slow:
    """A service whose ERP answers when it is let, and whose requests may take 0.3 s."""

    service: Service
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def invoice(self) -> dict[str, Any]:
        found = await self.service.data("{ viewer { companies { id } } }")
        page = await self.service.data(CHECK, {"id": found["viewer"]["companies"][0]["id"]})
        first: dict[str, Any] = page["syncedInvoices"]["nodes"][0]
        return first

    async def ended(self) -> None:
        """Wait for all that is still under way: what a test began, and the service goes on with."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        under_way = [each for each in others if "Schema.execute" in repr(each.get_coro())]
        assert under_way
        await asyncio.wait(under_way, timeout=10)


@pytest.fixture
async def slow(demo_url: str, tmp_path: Path) -> AsyncIterator[Slow]:
    erp = FakeErp()
    async with service_asking(
        erp, demo_url, tmp_path, request_deadline_seconds=SECONDS, erp_deadline_seconds=60
    ) as service:
        slow = Slow(service)

        async def wait() -> None:
            slow.asked.set()
            await slow.let.wait()

        erp.meanwhile = wait
        yield slow


def unlink(invoice_id: str) -> str:
    return f'mutation {{ unlinkInvoice(input: {{invoiceId: "{invoice_id}"}}) {{ __typename }} }}'


async def test_a_change_that_takes_too_long_goes_on_and_its_asker_is_told_so(slow: Slow) -> None:
    invoice = await slow.invoice()
    attempts = len(invoice["unlinkHistory"])

    began = time.monotonic()
    answer = await ask(slow.service, unlink(invoice["id"]))
    took = time.monotonic() - began

    told = refused(answer, 504, "OUTCOME_UNKNOWN")
    assert "look at the invoice again" in told
    assert SECONDS <= took < SECONDS + 5
    assert len((await slow.invoice())["unlinkHistory"]) == attempts
    slow.let.set()
    await slow.ended()
    assert len((await slow.invoice())["unlinkHistory"]) == attempts + 1


async def test_a_change_whose_asker_is_cancelled_goes_on(slow: Slow) -> None:
    """As when a server gives a request up: its task is cancelled while the ERP is asked."""
    invoice = await slow.invoice()
    attempts = len(invoice["unlinkHistory"])

    request = asyncio.create_task(ask(slow.service, unlink(invoice["id"])))
    await slow.asked.wait()
    request.cancel()
    await asyncio.wait([request])
    slow.let.set()

    await slow.ended()
    assert len((await slow.invoice())["unlinkHistory"]) == attempts + 1


async def test_a_query_that_takes_too_long_is_ended(demo_url: str, tmp_path: Path) -> None:
    async with service_asking(
        FakeErp(), demo_url, tmp_path, request_deadline_seconds=0.000_001
    ) as service:
        answer = await ask(service, "{ viewer { companies { name } } }")

    assert "nothing was changed" in refused(answer, 504, "DEADLINE_EXCEEDED")
    assert answer.headers["retry-after"] == "1"


# Over real sockets.


async def send_slowly(address: str, token: str, part: bytes, announced: int) -> tuple[bytes, float]:
    """Announce a body, send a part of it, and read what comes until the server hangs up."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: erp-link",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {announced}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + part)
    await writer.drain()
    began = time.monotonic()
    answer = await reader.read()
    writer.close()
    return answer, time.monotonic() - began


async def test_slow_and_big_bodies_are_answered_and_hung_up_on(
    demo_url: str, tmp_path: Path
) -> None:
    body = json.dumps({"query": "{ __typename }"}).encode()
    async with asyncio.timeout(60):
        with server(
            demo_url, tmp_path, tmp_path / "server", demo="true", body_deadline_seconds=0.5
        ) as (address, _):
            token = DemoIssuer.open(tmp_path).token("ada")
            slow, seconds = await send_slowly(address, token, body[:-1], len(body))
            big, _ = await send_slowly(address, token, b"{" * 200_000, 200_000)
            chatty, _ = await send_slowly(address, "no token", body, 10**9)

    assert slow.startswith(b"HTTP/1.1 408 ")
    assert 0.5 <= seconds < 5
    assert big.startswith(b"HTTP/1.1 413 ")
    assert chatty.startswith(b"HTTP/1.1 413 ")
    for answer in (slow, big, chatty):
        assert b"connection: close" in answer.lower()
        assert b'"code":"BAD_REQUEST"' in answer
