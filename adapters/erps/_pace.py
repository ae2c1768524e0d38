"""How often one connection asks its ERP: some requests at once, and so many in a minute."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil

from domain.erps import ErpTrouble, Trouble

MINUTE = 60.0
PATIENCE_SECONDS = 2.0
"""How long a request waits for its place in the minute, before whoever asks is told to wait."""


@dataclass(slots=True)
class Pace:
    """What an ERP allows one connection, within this process.

    `per_minute`: no more than these in any 60 seconds; None: the ERP publishes no such limit.
    """

    at_once: int
    per_minute: int | None = None
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    _turns: asyncio.Semaphore = field(init=False, repr=False)
    _places: deque[float] = field(init=False, repr=False)
    """When the last requests were, or will be, sent: as many as a minute has room for."""

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.at_once)
        self._places = deque(maxlen=self.per_minute or 0)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One request is sent within it. Raises ErpTrouble(RATE_LIMITED) if the minute is full."""
        async with self._turns:
            await asyncio.sleep(self._place())
            yield

    def _place(self) -> float:
        """Takes the next place in the minute; how many seconds there are until then."""
        now, last = self.clock(), self._places
        wait = max(last[0] + MINUTE - now, 0.0) if len(last) == last.maxlen and last else 0.0
        if wait > PATIENCE_SECONDS:
            detail = f"the ERP takes {self.per_minute} requests a minute, and has had them"
            raise ErpTrouble(Trouble.RATE_LIMITED, detail, ceil(wait))
        last.append(now + wait)
        return wait
