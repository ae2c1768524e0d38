"""Operations whose results come one by one, and those who wait for them, until they must end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from endpoint.deadline import Operations
from schema.request import Request as SchemaRequest

Results = AsyncGenerator[ExecutionResult, None]
Waiting = asyncio.Queue[ExecutionResult | Exception | None]
ALL_OF_A_MUTATION = 2
"""Its one result, and the end: with room for both it needs nobody who takes them."""


class Lasting(Protocol):
    """What stays open until it is told to end: a socket, an event stream."""

    async def goodbye(self) -> None:
        """End, because the process does: in good order, within seconds."""


class OpenOnes:
    """All that is open in this process."""

    def __init__(self) -> None:
        self._open: set[Lasting] = set()
        self._farewell: asyncio.Future[Any] | None = None

    def add(self, each: Lasting) -> None:
        self._open.add(each)

    def discard(self, each: Lasting) -> None:
        self._open.discard(each)

    def close_all(self) -> None:
        """Say goodbye to all at once. Does not wait for them."""
        farewells = [each.goodbye() for each in self._open]
        self._farewell = asyncio.ensure_future(asyncio.gather(*farewells, return_exceptions=True))


async def results_of(
    source: Results, request: SchemaRequest, operations: Operations, seconds: float
) -> Results:
    """The results of any operation. Who stops taking them ends it, but for a mutation that began.

    The first result, or a subscription, must come within the seconds. The source runs in one task
    from its beginning to its end, whoever takes the results, as what it opens may demand.
    """
    waiting: Waiting = asyncio.Queue(ALL_OF_A_MUTATION)
    task = asyncio.create_task(_pump(source, waiting))
    try:
        result = await _first(waiting, request, seconds)
        while result is not None:
            if isinstance(result, Exception):
                raise result
            yield result
            result = await waiting.get()
    finally:
        if not request.changing.is_set():
            task.cancel()
            await asyncio.wait([task])
        elif not task.done():
            operations.running.add(task)
            task.add_done_callback(operations.running.discard)


async def _pump(source: Results, waiting: Waiting) -> None:
    """Put each result into the queue, and None after the last."""
    try:
        async with aclosing(source):
            async for result in source:
                await waiting.put(result)
    except GraphQLError as refusal:
        await waiting.put(PreExecutionError(data=None, errors=[refusal]))
    except Exception as problem:
        await waiting.put(problem)
    await waiting.put(None)


async def _first(
    waiting: Waiting, request: SchemaRequest, seconds: float
) -> ExecutionResult | Exception | None:
    try:
        async with asyncio.timeout(seconds):
            return await waiting.get()
    except TimeoutError:
        if request.watching.is_set():
            return await waiting.get()
        return PreExecutionError(data=None, errors=[_late(request, seconds)])


def _late(request: SchemaRequest, seconds: float) -> GraphQLError:
    if request.changing.is_set():
        code, what = "OUTCOME_UNKNOWN", "but the change goes on: look before you repeat it."
    else:
        code, what = "DEADLINE_EXCEEDED", "and nothing was changed. Ask for less."
    extensions = {"code": code, "requestId": request.request_id}
    return GraphQLError(f"No answer within {seconds:g} s, {what}", extensions=extensions)
