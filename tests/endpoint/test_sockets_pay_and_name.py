"""Over a WebSocket too, documents are named by their hash, and operations are paid for."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from websockets import ClientConnection, Subprotocol, connect

from adapters.tokens import DemoIssuer
from endpoint.documents import digest_of
from tests.endpoint.test_documents import MALFORMED
from tests.endpoint.test_persisted_documents import named
from tests.safety.processes import serving

WHO = "query Who { viewer { name } }"
DEAR = '{ syncedInvoices(companyId: "x", first: 99) { nodes { id } } }'
"""Costs 100. That there is no such company is found out after it is paid for."""

OF_THEIR_TYPES = {"query": str | None, "documentId": str | None, "extensions": dict | None}
MALFORMED_PAYLOADS = [
    each
    for each in MALFORMED
    if all(isinstance(each.get(name), kind) for name, kind in OF_THEIR_TYPES.items())
]
"""Members of another type are no frame of the protocol: for them the socket is closed."""


class Socket:
    """A client that asks one thing after another."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._asked = 0

    async def ask(self, payload: dict[str, Any]) -> tuple[str, Any]:
        """The type of the first frame that answers, and its payload."""
        self._asked += 1
        id = str(self._asked)
        await self._connection.send(json.dumps({"id": id, "type": "subscribe", "payload": payload}))
        answer = json.loads(await self._connection.recv())
        assert answer["id"] == id
        if answer["type"] == "next":
            assert json.loads(await self._connection.recv()) == {"id": id, "type": "complete"}
        return answer["type"], answer["payload"]

    async def code(self, payload: dict[str, Any]) -> str:
        """The code of the one error with which an operation is refused."""
        type_, errors = await self.ask(payload)
        [error] = errors
        assert type_ == "error"
        code: str = error["extensions"]["code"]
        return code


@asynccontextmanager
async def connected(address: str, token: str) -> AsyncIterator[Socket]:
    url = f"{address.replace('http', 'ws', 1)}/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as connection:
        hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await connection.send(json.dumps(hello))
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        yield Socket(connection)


async def test_a_document_that_was_sent_once_with_its_hash_is_run_by_its_hash(
    demo_url: str, tmp_path: Path
) -> None:
    with serving(demo_url, tmp_path, tmp_path / "log") as address:
        token = DemoIssuer.open(tmp_path).token("ada")
        async with connected(address, token) as socket:
            assert await socket.code(named(WHO)) == "PERSISTED_QUERY_NOT_FOUND"
            for payload in ({"query": WHO, **named(WHO)}, named(WHO)):
                type_, answer = await socket.ask(payload)
                assert (type_, answer["data"]["viewer"]["name"]) == ("next", "Ada Whitfield")

            by_http = httpx2.get(
                f"{address}/graphql",
                params={"documentId": f"sha256:{digest_of(WHO)}"},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert by_http.json()["data"]["viewer"]["name"] == "Ada Whitfield"

            for payload in MALFORMED_PAYLOADS:
                assert await socket.code(payload) == "BAD_REQUEST"
            assert (await socket.ask(named(WHO)))[0] == "next"


async def test_each_operation_is_paid_for_and_over_the_budget_none_is_run(
    demo_url: str, tmp_path: Path
) -> None:
    settings = {"budget_size": 150, "budget_refill_per_second": 1}
    with serving(demo_url, tmp_path, tmp_path / "log", **settings) as address:
        token = DemoIssuer.open(tmp_path).token("ada")
        async with connected(address, token) as socket:
            _, paid = await socket.ask({"query": WHO})
            await socket.ask({"query": DEAR})
            type_, [refused] = await socket.ask({"query": DEAR})

            assert type_ == "error"
            assert refused["extensions"]["code"] == "RATE_LIMITED"
            assert 30 < refused["extensions"]["retryAfterSeconds"] <= 51
            assert paid["extensions"]["cost"]["remaining"] == 149
            assert (await socket.ask({"query": WHO}))[0] == "next"


async def test_only_trusted_documents_are_run(demo_url: str, tmp_path: Path) -> None:
    trusted = tmp_path / "trusted.json"
    trusted.write_text(json.dumps({digest_of(WHO): WHO}))
    with serving(demo_url, tmp_path, tmp_path / "log", trusted_documents=trusted) as address:
        token = DemoIssuer.open(tmp_path).token("ada")
        async with connected(address, token) as socket:
            for payload in ({"query": DEAR}, named(DEAR), {"query": "{ __typename }"}):
                assert await socket.code(payload) == "DOCUMENT_NOT_TRUSTED"
            for payload in ({"query": WHO}, named(WHO)):
                assert (await socket.ask(payload))[0] == "next"
