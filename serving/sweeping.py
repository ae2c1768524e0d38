"""One look at all connections, once in a while: cheaper than a timer for each of them."""

import asyncio
import logging
import socket
import struct
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

from uvicorn.server import ServerState

from serving.draining import Draining
from serving.limits import Limits

AT_ONCE = 20
"""Connections that are looked at before others have their turn on the loop."""

log = logging.getLogger("erp_link.serving")


class Swept(Protocol):
    """A connection that is looked at."""

    def sweep(self, now: float) -> str | None:
        """End what took too long by now (the loop's time); answer what it was, or None."""


class GuardedState(ServerState):
    """What uvicorn hands to each connection, with what ours are bounded by."""

    def __init__(self, limits: Limits, draining: Draining) -> None:
        super().__init__()
        self.limits = limits
        self.draining = draining


class Backlog:
    """How much of what was written to a transport its client left unread, and since when."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._since: float | None = None

    def stalled(self, now: float, seconds: float) -> bool:
        """Whether some was left at every look for so long. A client that reads a byte now and
        then is no better than one that reads nothing: both hold what they do not take."""
        if not self._transport.get_write_buffer_size():
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since > seconds


def cut(transport: asyncio.Transport) -> None:
    """End a connection, with all that was written to it and not taken: the kernel too lets go."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def sweep_for_ever(state: GuardedState) -> None:
    """Look at every connection, again and again, and tell in one line how many were cut off."""
    while True:
        await asyncio.sleep(state.limits.sweep_seconds)
        ended: Counter[str] = Counter()
        connections = tuple(state.connections)
        for start in range(0, len(connections), AT_ONCE):
            ended += _sweep(connections[start : start + AT_ONCE])
            await asyncio.sleep(0)
        if ended:
            told = ", ".join(f"{number} {reason}" for reason, number in ended.items())
            log.info("Cut off: %s", told)


def _sweep(connections: Iterable[Any]) -> Counter[str]:
    ended: Counter[str] = Counter()
    now = asyncio.get_running_loop().time()
    for connection in connections:
        swept: Swept = connection
        try:
            reason = swept.sweep(now)
        except Exception:  # a fault with one connection must not leave all others unbounded
            log.exception("A connection could not be looked at")
            connection.transport.abort()
            continue
        if reason:
            ended[reason] += 1
    return ended
