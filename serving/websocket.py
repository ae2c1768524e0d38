"""A WebSocket on one connection: uvicorn's protocol, with a reader that stalls cut off."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from serving.sweeping import Backlog, GuardedState, cut


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """Pings find a client that is gone; this finds one that lives, and does not read."""

    def __init__(
        self,
        config: Config,
        server_state: GuardedState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = server_state.limits
        self._goodbye: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._backlog = Backlog(self.transport)

    def sweep(self, now: float) -> str | None:
        """See `serving.sweeping.Swept`."""
        if self._backlog.stalled(now, self._limits.stalled_seconds):
            cut(self.transport)
            return "stalled socket"
        if self._goodbye is not None and now > self._goodbye:
            self._goodbye = None
            super().shutdown()
        return None

    def shutdown(self) -> None:
        """The process ends. What the application still says, it may say: it knows of the end."""
        if self.handshake_complete and not self.close_sent:
            self._goodbye = self.loop.time() + self._limits.goodbye_seconds
        else:
            super().shutdown()
