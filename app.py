"""The composition: settings, what lives as long as the process, and the routes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from adapters.budget import InMemoryCostBudget
from adapters.erps import Around, ConfiguredErps, available
from adapters.oidc import open_issuers
from adapters.settings import Settings
from adapters.store.agents import SqlAgentSessions
from adapters.store.budget import SqlCostBudget
from adapters.store.changes import SqlInvoiceChanges
from adapters.store.connection_secrets import SqlConnectionSecrets
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.machines import SqlMachines, open_machines
from adapters.store.patience import SERVING, WORKING, Patience
from adapters.store.requests import SqlUnlinkRequests
from adapters.stored_erps import StoredErps
from adapters.tokens import DemoIssuer, TokenVerifier
from adapters.vault import Vault
from domain.budget import Allowance
from domain.ports import CostBudget
from endpoint.cross_origin import cross_origin
from endpoint.every_answer import EveryAnswer
from endpoint.faults import Faults, refuse_path
from endpoint.health import health_routes
from endpoint.routes import graphql_routes
from endpoint.shared import Shared
from endpoint.trusted_documents import open_documents
from endpoint.web_connector import web_connector_routes
from endpoint.web_connector_calls import WebConnector
from resolvers.context import Services
from schema import schema
from schema.rendering import RENDERINGS
from serving.draining import Draining
from telemetry.observer import Observer, Scrape
from web.pages import graphiql_routes, page_routes
from web.sign_in import sign_in_routes

WEB_DIST = Path(__file__).parent / "web" / "dist"
PAGE_DOCUMENTS = WEB_DIST / "page" / "documents.json"


class State(TypedDict):
    """What a request finds in `request.state`."""

    database: Database
    services: Services
    issuer: TokenVerifier
    machines: SqlMachines
    web_connector: WebConnector
    draining: Draining


@asynccontextmanager
async def open_services(
    settings: Settings, patience: Patience = WORKING
) -> AsyncIterator[tuple[Database, Services]]:
    """Open the database and the HTTP client, and close them at the end. Nothing connects yet."""
    async with AsyncExitStack() as stack:
        database = open_database(settings.url_of_database, patience)
        stack.push_async_callback(database.engine.dispose)
        erps = await stack.enter_async_context(open_erps(settings, database))
        changes = SqlInvoiceChanges(database)
        stack.push_async_callback(changes.aclose)
        ledger = SqlUnlinkLedger(database)
        stack.push_async_callback(ledger.aclose)
        services = Services(
            invoices=SqlInvoiceStore(database),
            ledger=ledger,
            requests=SqlUnlinkRequests(database),
            directory=SqlCompanyDirectory(database),
            erps=erps,
            changes=changes,
            erp_deadline_seconds=settings.erp_deadline_seconds,
            budget=budget_of(settings, database),
            agent_deadline_seconds=settings.agent_deadline_seconds,
        )
        yield database, services


@asynccontextmanager
async def open_erps(settings: Settings, database: Database) -> AsyncIterator[StoredErps]:
    """The connections to ERPs, as they are stored and as the environment tells them."""
    timeout = httpx2.Timeout(settings.erp_deadline_seconds)
    # No limit over all ERPs: those of one company that hang must not hold up another's.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx2.AsyncClient(timeout=timeout, limits=limits) as http:
        vault = Vault(SqlConnectionSecrets(database), settings.keyring)
        around = Around(http, settings.data_dir)
        try:
            yield StoredErps(ConfiguredErps(around, settings.erp_settings), vault)
        finally:
            await vault.aclose()


def budget_of(settings: Settings, database: Database) -> CostBudget:
    """What each caller may ask for: of this process, or of all that share the database."""
    allowance = Allowance(settings.budget_size, settings.budget_refill_per_second)
    if settings.budget_store == "database":
        return SqlCostBudget(database, allowance)
    return InMemoryCostBudget(allowance)


@asynccontextmanager
async def open_issuer(settings: Settings) -> AsyncIterator[TokenVerifier]:
    """Who says whom a token speaks of: the demo's own key, or the configured issuers, if any."""
    if settings.takes_demo_tokens:
        yield DemoIssuer.open(settings.data_dir)
        return
    # A client of its own: when slow ERPs hold every connection, people still get in.
    async with (
        httpx2.AsyncClient() as http,
        open_issuers(settings.oidc_issuers, http) as issuers,
    ):
        yield issuers


def create_app(settings: Settings | None = None, draining: Draining | None = None) -> Starlette:
    """The ASGI application. Reads settings, and the trusted documents where only they are run;
    opens nothing before its lifespan begins. Raises TrustedDocumentsUnusable."""
    chosen = settings or Settings()
    shared = shared_by_all_routes(chosen)
    ending = draining or Draining()
    ending.waits_for(shared.operations.running)
    ending.when_begun(shared.open_ones.close_all)
    observer = Observer(
        chosen.otlp_endpoint,
        Scrape(chosen.metrics_host, chosen.metrics_port),
        trusted=shared.documents.operation_names(),
    )
    observer.metrics.watch_rows(lambda: asdict(RENDERINGS))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with (
            observer.telling(),
            open_services(chosen, SERVING) as (database, services),
            observer.watching(database.engine),
            open_issuer(chosen) as issuer,
            open_machines(database) as machines,
            shared.operations.until_ended(),
        ):
            watched, stored = observer.around(services, available()), services.erps
            assert isinstance(stored, StoredErps)
            yield State(
                database=database,
                services=watched,
                issuer=issuer,
                machines=machines,
                web_connector=WebConnector(watched, stored, SqlAgentSessions(database)),
                draining=ending,
            )

    return Starlette(
        lifespan=lifespan,
        middleware=around_every_request(chosen, observer),
        exception_handlers={HTTPException: refuse_path},
        routes=[
            *graphql_routes(observer.schema(schema), shared),
            *web_connector_routes(shared),
            *health_routes(),
            *page_routes(WEB_DIST, (each.origin for each in chosen.oidc_issuers if each.client_id)),
            *sign_in_routes(chosen.oidc_issuers, chosen.host),
            *graphiql_routes(WEB_DIST),
        ],
    )


def shared_by_all_routes(settings: Settings) -> Shared:
    return Shared(
        documents=open_documents(settings.trusted_documents, schema, PAGE_DOCUMENTS),
        allowed_origins=settings.allowed_origins,
        request_seconds=settings.request_deadline_seconds,
        body_seconds=settings.body_deadline_seconds,
    )


def around_every_request(settings: Settings, observer: Observer) -> list[Middleware]:
    """Outermost first: everything further in is told, and guarded, by what is before it."""
    return [
        Middleware(EveryAnswer),
        observer.middleware,
        cross_origin(settings.allowed_origins),
        Middleware(Faults),
    ]
