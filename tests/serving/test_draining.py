"""The end of a server: what was asked is answered, what is half asked is not waited for."""

import asyncio
import logging
import socket
from dataclasses import replace

import pytest
from starlette.types import Receive, Scope, Send

from serving.server import Ending
from tests.serving.guarded import GET, QUICK, Guarded, guarded
from tests.serving.test_heads import a_post, told_back
from tests.serving.test_patience import at_once, until


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.may_answer.wait()
        await told_back(scope, receive, send)


async def ended(service: Guarded) -> None:
    async with asyncio.timeout(5):
        await service.running


async def test_a_request_that_runs_is_answered_and_its_connection_closed() -> None:
    app = Slow()
    async with guarded(app) as service, service.wire() as wire:
        await wire.send(GET)
        await app.asked.wait()
        service.server.end()
        await until(lambda: not service.server.servers[0].is_serving())
        app.may_answer.set()
        answer = await wire.answer()

        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await wire.ended()
        await ended(service)


async def test_requests_in_a_row_are_all_answered() -> None:
    app = Slow()
    async with guarded(app) as service, service.wire() as wire:
        await wire.send(GET * 3)
        await app.asked.wait()
        service.server.end()
        await until(lambda: not service.server.servers[0].is_serving())
        app.may_answer.set()

        assert [(await wire.answer()).status for _ in range(3)] == [200] * 3
        assert await wire.ended()
        await ended(service)


async def test_who_has_asked_for_nothing_is_left_without_a_word() -> None:
    async with guarded(told_back) as service, service.wire() as new, service.wire() as used:
        await used.send(GET)
        await used.answer()
        service.server.end()

        assert await new.ended()
        assert await used.ended()
        await ended(service)


async def test_a_request_on_its_way_to_a_connection_that_was_idle_is_answered() -> None:
    limits = replace(QUICK, last_word_seconds=5)
    async with guarded(told_back, limits) as service, service.wire() as wire:
        await wire.send(GET)
        await wire.answer()
        service.server.end()
        await until(lambda: not service.server.servers[0].is_serving())
        await wire.send(GET)
        answer = await wire.answer()

        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await wire.ended()
        await ended(service)


class Latecomers(logging.Handler):
    """Connect when it is logged that the server was told to end: the loop takes in nobody then."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self.connected: list[socket.socket] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "Told to end":
            for _ in range(20):
                self.connected.append(socket.create_connection(("127.0.0.1", self._port)))
                self.connected[-1].sendall(GET)


async def test_who_had_connected_but_was_not_taken_in_yet_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = logging.getLogger("erp_link.serving")
    async with guarded(told_back) as service:
        late = Latecomers(service.port)
        log.addHandler(late)
        with caplog.at_level(logging.INFO, log.name):
            service.server.end()
            await ended(service)
        log.removeHandler(late)

    assert len(late.connected) == 20
    for each in late.connected:
        with each:
            assert each.recv(65536).startswith(b"HTTP/1.1 200 ")


async def at_the_second_word(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers whatever it hears second, unless that is that nobody is there any more."""
    await receive()
    if (await receive())["type"] == "http.request":
        await at_once(scope, receive, send)


async def test_half_a_request_is_answered_once(caplog: pytest.LogCaptureFixture) -> None:
    limits = replace(QUICK, head_seconds=60)
    async with guarded(at_the_second_word, limits) as service, service.wire() as wire:
        await wire.send(a_post(b"Content-Length: 9", body=b"half"))
        await until(lambda: bool(service.server.server_state.tasks))
        service.server.end()

        assert (await wire.answer()).status == 503
        assert await wire.ended()
        await ended(service)

    assert "Exception" not in caplog.text


async def test_half_a_head_and_half_a_body_are_not_waited_for() -> None:
    limits = replace(QUICK, head_seconds=60)
    async with (
        guarded(told_back, limits) as service,
        service.wire() as head,
        service.wire() as body,
    ):
        await head.send(GET[:-3])
        await body.send(a_post(b"Content-Length: 9", body=b"half"))
        await until(lambda: service.open == 2 and bool(service.server.server_state.tasks))
        service.server.end()

        for wire, status in ((head, 408), (body, 503)):
            assert (await wire.answer()).status == status
            assert await wire.ended()
        await ended(service)


async def test_half_a_request_that_is_made_whole_in_time_is_answered() -> None:
    limits = replace(QUICK, head_seconds=60, half_sent_seconds=5)
    async with guarded(told_back, limits) as service, service.wire() as wire:
        await wire.send(a_post(b"Content-Length: 9", body=b"half"))
        await until(lambda: bool(service.server.server_state.tasks))
        service.server.end()
        await until(lambda: not service.server.servers[0].is_serving())
        await wire.send(b" done")
        answer = await wire.answer()

        assert (answer.status, answer.body) == (200, b"half done")
        assert await wire.ended()
        await ended(service)


async def test_what_does_not_end_is_cut_off() -> None:
    app = Slow()
    ending = Ending(requests_seconds=0.2)
    async with guarded(app, ending=ending) as service, service.wire() as wire:
        await wire.send(GET)
        await app.asked.wait()
        service.server.end()
        await ended(service)

        assert b"200" not in await wire.reader.read()


async def test_work_that_outlives_its_client_is_waited_for() -> None:
    work: set[asyncio.Task[None]] = set()
    async with guarded(told_back) as service:
        service.draining.waits_for(work)
        may_end = asyncio.Event()

        async def outlive() -> None:
            await may_end.wait()

        task = asyncio.create_task(outlive())
        work.add(task)
        task.add_done_callback(work.discard)
        service.server.end()
        await until(lambda: not service.server.servers[0].is_serving())
        assert not service.running.done()
        may_end.set()
        await ended(service)

        assert task.done()
        assert not task.cancelled()


async def test_who_asked_to_be_told_is_told_once_nobody_can_connect() -> None:
    told: list[bool] = []
    async with guarded(told_back) as service:
        serving = service.server
        service.draining.when_begun(lambda: told.append(serving.servers[0].is_serving()))
        service.server.end()
        await ended(service)

    assert told == [False]


async def test_for_a_notice_connections_are_accepted_and_not_kept() -> None:
    async with guarded(told_back, ending=Ending(notice_seconds=0.5)) as service:
        service.server.end()
        assert service.draining.begun
        async with service.wire() as wire:
            await wire.send(GET)
            answer = await wire.answer()

            assert (answer.status, answer.headers["connection"]) == (200, "close")
            assert await wire.ended()
        await ended(service)
