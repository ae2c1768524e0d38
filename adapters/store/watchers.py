"""One who watches a company's changes: a queue that never grows beyond a bound."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Self

from domain.changes import FellBehind, InvoiceChange

MOST_WAITING = 1000
"""How many changes may wait for one watcher. More: it has fallen behind."""
SURE_FOR = 1.0
"""For how many seconds it need not be asked again whether a person is of the company."""


class Watcher(AsyncIterator[InvoiceChange]):
    """Changes on their way to one person; ends when they leave the company."""

    def __init__(self, person_id: int, is_member: Callable[[], Awaitable[bool]]) -> None:
        self.person_id = person_id
        self._is_member = is_member
        self._waiting: deque[tuple[float, InvoiceChange]] = deque()
        self._woken = asyncio.Event()
        self._end: Exception | None = None

    @property
    def ended(self) -> bool:
        return self._end is not None

    def offer(self, changes: Sequence[InvoiceChange]) -> None:
        """Add changes to the queue; none after the end. Membership was checked just now."""
        if self._end is not None:
            return
        if len(self._waiting) + len(changes) > MOST_WAITING:
            self.end(FellBehind())
            return
        now = asyncio.get_running_loop().time()
        self._waiting.extend((now, each) for each in changes)
        self._woken.set()

    def end(self, reason: Exception) -> None:
        """Tell nothing any more, not even what waits."""
        self._end = self._end or reason
        self._waiting.clear()
        self._woken.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> InvoiceChange:
        while not self._waiting and self._end is None:
            self._woken.clear()
            await self._woken.wait()
        if self._end is None:
            sure_at, change = self._waiting.popleft()
            if asyncio.get_running_loop().time() - sure_at < SURE_FOR or await self._is_member():
                return change
            self.end(StopAsyncIteration())
        assert self._end is not None
        raise self._end
