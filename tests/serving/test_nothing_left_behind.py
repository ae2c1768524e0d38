"""A connection that has ended is forgotten at once: it does not wait for the garbage collector,
and all of its last request with it."""

import asyncio
import gc
from collections.abc import Iterator
from weakref import WeakSet

import pytest
from starlette.types import Receive, Scope, Send

from serving.protocol import GuardedHttp
from tests.serving.guarded import GET, Guarded, guarded
from tests.serving.test_heads import told_back
from tests.serving.test_patience import until


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def connections(service: Guarded) -> WeakSet[GuardedHttp]:
    held = service.server.server_state.connections
    return WeakSet(each for each in held if isinstance(each, GuardedHttp))


async def test_one_that_was_answered() -> None:
    async with guarded(told_back) as service:
        async with service.wire() as wire:
            await wire.send(GET)
            await wire.answer()
            open_ones = connections(service)
            assert len(open_ones) == 1
        await until(lambda: not open_ones)


@pytest.mark.parametrize("requests", [1, 3])
async def test_one_whose_client_left_before_the_answer(requests: int) -> None:
    asked, answering = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await answering.wait()
        await told_back(scope, receive, send)

    async with guarded(app) as service:
        async with service.wire() as wire:
            await wire.send(GET * requests)
            await asked.wait()
            open_ones = connections(service)
            assert len(open_ones) == 1
        if requests == 1:  # that one with more to do has gone is seen when it is answered
            await until(lambda: service.open == 0)
        answering.set()
        await until(lambda: not open_ones)
