"""The composition: settings, what lives as long as the process, and the routes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import TypedDict

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from adapters.erps import Around, ConfiguredErps
from adapters.oidc import open_issuers
from adapters.settings import Settings
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.migrate import is_current
from adapters.tokens import DemoIssuer, TokenVerifier
from resolvers.context import Context, Services
from schema import schema
from schema.request import Request as SchemaRequest
from web.authentication import BearerTokens, refuse
from web.pages import graphiql_routes

WEB_DIST = Path(__file__).parent / "web" / "dist"


class State(TypedDict):
    """What a request finds in `request.state`."""

    database: Database
    services: Services
    issuer: TokenVerifier


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[tuple[Database, Services]]:
    """Open the database and the HTTP client, and close them at the end. Nothing connects yet."""
    async with AsyncExitStack() as stack:
        database = open_database(settings.url_of_database)
        stack.push_async_callback(database.engine.dispose)
        timeout = httpx2.Timeout(settings.erp_deadline_seconds)
        # No limit over all ERPs: those of one company that hang must not hold up another's.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=50)
        client = httpx2.AsyncClient(timeout=timeout, limits=limits)
        http = await stack.enter_async_context(client)
        services = Services(
            invoices=SqlInvoiceStore(database),
            ledger=SqlUnlinkLedger(database),
            directory=SqlCompanyDirectory(database),
            erps=ConfiguredErps(Around(http, settings.data_dir), settings.erp_settings),
            erp_deadline_seconds=settings.erp_deadline_seconds,
        )
        yield database, services


@asynccontextmanager
async def open_issuer(settings: Settings) -> AsyncIterator[TokenVerifier]:
    """Who says whom a token speaks of: the configured issuers alone, or the demo's own key."""
    if not settings.oidc_issuers:
        yield DemoIssuer.open(settings.data_dir)
        return
    # A client of its own: when slow ERPs hold every connection, people still get in.
    async with (
        httpx2.AsyncClient() as http,
        open_issuers(settings.oidc_issuers, http) as issuers,
    ):
        yield issuers


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


async def livez(request: Request) -> Response:
    """The process answers. Touches nothing else."""
    return PlainTextResponse("live\n")


async def readyz(request: Request) -> Response:
    """The database answers, and its schema is the one that this code was written for."""
    try:
        ready = await is_current(request.state.database)
    except Exception:  # whatever ails the database, the answer is the same: not ready
        ready = False
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)


def create_app(settings: Settings | None = None) -> Starlette:
    """The ASGI application. Reads settings; opens nothing before its lifespan begins."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with (
            open_services(chosen) as (database, services),
            open_issuer(chosen) as issuer,
        ):
            yield State(database=database, services=services, issuer=issuer)

    authenticated = Middleware(AuthenticationMiddleware, backend=BearerTokens(), on_error=refuse)
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route(
                "/graphql", GraphQLEndpoint(schema, graphql_ide=None), middleware=[authenticated]
            ),
            Route("/livez", livez),
            Route("/readyz", readyz),
            *graphiql_routes(WEB_DIST),
        ],
    )
