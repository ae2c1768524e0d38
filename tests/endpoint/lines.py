"""A real server in the test's own loop, with an ERP that the test plays, and clients on sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx2
import websockets
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from websockets.asyncio.client import ClientConnection, connect

from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.store.machines import SqlMachines, open_machines
from adapters.tokens import DemoIssuer
from app import create_app, open_services
from resolvers.check_integration import check_integration
from resolvers.context import Services
from schema.ids import node_id
from serving.draining import Draining
from serving.limits import Limits
from serving.protocol import GuardedHttp
from serving.server import DrainingServer
from serving.websocket import GuardedWebSocket
from tests.adapters.store.changing import Changing
from tests.builders import HARBOR
from tests.fakes import FakeErp

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")
SOON = 10.0
"""Seconds within which an answer must come, on a busy machine too."""
HARBOR_ID = node_id("Company", HARBOR, HARBOR)

WATCH = """
subscription Watch($company: ID!) {
  invoiceChanged(companyId: $company) {
    kind by invoice { number locked erpLink { recordId } } link { recordId endedAt recordState }
  }
}
"""
UNLINK = """
mutation Unlink($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) { __typename }
}
"""


def watch(company: str = HARBOR_ID) -> dict[str, Any]:
    return {"query": WATCH, "variables": {"company": company}}


def unlink(id: int, company_id: int = HARBOR) -> dict[str, Any]:
    invoice = node_id("SubcontractorInvoice", company_id, id)
    return {"query": UNLINK, "variables": {"invoice": invoice}}


@dataclass(frozen=True)
class Talk:
    """One socket, seen from the client."""

    socket: ClientConnection

    async def say(self, message: Any) -> None:
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        await self.socket.send(text)

    async def hear(self) -> Any:
        async with asyncio.timeout(SOON):
            return json.loads(await self.socket.recv())

    async def begin(self, id: str, payload: dict[str, Any]) -> Self:
        await self.say({"id": id, "type": "subscribe", "payload": payload})
        return self

    async def answer(self, id: str, payload: dict[str, Any]) -> Any:
        """The one result of an operation, which then completes."""
        await self.begin(id, payload)
        result = await self.hear()
        assert (result["id"], result["type"]) == (id, "next"), result
        assert await self.hear() == {"id": id, "type": "complete"}
        return result["payload"]

    async def change(self, id: str = "w") -> Any:
        """The next change that the subscription tells."""
        message = await self.hear()
        assert (message["id"], message["type"]) == (id, "next"), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["invoiceChanged"]

    async def closed(self) -> tuple[int, str]:
        """How the server closes the socket; what it still says before is thrown away."""
        async with asyncio.timeout(SOON):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code, self.socket.close_reason or ""


@dataclass
class Line:
    """A server, and what stands behind it."""

    port: int
    database: Database
    services: Services
    issuer: DemoIssuer
    machines: SqlMachines
    erp: FakeErp
    draining: Draining
    server: DrainingServer

    @property
    def changing(self) -> Changing:
        return Changing(self.database)

    def bearer(self, person: str = "ann", lifetime: timedelta = timedelta(hours=1)) -> str:
        return f"Bearer {self.issuer.token(person, lifetime)}"

    @asynccontextmanager
    async def dialled(self, **options: Any) -> AsyncIterator[Talk]:
        """A socket on which nothing was said yet."""
        options = {"subprotocols": [PROTOCOL], "compression": None} | options
        async with connect(f"ws://127.0.0.1:{self.port}/graphql", **options) as socket:
            yield Talk(socket)

    @asynccontextmanager
    async def talk(self, person: str = "ann", **options: Any) -> AsyncIterator[Talk]:
        """A socket that has been let in."""
        async with self.dialled(**options) as talk:
            payload = {"Authorization": self.bearer(person)}
            await talk.say({"type": "connection_init", "payload": payload})
            assert await talk.hear() == {"type": "connection_ack"}
            yield talk

    @asynccontextmanager
    async def watching(self, person: str = "ann", company: str = HARBOR_ID) -> AsyncIterator[Talk]:
        """A socket with a subscription that is told what happens from now on."""
        async with self.talk(person) as talk:
            before = self.watchers
            await talk.begin("w", watch(company))
            await self.until(lambda: self.watchers > before)
            yield talk

    @property
    def watchers(self) -> int:
        """How many are told already what happens."""
        changes: Any = self.services.changes
        readers = changes._readers.values()
        return sum(len(each.watchers) for each in readers if each._task is not None)

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(SOON):
            while not condition():  # noqa: ASYNC110  (what is waited for cannot tell)
                await asyncio.sleep(0.01)

    def http(self, person: str = "ann", **headers: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": self.bearer(person), **headers},
            timeout=2 * SOON,
        )

    async def end(self) -> None:
        """Tell the server to end, as SIGTERM does."""
        self.draining.begin()
        self.server.should_exit = True


@asynccontextmanager
async def lines(url: str, folder: Path, **settings: Any) -> AsyncIterator[Line]:
    """Serve the application over Harbor and Quarry, each with five synced invoices."""
    chosen = Settings(database_url=SecretStr(url), data_dir=folder, **settings)
    draining, erp = Draining(), FakeErp()
    app = create_app(chosen, draining)
    async with open_services(chosen) as (database, opened), open_machines(database) as machines:
        services, issuer = replace(opened, erps=erp), DemoIssuer.open(folder)
        await Changing(database).founded()
        for integration in await services.invoices.integrations(HARBOR):
            await check_integration(services, integration)
        state = {
            "database": database,
            "services": services,
            "issuer": issuer,
            "machines": machines,
            "draining": draining,
        }

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        async with served(with_state, draining) as (server, port):
            yield Line(port, database, services, issuer, machines, erp, draining, server)


@asynccontextmanager
async def served(app: Any, draining: Draining) -> AsyncIterator[tuple[DrainingServer, int]]:
    config = Config(
        app,
        host="127.0.0.1",
        port=0,
        http=GuardedHttp,
        ws=GuardedWebSocket,
        ws_max_size=128 * 1024,
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = DrainingServer(config, draining, Limits(stalled_seconds=1.0, sweep_seconds=0.1))
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    running = asyncio.create_task(server.main_loop())
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running
        await server.shutdown()
