"""Whatever a client sends: the protocol's code, no crash, and the next client is served."""

import json
import logging
from typing import Any

import pytest

from tests.bad_requests.frames import AFTER_ACK, BEFORE_INIT, WHO
from tests.endpoint.lines import Line, watch

ACK = {"type": "connection_ack"}


async def serves_the_next(line: Line) -> None:
    async with line.talk() as talk:
        assert (await talk.answer("q", WHO))["data"] == {"viewer": {"name": "Ann"}}


@pytest.fixture
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.usefixtures("nothing_is_logged")
async def test_before_it_is_known_who_speaks(line: Line) -> None:
    for name, (frame, code) in BEFORE_INIT.items():
        async with line.dialled() as talk:
            await talk.say(frame)
            assert (await talk.closed())[0] == code, name
    await serves_the_next(line)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.usefixtures("nothing_is_logged")
async def test_after_it_is_known_who_speaks(line: Line) -> None:
    for name, (frame, code) in (BEFORE_INIT | AFTER_ACK).items():
        if name == "too early":
            continue
        async with line.watching() as talk:
            await talk.say(frame)
            assert (await talk.closed())[0] == code, name
    await serves_the_next(line)
    await line.until(lambda: line.watchers == 0)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.usefixtures("nothing_is_logged")
async def test_an_id_that_is_in_use(line: Line) -> None:
    async with line.watching() as talk:
        await talk.begin("w", watch())
        assert (await talk.closed())[0] == 4409
    await serves_the_next(line)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_frames_that_are_allowed_though_odd(line: Line) -> None:
    async with line.talk() as talk:
        await talk.say({"type": "complete", "id": "never begun"})
        await talk.say({"type": "pong"})
        await talk.say({"type": "ping", "payload": None, "more": "ignored"})
        assert await talk.hear() == {"type": "pong"}
        extras = {"variables": None, "operationName": None, "extensions": None, "more": 1}
        odd = "\u0000🦀"
        answer = await talk.answer(odd, WHO | extras)
        again = await talk.answer(odd, WHO)  # the id is free again

    assert answer["data"] == again["data"] == {"viewer": {"name": "Ann"}}


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_who_says_nothing_for_5_seconds_is_closed(line: Line) -> None:
    async with line.dialled() as talk:
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}

        assert (await talk.closed())[0] == 4408


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_the_reason_is_told_and_quotes_nothing(line: Line) -> None:
    async with line.talk() as talk:
        await talk.say(json.dumps({"type": "secret" * 100}))
        code, reason = await talk.closed()

    assert (code, reason) == (4400, "no such type of message")
