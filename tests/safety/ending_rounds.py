"""One round: a server is told to end while unlinks run, and everybody's word is compared after."""

import asyncio
import json
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from adapters.store.engine import Database
from tests.safety.books import books
from tests.safety.processes import server
from tests.safety.test_disconnects import request_for

VIEWER = json.dumps({"query": "{ viewer { name } }"}).encode()


@dataclass
class Round:
    """What the clients of one round were told, by the invoice they asked for."""

    told: dict[int, str] = field(default_factory=dict)
    """"Success", another outcome, the code of an error, or "nothing" from a connection that was
    closed in good order."""
    faults: list[str] = field(default_factory=list)
    exit_code: int | None = None
    queries: Counter[str] = field(default_factory=Counter)


async def one_round(
    url: str, folder: Path, name: str, invoices: list[int], headers: dict[str, str]
) -> Round:
    """Begin a server, ask it for all of them at once, tell it to end in the midst of that."""
    found = Round()
    start = server(url, folder, folder / name)
    address, process = await asyncio.to_thread(start.__enter__)
    try:
        first = asyncio.Event()

        async def unlink(invoice: int) -> None:
            await asyncio.sleep(random.uniform(0, 1))
            said = await say(address, request_for(invoice, headers))
            first.set()
            found.told[invoice] = outcome_of(said, found, f"invoice {invoice}")

        async def query() -> None:
            for _ in range(200):
                said = await say(address, a_query(headers))
                found.queries[outcome_of(said, found, "query")] += 1
                if said is None:
                    return

        asking = asyncio.gather(*map(unlink, invoices), *(query() for _ in range(4)))
        await first.wait()
        await asyncio.sleep(random.uniform(0, 0.4))
        process.send(signal.SIGTERM)
        await asking
        found.exit_code = await asyncio.to_thread(process.process.wait, 30)
    finally:
        await asyncio.to_thread(start.__exit__, None, None, None)
    return found


async def say(address: str, request: bytes) -> bytes | None:
    """All that is answered, until the server has said all; None: nobody was there to be asked."""
    parts = urlsplit(address)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return None
    try:
        writer.write(request)
        return await _one(reader)
    except ConnectionResetError:
        return b"reset"
    finally:
        writer.transport.abort()


async def _one(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head + await reader.readexactly(length)
    except asyncio.IncompleteReadError as half:
        return half.partial and b"half: " + half.partial


def outcome_of(said: bytes | None, found: Round, whose: str) -> str:
    if not said:
        return "nothing"
    if said == b"reset":
        return "reset"
    head, _, body = said.partition(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 ")):
        found.faults.append(f"{whose}: {said[:200]!r}")
        return "fault"
    answer = json.loads(body)
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    data = answer["data"]
    return str(data["unlinkInvoice"]["__typename"]) if "unlinkInvoice" in data else "answered"


def a_query(headers: dict[str, str]) -> bytes:
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: erp-link",
        "Content-Type: application/json",
        f"Content-Length: {len(VIEWER)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + VIEWER


async def broken_promises(database: Database, found: Round) -> list[str]:
    """What the database says otherwise than the clients were told; and what is half done."""
    after = await books(database)
    broken = [*found.faults, *after.faults()]
    for invoice, told in found.told.items():
        state = after.invoice(invoice).state()
        if (state == "new") != (told == "Success"):
            broken.append(f"invoice {invoice} is {state}, and who asked was told {told}")
    if found.exit_code != 0:
        broken.append(f"the process ended with {found.exit_code}")
    return broken
