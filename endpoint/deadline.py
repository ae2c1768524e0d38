"""Every request is answered in time (I6), and no mutation is cut off for it (I7)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endpoint.answers import fault, retry_after
from endpoint.request_id import current_request_id

T = TypeVar("T")


class OutcomeUnknown(Exception):
    """Who asked cannot wait any longer; what they asked for is still being done."""


class Operations:
    """The operations under way. A mutation that has begun runs to its end, whoever leaves."""

    def __init__(self) -> None:
        self.running: set[asyncio.Task[Any]] = set()

    async def complete(
        self, operation: Coroutine[Any, Any, T], has_begun_to_change: Callable[[], bool]
    ) -> T:
        """Wait for an operation. Whoever cancels this cancels the operation, if it may be.

        If it may not, it goes on without its asker. Raises OutcomeUnknown then.
        """
        task = asyncio.create_task(operation)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if has_begun_to_change():
                raise OutcomeUnknown from None
            task.cancel()
            raise

    async def ended(self) -> None:
        """Wait until no operation is under way."""
        while self.running:
            await asyncio.wait(self.running)

    @asynccontextmanager
    async def until_ended(self) -> AsyncIterator[None]:
        """What stands around this stays open while an operation is under way."""
        try:
            yield
        finally:
            await self.ended()


class Deadline:
    """Answers for what has not begun to answer in time: 504, with what is known of the outcome."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            # An event stream may last; how slowly an answer is read is the server's business.
            if message["type"] == "http.response.start":
                deadline.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self._seconds) as deadline:
                await self._app(scope, receive, send_in_time)
        except TimeoutError:
            if not deadline.expired():
                raise
            await self._late()(scope, receive, send)
        except OutcomeUnknown:
            await self._unknown()(scope, receive, send)

    def _late(self) -> ASGIApp:
        message = f"No answer within {self._seconds:g} s: nothing was changed. Ask for less."
        return fault(
            current_request_id.get(), 504, "DEADLINE_EXCEEDED", message, retry_after(self._seconds)
        )

    def _unknown(self) -> ASGIApp:
        message = (
            f"No answer within {self._seconds:g} s, but the change goes on: "
            "look at the invoice again before you repeat it."
        )
        return fault(current_request_id.get(), 504, "OUTCOME_UNKNOWN", message)
