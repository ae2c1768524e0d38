"""Around each connection: a slow, failing or busy ERP is left in peace, and holds up nobody else.

The bounds hold within one process.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from typing import TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from domain.erps import Canary, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

T = TypeVar("T")

# What became of a look-up is told by those who watch the ports; stamina would write on its own.
set_on_retry_hooks(())


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection may take, and when it is given a rest."""

    in_flight: int = 8
    """Look-ups at once; the others wait for their turn, within their own deadlines."""
    failures: int = 5
    """How many in a row, each of which is one of FAILURES, open the circuit."""
    rest_seconds: float = 15
    """How long an open circuit answers by itself; then one look-up is let through."""
    slow_seconds: float = 4
    """A look-up that was given up after longer than this counts as a time-out."""


FAILURES = frozenset(
    {Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.SERVER_ERROR, Trouble.RATE_LIMITED}
)
PASSING = frozenset({Trouble.UNREACHABLE, Trouble.SERVER_ERROR})
"""What a second try may mend: a look-up only reads. A time-out has used up the time for one."""


def _is_passing(error: Exception) -> bool:
    return (
        isinstance(error, ErpTrouble)
        and error.trouble in PASSING
        and error.retry_after_seconds is None
    )


AGAIN_WITHIN = 4.0
"""Seconds after which nothing is tried once more."""
AGAIN = stamina.AsyncRetryingCaller(
    attempts=2, timeout=AGAIN_WITHIN, wait_initial=0.1, wait_jitter=0.2
).on(_is_passing)


@dataclass(slots=True)
class Guarded:
    """An `Erp` that is asked within bounds."""

    erp: Erp
    bounds: Bounds = Bounds()
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    _turns: asyncio.Semaphore = field(init=False, repr=False)
    _in_a_row: int = 0
    _last: ErpTrouble | None = field(default=None, repr=False)
    _until: float = 0.0
    """Until when nobody is let through."""
    _trying: bool = False
    """Whether one look-up is out to see if the ERP is back."""

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.bounds.in_flight)

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        return await self._within_bounds(lambda: self.erp.look_up(record_ids))

    async def choose_canary(self) -> Canary | None:
        return await self._within_bounds(self.erp.choose_canary)

    async def _within_bounds(self, ask: Callable[[], Awaitable[T]]) -> T:
        async with self._turns:
            with self._admitted():
                return await self._asked(ask)

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, and once more where that may help. Most look-ups need no second try: only those
        that do are left to stamina, which takes longer than all that is around a look-up."""
        began = self.clock()
        try:
            return await ask()
        except ErpTrouble as trouble:
            if not _is_passing(trouble) or self.clock() - began > AGAIN_WITHIN:
                raise
            failed = trouble
        return await AGAIN(_second(ask, after=failed))

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        self._refuse()
        tries = self._trying = self._in_a_row >= self.bounds.failures
        began = self.clock()
        try:
            yield
        except ErpTrouble as trouble:
            self._troubled(trouble)
            raise
        except asyncio.CancelledError:
            if self.clock() - began > self.bounds.slow_seconds:
                self._troubled(ErpTrouble(Trouble.TIMEOUT, "no answer in time"))
            raise
        else:
            self._in_a_row = 0
        finally:
            if tries:
                self._trying = False

    def _refuse(self) -> None:
        """Raises the last trouble as long as the ERP is left in peace."""
        left = self._until - self.clock()
        if self._last is not None and (left > 0 or self._trying):
            detail = f"{self._last.detail}; it is left in peace for a while"
            raise ErpTrouble(self._last.trouble, detail, max(ceil(left), 1))

    def _troubled(self, trouble: ErpTrouble) -> None:
        self._in_a_row = self._in_a_row + 1 if trouble.trouble in FAILURES else 0
        opened = self._in_a_row >= self.bounds.failures
        rest = max(trouble.retry_after_seconds or 0, self.bounds.rest_seconds if opened else 0)
        # Of several look-ups at once, the one that asks for the longest rest is heeded.
        if rest and self.clock() + rest > self._until:
            self._last, self._until = trouble, self.clock() + rest


def _second(ask: Callable[[], Awaitable[T]], after: ErpTrouble) -> Callable[[], Awaitable[T]]:
    """A question that has been asked once, and failed."""
    tries = count(1)

    async def asked() -> T:
        if next(tries) == 1:
            raise after
        return await ask()

    return asked
