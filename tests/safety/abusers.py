"""Clients that hold what they do not use: silent ones, slow ones, and ones that do not read."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

INTROSPECTION = "{ __schema { types { name description fields { name description } } } }"
ESTABLISHED = 1
"""Of the states in `struct tcp_info`: https://man7.org/linux/man-pages/man7/tcp.7.html"""
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass
class Abusers:
    """Opens connections to one address, as many as it is told, and counts how each ended."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    """By kind: the status of the answer, "closed" without one, or "reset"."""
    held: Counter[str] = field(default_factory=Counter)

    async def silent(self) -> None:
        """Connect, and never say a word."""
        async with self._connected("silent") as (reader, _):
            self._ended("silent", await reader.read())

    async def slow_body(self) -> None:
        """Send a body of a thousand bytes, of which one comes now and then."""
        async with self._connected("slow body") as (reader, writer):
            writer.write(self.request(b"", length=1000))
            answer = asyncio.create_task(reader.read())
            while not answer.done():
                writer.write(b" ")
                await asyncio.wait([answer], timeout=0.2)
            self._ended("slow body", answer.result())

    async def stalled(self, request: bytes) -> None:
        """Ask for more than fits anywhere, and read none of it."""
        async with self._connected("stalled reader", receive_buffer=4096) as (_, writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(request)
            connection: socket.socket = writer.get_extra_info("socket")
            while established(connection):  # noqa: ASYNC110 - the kernel tells nobody
                await asyncio.sleep(0.2)
            self.ends["stalled reader: reset"] += 1

    def request(self, body: bytes, *, length: int | None = None) -> bytes:
        """A request to /graphql, as someone who may."""
        lines = [
            "POST /graphql HTTP/1.1",
            "Host: erp-link",
            "Content-Type: application/json",
            f"Content-Length: {len(body) if length is None else length}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    @asynccontextmanager
    async def _connected(
        self, kind: str, receive_buffer: int | None = None
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        parts = urlsplit(self.address)
        connection = socket.socket()
        connection.setblocking(False)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (parts.hostname, parts.port))
        reader, writer = await asyncio.open_connection(sock=connection)
        self.held[kind] += 1
        try:
            yield reader, writer
        except ConnectionError:
            self.ends[f"{kind}: reset"] += 1
        finally:
            self.held[kind] -= 1
            writer.transport.abort()

    def _ended(self, kind: str, answer: bytes) -> None:
        found = STATUS.match(answer)
        self.ends[f"{kind}: {found[1].decode() if found else 'closed'}"] += 1


def established(connection: socket.socket) -> bool:
    """Whether the other side still holds its end, as the kernel knows without a byte being read."""
    state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state == ESTABLISHED
