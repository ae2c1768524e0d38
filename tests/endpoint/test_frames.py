"""Whatever a client sends: the protocol's code, no crash, and the next client is served."""

import json
import logging
from typing import Any

import pytest

from tests.endpoint.lines import Line, watch

WHO = {"query": "{ viewer { name } }"}
ACK = {"type": "connection_ack"}


def subscribe(**but: Any) -> dict[str, Any]:
    message = {"id": "1", "type": "subscribe", "payload": WHO} | but
    return {name: value for name, value in message.items() if value is not ...}


def payload(**but: Any) -> dict[str, Any]:
    return subscribe(payload=WHO | but)


BEFORE_INIT: dict[str, tuple[Any, int]] = {
    "binary": (b'{"type": "ping"}', 4400),
    "empty": ("", 4400),
    "no JSON": ("ping", 4400),
    "half a JSON": ('{"type": "pi', 4400),
    "NaN": ('{"type": "ping", "payload": {"a": NaN}}', 4400),
    "name twice": ('{"type": "ping", "type": "pong"}', 4400),
    "null": ("null", 4400),
    "number": ("7", 4400),
    "string": ('"ping"', 4400),
    "array": ('[{"type": "ping"}]', 4400),
    "empty object": ({}, 4400),
    "type null": ({"type": None}, 4400),
    "type number": ({"type": 1}, 4400),
    "type array": ({"type": ["ping"]}, 4400),
    "type object": ({"type": {"ping": 1}}, 4400),
    "type unknown": ({"type": "start"}, 4400),
    "type of a server": ({"type": "next", "id": "1", "payload": {}}, 4400),
    "type empty": ({"type": ""}, 4400),
    "huge type": ({"type": "x" * 100_000}, 4400),
    "deep": ("[" * 50_000 + "]" * 50_000, 4400),
    "deep payload": ('{"type":"ping","payload":' + '{"a":' * 10_000 + "1" + "}" * 10_001, 4400),
    "5,000 digits": ('{"type": "ping", "payload": {"a": ' + "9" * 5000 + "}}", 4400),
    "lone surrogate": (r'{"type": "ping", "payload": {"a": "\ud800"}}', 4400),
    "init with a string": ({"type": "connection_init", "payload": "Bearer"}, 4400),
    "init with an array": ({"type": "connection_init", "payload": []}, 4400),
    "init with a number": ({"type": "connection_init", "payload": 0}, 4400),
    "ping with a string": ({"type": "ping", "payload": "x"}, 4400),
    "pong with an array": ({"type": "pong", "payload": [1]}, 4400),
    "too early": (subscribe(), 4401),
    "huge": ('"' + "x" * 200_000 + '"', 1009),
    "huge in characters of 4 bytes": ('"' + "🦀" * 40_000 + '"', 1009),
}
AFTER_ACK: dict[str, tuple[Any, int]] = {
    "no id": (subscribe(id=...), 4400),
    "id null": (subscribe(id=None), 4400),
    "id empty": (subscribe(id=""), 4400),
    "id number": (subscribe(id=1), 4400),
    "id array": (subscribe(id=["1"]), 4400),
    "id object": (subscribe(id={"a": 1}), 4400),
    "id huge": (subscribe(id="x" * 10_000), 4400),
    "no payload": (subscribe(payload=...), 4400),
    "payload null": (subscribe(payload=None), 4400),
    "payload string": (subscribe(payload="{ viewer { name } }"), 4400),
    "payload array": (subscribe(payload=[WHO]), 4400),
    "query number": (payload(query=1), 4400),
    "query object": (payload(query={}), 4400),
    "variables string": (payload(variables="{}"), 4400),
    "variables array": (payload(variables=[]), 4400),
    "operationName number": (payload(operationName=1), 4400),
    "extensions array": (payload(extensions=[]), 4400),
    "complete without id": ({"type": "complete"}, 4400),
    "complete of an array": ({"type": "complete", "id": []}, 4400),
    "init again": ({"type": "connection_init"}, 4429),
}


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
