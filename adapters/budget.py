"""Budgets of one process: each caller's bucket is a number in memory."""

import time
from collections.abc import Callable

from domain.budget import Allowance, Standing, microseconds

FEW = 1_000
"""So many buckets are kept without a thought."""


class InMemoryCostBudget:
    """Takes without waiting, so that no two requests can take the same points.

    A bucket that is full again is as one never seen: it is forgotten, at the latest when twice
    as many are kept as were in use the last time.
    """

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.time) -> None:
        self.allowance = allowance
        self._clock = clock
        self._full_at: dict[int, int] = {}
        self._many = FEW

    @property
    def kept(self) -> int:
        """How many buckets are kept."""
        return len(self._full_at)

    async def take(self, person_id: int, cost: int) -> Standing:
        now = microseconds(self._clock())
        full_at = self._full_at.get(person_id, now)
        taken = self.allowance.taken(full_at, cost, now)
        if taken is None:
            return self.allowance.standing(full_at, now, lacking=cost)
        self._full_at[person_id] = taken
        if len(self._full_at) > self._many:
            self._forget(now)
        return self.allowance.standing(taken, now)

    def _forget(self, now: int) -> None:
        is_full = self.allowance.is_full
        self._full_at = {who: at for who, at in self._full_at.items() if not is_full(at, now)}
        self._many = max(FEW, 2 * len(self._full_at))
