"""An issuer's keys as last seen, and when to look again.

    age of the keys     what a request does that needs one of them
    up to FRESH         takes it
    up to TRUSTED       takes it, and has the keys fetched meanwhile
    up to STALE         waits for the keys; takes the old one when they cannot be had
    older               waits for the keys; without them, it cannot be told who asks

A key that is not among them is looked for at once. Whatever the reason, the keys are fetched by
one task at a time, however many wait for it, and at most once per COOL_DOWN: so a flood of
made-up key ids costs the issuer little, and a new key is seen COOL_DOWN after the last look.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from adapters.oidc_fetching import KeysNotFetched
from adapters.oidc_keys import Keys, PublicKey
from adapters.tokens import IssuerUnavailable

COOL_DOWN = 2.0
FRESH = 5 * 60.0
TRUSTED = 10 * 60.0
"""A key that was withdrawn verifies for no longer than this, while the issuer answers."""
STALE = 24 * 60 * 60.0
"""An issuer may be down for a day before those whom it has let in are turned away."""

log = logging.getLogger(__name__)


class PublishedKeys:
    """The keys of one issuer. `running` is a clock that only runs forward, in seconds."""

    def __init__(
        self, issuer: str, fetch: Callable[[], Awaitable[Keys]], running: Callable[[], float]
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._running = running
        self._keys: Keys = {}
        self._seen_at = self._asked_at = -math.inf
        self._failing = False
        self._refresh: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> PublicKey | None:
        """The key of this id; None when the issuer publishes none. Raises IssuerUnavailable."""
        key = self._known(key_id)
        # While the issuer fails, nobody waits for what is at hand.
        if key is None or (self._age() > TRUSTED and not self._failing):
            await self._refreshed()
            key = self._known(key_id)
        elif self._age() > FRESH:
            self._begin_refresh()
        if key is None and self._failing:
            wait = self._asked_at + COOL_DOWN - self._running()
            raise IssuerUnavailable(max(1, math.ceil(wait)))
        return key

    async def aclose(self) -> None:
        """Give up the refresh that is under way, if one is."""
        if self._refresh is not None:
            self._refresh.cancel()
            await asyncio.wait([self._refresh])

    def _known(self, key_id: str) -> PublicKey | None:
        return self._keys.get(key_id) if self._age() <= STALE else None

    def _age(self) -> float:
        return self._running() - self._seen_at

    async def _refreshed(self) -> None:
        refresh = self._begin_refresh()
        if refresh is not None:
            # Shielded: whoever is cancelled leaves it running for the others.
            await asyncio.shield(refresh)

    def _begin_refresh(self) -> asyncio.Task[None] | None:
        """The refresh under way, or a new one; None when it is too early for another."""
        if self._refresh is None or self._refresh.done():
            if self._running() - self._asked_at < COOL_DOWN:
                return None
            self._asked_at = self._running()
            self._refresh = asyncio.create_task(self._look_again())
        return self._refresh

    async def _look_again(self) -> None:
        asked_at = self._asked_at
        try:
            keys = await self._fetch()
        except Exception as problem:  # whatever ails it, the keys at hand are all there is
            why = problem if isinstance(problem, KeysNotFetched) else type(problem).__name__
            if not self._failing:
                log.warning("The keys of %s cannot be fetched: %s", self._issuer, why)
            self._failing = True
            return
        if self._failing:
            log.warning("The keys of %s can be fetched again", self._issuer)
        if not keys:
            log.warning("%s publishes no key that can be used", self._issuer)
        self._failing = False
        self._keys, self._seen_at = keys, asked_at
