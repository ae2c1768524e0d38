"""What was told lately, for as long as that is good for something."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Lately(Generic[K, T]):
    """At most so many answers, each for so many seconds; the oldest goes first."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._kept: OrderedDict[K, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: K, answer: T) -> None:
        self._kept[key] = self._clock() + self._seconds, answer
        self._kept.move_to_end(key)
        if len(self) > self._most:
            self._kept.popitem(last=False)

    def find(self, key: K) -> T | None:
        until, answer = self._kept.get(key, (0.0, None))
        return answer if self._clock() < until else None

    def forget(self, key: K) -> None:
        self._kept.pop(key, None)
