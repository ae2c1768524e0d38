"""GraphQL over server-sent events: the protocol graphql-sse, with a connection per operation.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. A stream that must end before
its operation does (the token has expired, this process ends) ends without `event: complete`:
clients connect anew then, with the token that they have by that time.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

from starlette.authentication import AuthenticationError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.http.streaming import SSETransport

from endpoint.caller import Caller, bearer
from endpoint.deadline import Operations
from endpoint.lasting import OpenOnes, Results, results_of
from schema.request import Request as SchemaRequest

HEARTBEAT_SECONDS = 12.0


class CutOff(Exception):
    """The stream must end here, whatever would come."""


class EventStream(SSETransport):
    """Strawberry's transport, written so that every client can read it: lines end in LF, which
    urql splits events by, and an event without data has an empty line of it."""

    headers = {  # noqa: RUF012  (as declared by Strawberry)
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }

    send_initial_heartbeat = True
    """So that a client hears at once that it is connected, not with the first change."""

    def __init__(self, heartbeat_interval: float = HEARTBEAT_SECONDS) -> None:
        super().__init__(heartbeat_interval)

    def encode_event(self, event: str, data: str | None = None) -> str:
        # JSON as it is written here has no line break in it.
        return f"event: {event}\ndata: {data}\n\n" if data else f"event: {event}\ndata:\n\n"

    def encode_comment(self, comment: str) -> str:
        return f": {comment}\n\n"


async def streamed(
    http: Request,
    source: Results,
    request: SchemaRequest,
    operations: Operations,
    seconds: float,
) -> Results:
    """The results of an operation, as `results_of`; those of a subscription while the token is
    good. Raises CutOff when it is not."""
    caller = _caller_of(http)
    async for result in results_of(source, request, operations, seconds):
        if request.watching.is_set():
            try:
                await caller.check()
            except AuthenticationError:
                raise CutOff from None
        yield result


class EventStreamResponse(StreamingResponse):
    """An event stream that ends when it must."""

    def __init__(
        self,
        http: Request,
        chunks: AsyncGenerator[str, None],
        headers: Mapping[str, str],
        request: SchemaRequest,
        open_ones: OpenOnes,
    ) -> None:
        super().__init__(self._until_ended(chunks), headers=headers)
        self._caller = _caller_of(http)
        self._request = request
        self._open_ones = open_ones
        self._goodbye = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._open_ones.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open_ones.discard(self)

    async def goodbye(self) -> None:
        """See `endpoint.lasting.Lasting`. A query or a mutation is answered first."""
        self._goodbye.set()

    async def _until_ended(self, chunks: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        ending = asyncio.create_task(self._ended())
        chunk: asyncio.Future[str | None] | None = None
        try:
            while True:
                chunk = asyncio.ensure_future(anext(chunks, None))
                await asyncio.wait([chunk, ending], return_when=asyncio.FIRST_COMPLETED)
                if not chunk.done() or (text := chunk.result()) is None:
                    return
                yield text
        except CutOff:
            return
        finally:
            await _stop(ending, chunk)
            await chunks.aclose()

    async def _ended(self) -> None:
        """Wait until a subscription must end: its token expires, or the process does."""
        with suppress(AuthenticationError):  # told when there is something to deliver
            await self._caller.check()
        await self._request.watching.wait()
        ends = [asyncio.create_task(end) for end in (self._caller.expired(), self._goodbye.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _stop(*ends)


async def _stop(*tasks: asyncio.Future[Any] | None) -> None:
    running = [task for task in tasks if task is not None and not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)


def _caller_of(http: Request) -> Caller:
    return Caller(http, bearer(http.headers.get("Authorization")) or "")
