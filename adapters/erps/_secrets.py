"""The settings of connections that change while they are used: OAuth tokens, mostly."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Settings = Mapping[str, str]
Key = tuple[int, int]
"""The company's id and the integration's."""


class RotatingSecrets(Protocol):
    """Keeps what an ERP hands out in exchange for what it then no longer accepts."""

    async def refreshed(
        self, key: Key, renew: Callable[[Settings], Awaitable[Settings]]
    ) -> Settings:
        """The settings of a connection after a renewal, of which there is one at a time.

        Holds the connection's only lock, calls `renew` with the newest settings that are kept,
        and keeps what it returns, which are all settings again. When somebody else renewed them
        while we waited for the lock, theirs may be returned without a call of `renew`.
        Nothing is kept when `renew` raises; what it raises is passed on.
        """
        ...


@dataclass(frozen=True, slots=True)
class InMemorySecrets:
    """For connections that come from the environment: what was renewed lasts as long as we do.

    Of a connection that was not renewed yet, nothing is kept: `renew` gets no settings.
    """

    _kept: dict[Key, Settings] = field(default_factory=dict, repr=False)
    _locks: defaultdict[Key, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )

    async def refreshed(
        self, key: Key, renew: Callable[[Settings], Awaitable[Settings]]
    ) -> Settings:
        async with self._locks[key]:
            self._kept[key] = await renew(self._kept.get(key, {}))
            return self._kept[key]
