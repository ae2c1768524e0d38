"""The composition: settings, what lives as long as the process, and the routes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypedDict

import httpx2
from starlette.applications import Starlette

from adapters.erps import Around, ConfiguredErps
from adapters.oidc import open_issuers
from adapters.settings import Settings
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.tokens import DemoIssuer, TokenVerifier
from endpoint.graphql import graphql_routes
from endpoint.health import health_routes
from resolvers.context import Services
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

    return Starlette(
        lifespan=lifespan,
        routes=[*graphql_routes(), *health_routes(), *graphiql_routes(WEB_DIST)],
    )
