"""A mutation that has begun comes to its end, however its client leaves (I2, I7)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from domain.erps import RecordState
from domain.unlinking import AttemptOutcome
from tests.builders import HARBOR
from tests.endpoint.lines import Line, Talk, unlink


@dataclass
class SlowErp:
    """Answers when it is told to; says when it is asked."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def meanwhile(self) -> None:
        self.asked.set()
        await self.may_answer.wait()


@pytest.fixture
def slow(line: Line) -> SlowErp:
    erp = SlowErp()
    line.erp.states = {"BILL-1": RecordState.DELETED}
    line.erp.meanwhile = erp.meanwhile
    return erp


async def complete(talk: Talk) -> None:
    await talk.say({"id": "u", "type": "complete"})


async def close(talk: Talk) -> None:
    await talk.socket.close()


async def vanish(talk: Talk) -> None:
    talk.socket.transport.abort()


async def send_nonsense(talk: Talk) -> None:
    await talk.say("nonsense")


@pytest.mark.parametrize("leave", [complete, close, vanish, send_nonsense])
async def test_over_a_socket(
    line: Line, slow: SlowErp, leave: Callable[[Talk], Awaitable[None]]
) -> None:
    async with line.talk() as talk:
        await talk.begin("u", unlink(1))
        await slow.asked.wait()
        await leave(talk)
        await asyncio.sleep(0.2)  # for the server to hear of it
        slow.may_answer.set()
        await unlinked(line)


async def test_over_an_event_stream(line: Line, slow: SlowErp) -> None:
    async with line.http(accept="text/event-stream") as http, _posting(http, slow):
        pass
    await asyncio.sleep(0.2)
    slow.may_answer.set()

    await unlinked(line)


@asynccontextmanager
async def _posting(http: object, slow: SlowErp) -> AsyncIterator[None]:
    """A mutation is posted, and its poster goes when the ERP is asked."""
    posting = asyncio.create_task(http.post("/graphql", json=unlink(1)))  # type: ignore[attr-defined]
    await slow.asked.wait()
    posting.cancel()
    await asyncio.wait([posting])
    yield


async def unlinked(line: Line) -> None:
    """The invoice is unlinked, once, and the audit says so."""

    async with asyncio.timeout(10):
        while (await line.changing.invoice(1)).link is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    attempts = (await line.services.ledger.attempts(HARBOR, [1], 10))[1]
    assert [each.outcome for each in attempts] == [AttemptOutcome.UNLINKED]
