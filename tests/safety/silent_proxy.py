"""A way to a database that can fall silent: connections stay open, and nothing arrives any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import make_url


class SilentProxy:
    """Hands on what it is sent, to and fro, until it is told to be silent."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._connections: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        self._speaking.clear()

    def speak(self) -> None:
        self._speaking.set()

    def hang_up(self) -> None:
        """End every connection, as a database does that is started anew."""
        for connection in self._connections:
            connection.cancel()

    async def carry(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            answers, there = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._hand_on(client, there))
                    both.create_task(self._hand_on(answers, back))
            except* ConnectionError:
                pass
            finally:
                there.transport.abort()
                back.transport.abort()
                self._connections.discard(task)

    async def _hand_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while part := await source.read(65536):
            await self._speaking.wait()
            sink.write(part)
            await sink.drain()
        raise ConnectionResetError


@asynccontextmanager
async def silent_proxy(url: str) -> AsyncIterator[tuple[SilentProxy, str]]:
    """The proxy in front of a PostgreSQL, and the URL that leads through it."""
    direct = make_url(url)
    assert direct.port is not None
    proxy = SilentProxy(direct.port)
    listening = await asyncio.start_server(proxy.carry, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy, direct.set(port=port).render_as_string(hide_password=False)
    finally:
        listening.close()
        proxy.speak()
        proxy.hang_up()
        await listening.wait_closed()
