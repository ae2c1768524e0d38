"""What a client may make a server wait for: nothing lasts longer than it is bounded to."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.serving.guarded import GET, QUICK, Guarded, Wire, guarded
from tests.serving.test_heads import a_post, told_back

BIG = b"x" * 4_000_000


async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without having read the body."""
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def a_lot(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-length", str(len(BIG)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(BIG), 50_000):
        part = BIG[start : start + 50_000]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def a_little_more_than_fits(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers whole, at once, before the client has read any of it."""
    headers = [(b"content-length", str(len(BIG)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BIG})


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is looked at tells nobody of its changes
            await asyncio.sleep(0.01)


@asynccontextmanager
async def going_on(wire: Wire, word: bytes) -> AsyncIterator[None]:
    """Meanwhile the client sends a word, again and again."""

    async def go_on() -> None:
        with suppress(ConnectionError):
            while True:
                await wire.send(word)
                await asyncio.sleep(0.05)

    task = asyncio.create_task(go_on())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def nothing_is_left(service: Guarded) -> None:
    await until(lambda: not service.open and not service.server.server_state.tasks)


async def test_who_never_says_a_word_is_left_without_one() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        assert await wire.ended()
        await nothing_is_left(service)


@pytest.mark.parametrize("said", [b"\r\n", b"GET /", b"GET / HTTP/1.1\r\nHost: erp-link\r\nX: "])
async def test_who_says_a_word_at_a_time_is_told_that_it_took_too_long(said: bytes) -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(said)

        async with going_on(wire, b"\r\n" if said == b"\r\n" else b"a"):
            if said != b"\r\n":
                answer = await wire.answer()
                assert (answer.status, answer.error["extensions"]["code"]) == (408, "BAD_REQUEST")
            assert await wire.ended()
        await nothing_is_left(service)


async def test_a_second_request_has_no_more_time_than_the_first() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(GET)
        assert (await wire.answer()).status == 200
        await wire.send(GET[:-3])

        assert (await wire.answer()).status == 408
        assert await wire.ended()


async def test_a_connection_that_is_used_again_now_and_then_is_kept() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        for _ in range(3):
            await wire.send(GET)
            assert (await wire.answer()).status == 200
            await asyncio.sleep(2 * QUICK.head_seconds)

        assert service.open == 1


async def test_a_connection_that_is_not_used_again_is_ended() -> None:
    async with guarded(told_back, replace(QUICK, idle_seconds=1)) as service:
        async with service.wire() as wire:
            await wire.send(GET)
            assert (await wire.answer()).status == 200

            assert await wire.ended()
        await nothing_is_left(service)


async def test_a_body_that_nobody_waits_for_may_not_go_on_for_ever() -> None:
    async with guarded(at_once) as service, service.wire() as wire:
        await wire.send(a_post(b"Content-Length: 1000", body=b"half of it"))
        assert (await wire.answer()).body == b"ok"

        async with going_on(wire, b"a"):
            assert await wire.ended()
        await nothing_is_left(service)


async def test_who_is_answered_while_still_sending_can_read_the_answer() -> None:
    may_answer = asyncio.Event()

    async def at_last(scope: Scope, receive: Receive, send: Send) -> None:
        await may_answer.wait()
        headers = [(b"content-length", b"2"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    async with guarded(at_last) as service, service.wire() as wire:
        # More than the server takes in for an application that does not read.
        await wire.send(a_post(b"Content-Length: 1000000", body=b"a" * 500_000))
        await until(lambda: bool(service.server.server_state.tasks))
        may_answer.set()

        assert (await wire.answer()).body == b"ok"
        assert await wire.ended()


async def test_the_rest_of_a_body_that_nobody_waited_for_is_no_next_request() -> None:
    async with guarded(at_once) as service, service.wire() as wire:
        await wire.send(a_post(b"Content-Length: 30", body=b"GET "))
        assert (await wire.answer()).body == b"ok"
        await wire.send(b"/ HTTP/1.1\r\nHost: other\r\n\r\n"[:26] + GET)

        assert (await wire.answer()).body == b"ok"
        await until(lambda: not service.server.server_state.tasks)


@pytest.mark.parametrize("app", [a_lot, a_little_more_than_fits])
async def test_a_client_that_does_not_read_its_answer_is_cut_off(app: ASGIApp) -> None:
    async with guarded(app) as service, service.wire(receive_buffer=4096) as wire:
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await wire.send(GET)
        await until(lambda: service.open == 1)

        await nothing_is_left(service)


async def test_a_client_that_reads_a_little_now_and_then_is_cut_off_too() -> None:
    async with guarded(a_lot) as service, service.wire(receive_buffer=4096) as wire:
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await wire.send(GET)
        await until(lambda: service.open == 1)
        raw: socket.socket = wire.writer.get_extra_info("socket")
        taken = 0
        while service.open:
            with suppress(BlockingIOError):
                taken += len(os.read(raw.fileno(), 1000))
            await asyncio.sleep(0.02)

        assert taken < len(BIG)
        await nothing_is_left(service)


async def test_a_client_that_reads_its_answer_slowly_but_well_is_served_to_the_end() -> None:
    async with guarded(a_lot) as service, service.wire() as wire:
        await wire.send(GET)
        await asyncio.sleep(QUICK.stalled_seconds / 2)
        answer = await wire.answer()

        assert answer.body == BIG


async def test_more_connections_than_there_is_room_for_are_told_to_come_back() -> None:
    async with guarded(told_back, replace(QUICK, connections=2, head_seconds=5)) as service:
        async with service.wire() as first, service.wire() as second, service.wire() as third:
            answer = await third.answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "1")
            assert answer.error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
            assert await third.ended()
            for wire in (first, second):
                await wire.send(GET)
                assert (await wire.answer()).status == 200
        await until(lambda: not service.open)
        assert (await service.ask(GET)).status == 200
