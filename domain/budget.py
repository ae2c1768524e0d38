"""What someone may ask for in a while: a bucket that requests empty and time fills, steadily."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
SKEW = 60 * _SECOND
"""How far apart the clocks of two processes may be, in microseconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How someone's bucket stands after a request asked for its cost."""

    granted: bool
    remaining: int
    """The points of cost that are left."""
    full_at: datetime
    """When the bucket is full again, if nobody asks meanwhile."""
    wait_seconds: int = 0
    """How long until it holds what was refused; whole seconds, rounded up."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many points of cost a full bucket holds, and how many flow in each second.

    A bucket is one number: the moment when it is full again, in microseconds since 1970. Taking
    from it moves that moment on. This is the generic cell rate algorithm (ITU-T I.371), with whole
    numbers.
    """

    size: int
    per_second: int
    fills_in: int = field(init=False, repr=False, compare=False)
    """Microseconds from empty to full."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fills_in", self.time_for(self.size))

    def time_for(self, cost: int) -> int:
        """Microseconds in which so much flows in. What costs more than a bucket takes it all."""
        return -(-min(cost, self.size) * _SECOND // self.per_second)

    def is_full(self, full_at: int, now: int) -> bool:
        """Whether nothing is missing. A bucket that would take far longer to fill than an empty
        one was written before a clock was put back: it counts as one that was never seen."""
        return not now < full_at <= now + self.fills_in + SKEW

    def taken(self, full_at: int, cost: int, now: int) -> int | None:
        """When it is full again once the cost is taken; None, when it holds less than that."""
        after = (now if self.is_full(full_at, now) else full_at) + self.time_for(cost)
        return after if after <= now + self.fills_in else None

    def standing(self, full_at: int, now: int, lacking: int | None = None) -> Standing:
        """How a bucket stands; `lacking` is the cost that was refused."""
        missing = 0 if self.is_full(full_at, now) else full_at - now
        wait = 0 if lacking is None else missing + self.time_for(lacking) - self.fills_in
        return Standing(
            granted=lacking is None,
            remaining=max(0, self.fills_in - missing) * self.per_second // _SECOND,
            full_at=_EPOCH + timedelta(microseconds=now + missing),
            wait_seconds=-(-wait // _SECOND),
        )


def microseconds(clock: float) -> int:
    """What `time.time` says, as buckets count it."""
    return int(clock * _SECOND)
