"""A guarded server in the test's own loop, and clients that speak to it byte by byte."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config

from serving.draining import Draining
from serving.limits import Limits
from serving.protocol import GuardedHttp
from serving.server import DrainingServer, Ending
from serving.websocket import GuardedWebSocket

QUICK = Limits(
    head_seconds=0.3,
    stalled_seconds=0.5,
    farewell_seconds=0.3,
    half_sent_seconds=0.3,
    last_word_seconds=0.2,
    goodbye_seconds=0.3,
    sweep_seconds=0.02,
)
GET = b"GET / HTTP/1.1\r\nHost: erp-link\r\n\r\n"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The one GraphQL error that it consists of."""
        assert self.headers["content-type"].startswith("application/json")
        content = json.loads(self.body)
        assert list(content) == ["errors"]
        [error] = content["errors"]
        assert error["message"]
        assert error["extensions"]["requestId"] == self.headers["x-request-id"]
        assert isinstance(error, dict)
        return error


@dataclass(frozen=True)
class Wire:
    """One connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answered:
        """The next answer. Raises IncompleteReadError when the connection ends before it does."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        assert len(headers) == len(pairs)
        found = re.fullmatch(r"HTTP/1\.1 (\d{3}) .+", first)
        assert found, first
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answered(int(found[1]), headers, body)

    async def ended(self) -> bool:
        """Whether the server, without another word, said that it has said all."""
        return await self.reader.read() == b""


@dataclass(frozen=True)
class Guarded:
    """A running server."""

    server: DrainingServer
    draining: Draining
    port: int
    running: asyncio.Task[None]

    @property
    def open(self) -> int:
        """How many connections it holds."""
        return len(self.server.server_state.connections)

    async def connect(self, receive_buffer: int | None = None) -> Wire:
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        return Wire(*await asyncio.open_connection(sock=connection))

    @asynccontextmanager
    async def wire(self, receive_buffer: int | None = None) -> AsyncIterator[Wire]:
        wire = await self.connect(receive_buffer)
        try:
            yield wire
        finally:
            wire.writer.transport.abort()

    async def ask(self, request: bytes) -> Answered:
        """One request on a connection of its own, which ends, or is ended, after the answer."""
        async with self.wire() as wire:
            await wire.send(request)
            return await wire.answer()


@asynccontextmanager
async def guarded(
    app: ASGIApp, limits: Limits = QUICK, ending: Ending | None = None
) -> AsyncIterator[Guarded]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = Config(
        app,
        http=GuardedHttp,
        ws=GuardedWebSocket,
        lifespan="off",
        log_config=None,
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,
    )
    draining = Draining()
    server = DrainingServer(config, draining, limits, ending)
    running = asyncio.create_task(server.serve([listening]))
    async with asyncio.timeout(30):
        while not server.started:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        try:
            yield Guarded(server, draining, listening.getsockname()[1], running)
        finally:
            server.end()
            await running
