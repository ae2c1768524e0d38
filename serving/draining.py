"""Whether this process is on its way out, and what it still has to finish."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from typing import Any


class Draining:
    """Told by the server, asked by whoever should then say goodbye. One for each process."""

    def __init__(self) -> None:
        self.begun = False
        self._work: list[Collection[asyncio.Task[Any]]] = []
        self._farewells: list[Callable[[], object]] = []

    def waits_for(self, work: Collection[asyncio.Task[Any]]) -> None:
        """Have the process wait, before it ends, for what runs in there then."""
        self._work.append(work)

    def unfinished(self) -> Iterator[asyncio.Task[Any]]:
        """What is still waited for."""
        for work in self._work:
            yield from work

    def when_begun(self, farewell: Callable[[], object]) -> None:
        """Have this called, on the loop, once the process no longer accepts connections."""
        self._farewells.append(farewell)

    def begin(self) -> None:
        """Not ready any more. Safe in a signal handler."""
        self.begun = True

    def say_goodbye(self) -> None:
        for farewell in self._farewells:
            farewell()
