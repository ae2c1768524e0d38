"""Who stays on the line: asked for again and again, until the token opens nothing any more."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from math import inf

from starlette.requests import HTTPConnection

from domain.permissions import Viewer
from endpoint.authentication import Authenticated, viewer_of

LONGEST_SLEEP = 3600.0
"""Seconds; an event loop can be asked for no end of them."""
SURE_FOR = 1.0
"""For how many seconds after a look at the token the same need not be asked again."""


class Caller:
    """One token, and whom it speaks of. Nothing of the token is told to anyone."""

    def __init__(self, connection: HTTPConnection, token: str) -> None:
        self._connection = connection
        self._token = token
        self._found: Authenticated | None = None
        self._found_at = -inf

    async def viewer(self) -> Viewer:
        """The person as the directory knows them now.

        Raises AuthenticationError, or CannotAuthenticate when it cannot be told now.
        """
        self._found = await viewer_of(self._connection.state, self._token)
        self._found_at = asyncio.get_running_loop().time()
        return self._found.viewer

    async def check(self) -> None:
        """As `viewer`, but a moment ago is soon enough: before each result that is delivered."""
        if asyncio.get_running_loop().time() - self._found_at > SURE_FOR:
            await self.viewer()

    @property
    def seconds_left(self) -> float:
        """How long the token is good for; infinite when it does not expire by itself."""
        if self._found is None or self._found.expires_at is None:
            return inf
        return max(0.0, (self._found.expires_at - datetime.now(UTC)).total_seconds())

    async def expired(self) -> None:
        """Wait until the token is good for nothing more."""
        forever = asyncio.Event()
        while (left := self.seconds_left) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(forever.wait(), min(left, LONGEST_SLEEP))


def bearer(authorization: object) -> str | None:
    """The token in what an `Authorization` header says, or would say."""
    if not isinstance(authorization, str):
        return None
    scheme, _, token = authorization.strip().partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None
