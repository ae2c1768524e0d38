"""The route /graphql: Strawberry's own view, with what it leaves open closed."""

from json import JSONDecodeError

from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from endpoint.authentication import BearerTokens, refuse
from resolvers.context import Context
from schema import schema
from schema.request import Request as SchemaRequest


class GraphQLEndpoint(GraphQL[SchemaRequest, None]):
    """Strawberry's endpoint, with our context: each request has its own."""

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> SchemaRequest:
        return SchemaRequest(Context(request.user.viewer, request.state.services))

    def decode_json(self, data: str | bytes) -> object:
        """Raises JSONDecodeError, answered with 400, for every body that holds no request."""
        try:
            decoded = super().decode_json(data)
        except (UnicodeDecodeError, RecursionError) as fault:
            raise JSONDecodeError(str(fault), "", 0) from None
        if isinstance(data, bytes) and not isinstance(decoded, dict | list):
            raise JSONDecodeError("not an object", "", 0)
        return decoded


def graphql_routes() -> list[BaseRoute]:
    authenticated = Middleware(AuthenticationMiddleware, backend=BearerTokens(), on_error=refuse)
    return [
        Route("/graphql", GraphQLEndpoint(schema, graphql_ide=None), middleware=[authenticated])
    ]
