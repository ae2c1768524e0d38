"""GraphQL over WebSocket: the protocol graphql-transport-ws, and no older one."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from endpoint.frames import Frames
from endpoint.shared import Shared
from endpoint.socket import Socket

INIT_SECONDS = 5.0


class SocketEndpoint(GraphQL[WebSocket, None]):
    """Strawberry's endpoint, for sockets alone."""

    websocket_adapter_class = Frames
    graphql_transport_ws_handler_class = Socket

    def __init__(self, schema: Schema, shared: Shared) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            allowed_origins=tuple(shared.allowed_origins),
        )
        self.shared = shared

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> WebSocket:
        """The socket: each operation on it has a context of its own."""
        assert isinstance(request, WebSocket)
        return request
