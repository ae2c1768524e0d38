"""The route /graphql, over HTTP and over a WebSocket, and what stands before it."""

from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from endpoint.authentication import BearerTokens, refuse
from endpoint.deadline import Deadline
from endpoint.graphql import GraphQLEndpoint
from endpoint.preconditions import Preconditions
from endpoint.shared import Shared
from endpoint.websocket import SocketEndpoint
from schema.keeping import KeepingSchema


def graphql_routes(schema: KeepingSchema, shared: Shared) -> list[BaseRoute]:
    around = [
        Middleware(Deadline, seconds=shared.request_seconds),
        Middleware(Preconditions, allowed_origins=shared.allowed_origins),
        Middleware(AuthenticationMiddleware, backend=BearerTokens(), on_error=refuse),
    ]
    return [
        Route("/graphql", GraphQLEndpoint(schema, shared), middleware=around),
        WebSocketRoute("/graphql", SocketEndpoint(schema, shared)),
    ]
