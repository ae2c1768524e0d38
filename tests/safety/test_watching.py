"""What one process does is told by another, whatever happens to connections meanwhile."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database
from adapters.tokens import DemoIssuer
from schema.ids import node_id
from tests.safety.company import COMPANY, ready_to_unlink, unlink_request
from tests.safety.processes import server

INVOICES = range(1, 21)
WATCH = "subscription($id: ID!) { invoiceChanged(companyId: $id) { kind by invoice { number } } }"


@pytest.fixture
async def bearer(database: Database, tmp_path: Path) -> str:
    """What lets ada watch the company and unlink its invoices, whose bills are gone."""
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES)
    return f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"


async def watch(address: str, bearer: str) -> ClientConnection:
    """A socket on which the company is watched. A query answered after it shows that it is."""
    socket = await connect(
        address.replace("http", "ws") + "/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
    )
    await _say(socket, type="connection_init", payload={"Authorization": bearer})
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    variables = {"id": node_id("Company", COMPANY, COMPANY)}
    await _say(socket, id="w", type="subscribe", payload={"query": WATCH, "variables": variables})
    return socket


async def _say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def heard(socket: ClientConnection, count: int) -> list[tuple[str, str, int]]:
    found = []
    for _ in range(count):
        message = json.loads(await socket.recv())
        change = message["payload"]["data"]["invoiceChanged"]
        found.append((change["kind"], change["by"], change["invoice"]["number"]))
    return sorted(found, key=lambda each: each[2])


async def unlink(address: str, bearer: str, invoice_id: int) -> None:
    async with httpx2.AsyncClient(headers={"Authorization": bearer}, timeout=10) as http:
        answer = await http.post(f"{address}/graphql", json=unlink_request(invoice_id))
    assert answer.json()["data"]["unlinkInvoice"]["__typename"] == "Success", answer.text


async def test_a_change_in_one_process_is_told_by_another_until_it_ends(
    database: Database, database_url: str, tmp_path: Path, bearer: str
) -> None:
    async with asyncio.timeout(60):
        with (
            server(database_url, tmp_path, tmp_path / "one") as (one, process),
            server(database_url, tmp_path, tmp_path / "two") as (two, _),
        ):
            sockets = [await watch(address, bearer) for address in (one, two)]
            await _watched(sockets, one, bearer)
            for id in range(2, 6):
                await unlink(two if id % 2 else one, bearer, id)
            told = [await heard(socket, 4) for socket in sockets]

            process.send(signal.SIGTERM)
            await sockets[0].wait_closed()
            await sockets[1].close()

    assert told == 2 * [[("UNLINKED", "Ada Whitfield", id) for id in range(2, 6)]]
    assert sockets[0].close_code == 1012


async def _watched(sockets: list[ClientConnection], address: str, bearer: str) -> None:
    """Make changes until all who watch have heard of one, and of no more: from then on they
    hear of everything."""
    await asyncio.sleep(1)  # there is no word by which the protocol says that a subscription began
    await unlink(address, bearer, 1)
    for socket in sockets:
        assert [number for _, _, number in await heard(socket, 1)] == [1]


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_no_change_is_lost_while_the_database_cuts_every_connection(
    database: Database, database_url: str, tmp_path: Path, bearer: str
) -> None:
    async with asyncio.timeout(60):
        with (
            server(database_url, tmp_path, tmp_path / "one") as (one, _),
            server(database_url, tmp_path, tmp_path / "two") as (two, _),
        ):
            socket = await watch(one, bearer)
            await _watched([socket], two, bearer)
            for id in range(2, 21):
                if id % 3 == 0:
                    assert await _cut_listeners(database) >= 1
                await unlink(two, bearer, id)
                if id % 3 == 0:
                    await asyncio.sleep(0.5)  # so that it listens again, to be cut off again
            told = await heard(socket, 19)
            await socket.close()

    assert told == [("UNLINKED", "Ada Whitfield", id) for id in range(2, 21)]


async def _cut_listeners(database: Database) -> int:
    """End the connections that do nothing but listen, and those that wait in a pool."""
    idle = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
        "datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
    )
    async with database.reading() as connection:
        cut: int = (await connection.execute(idle)).scalar_one()
    return cut
