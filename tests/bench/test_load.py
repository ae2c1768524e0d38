"""The load reads what it is answered, and counts what is not the answer that was hoped for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bench.load import Asking, Load, Told

Answering = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


async def put_on(answering: Answering, folder: Path, **but: object) -> Told:
    """Load a server that answers so, for a moment, with bodies that say 1 and 2 in turn."""

    served: list[asyncio.Task[object] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split()[0])
                await answering(writer, await reader.readexactly(length))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    (folder / "bodies").write_text("1\n2\n")
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = "http://{}:{}/graphql".format(*server.sockets[0].getsockname())
        told: dict[str, Any] = {"connections": 3, "seconds": 0.1, "expected": '"data"'} | but
        try:
            return await Asking(Load(url, str(folder / "bodies"), **told)).run()
        finally:
            await asyncio.gather(*filter(None, served))


def an_answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


async def test_bodies_are_asked_in_turn_from_the_offset_on(tmp_path: Path) -> None:
    asked = []

    async def answering(writer: asyncio.StreamWriter, body: bytes) -> None:
        asked.append(body)
        writer.write(an_answer(b'{"data": {}}'))

    told = await put_on(answering, tmp_path, connections=1, offset=3)

    assert asked == [b"2", b"1"] * (len(asked) // 2) + [b"2"] * (len(asked) % 2)
    assert (told.requests, told.errors) == (len(asked), 0)
    assert 0 < told.p50 <= told.p99 <= told.slowest


async def test_an_answer_in_pieces_is_one_answer(tmp_path: Path) -> None:
    async def answering(writer: asyncio.StreamWriter, body: bytes) -> None:
        answer = an_answer(b'{"data": {}}')
        for piece in (answer[:10], answer[10:45], answer[45:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    told = await put_on(answering, tmp_path)

    assert told.requests > 0
    assert told.errors == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"data": {}, "errors": []}', b"200 OK"),
        (b'{"data": {}}', b"503 Service Unavailable"),
        (b'{"another": "answer"}', b"200 OK"),
    ],
    ids=["an error", "another status", "not what was hoped for"],
)
async def test_every_wrong_answer_is_counted(body: bytes, status: bytes, tmp_path: Path) -> None:
    async def answering(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(an_answer(body, status))

    told = await put_on(answering, tmp_path)

    assert told.errors == told.requests > 0
    assert body.decode() in told.first_error


async def test_a_connection_that_is_cut_is_an_error(tmp_path: Path) -> None:
    async def answering(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.close()

    told = await put_on(answering, tmp_path)

    assert (told.requests, told.errors) == (0, 3)


async def test_an_answer_of_no_known_length_ends_it_all(tmp_path: Path) -> None:
    async def answering(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

    with pytest.raises(ValueError, match="Content-Length"):
        await put_on(answering, tmp_path)
