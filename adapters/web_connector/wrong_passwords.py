"""Wrong passwords of one caller for one connection: so many at once, and then one in a while."""

import time
from collections.abc import Callable, Hashable

from domain.budget import Allowance, microseconds

AT_ONCE = 10
SECONDS_EACH = 60
MOST_CALLERS = 10_000
"""So many are remembered, in this process; the one that was wrong first is forgotten first."""


class WrongPasswords:
    """Counts what was wrong alone: a Web Connector that is right may call as often as it likes."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._allowance = Allowance(AT_ONCE * SECONDS_EACH, 1)
        self._full_at: dict[Hashable, int] = {}

    def wait(self, who: Hashable) -> int:
        """How many seconds until another password is looked at; 0: at once."""
        now = microseconds(self._clock())
        full_at = self._full_at.get(who, now)
        if self._allowance.taken(full_at, SECONDS_EACH, now) is not None:
            return 0
        return self._allowance.standing(full_at, now, lacking=SECONDS_EACH).wait_seconds

    def count(self, who: Hashable) -> None:
        now = microseconds(self._clock())
        after = self._allowance.taken(self._full_at.pop(who, now), SECONDS_EACH, now)
        if after is not None:
            self._full_at[who] = after
        while len(self._full_at) > MOST_CALLERS:
            del self._full_at[next(iter(self._full_at))]
