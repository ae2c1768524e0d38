"""All of it together, as the composition uses it."""

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.middleware import Middleware
from strawberry import Schema

from resolvers.context import Services
from telemetry.asking import ObservedErps, ObservedLedger
from telemetry.logs import UNEXPECTED
from telemetry.metrics import Metrics, listening
from telemetry.operations import observed
from telemetry.requests import Requests
from telemetry.statements import statements_traced
from telemetry.traces import Traces, endpoint_is_set
from telemetry.waiting import ObservedRequests

S = TypeVar("S", bound=Schema)
LOG = logging.getLogger("erp_link")


@dataclass(frozen=True, slots=True)
class Scrape:
    """Where Prometheus finds the metrics; no port: nowhere."""

    host: str = "127.0.0.1"
    port: int | None = None


class Observer:
    """Watches one application. Without an OTLP endpoint there is nothing in it of traces."""

    def __init__(
        self, otlp_endpoint: str | None, scrape: Scrape, trusted: Collection[str] = ()
    ) -> None:
        """`trusted`: the operation names that may be told, those of the trusted documents."""
        self._scrape = scrape
        self._trusted = frozenset(trusted)
        self.metrics = Metrics()
        self.traces = (
            Traces(otlp_endpoint, version("erp-link")) if endpoint_is_set(otlp_endpoint) else None
        )

    def schema(self, schema: S) -> S:
        """The schema, each of whose operations is observed."""
        return observed(schema, self.metrics, self.traces, self._trusted)

    @property
    def middleware(self) -> Middleware:
        """For all routes; next inside of what gives a request its id."""
        return Middleware(Requests, metrics=self.metrics, traces=self.traces)

    def around(self, services: Services, known_erps: Collection[str]) -> Services:
        """The services, whose questions to ERPs and whose unlinks are observed."""
        known, deadline = frozenset(known_erps), services.erp_deadline_seconds
        return replace(
            services,
            erps=ObservedErps(services.erps, known, self.metrics, self.traces, deadline),
            ledger=ObservedLedger(services.ledger, known, self.metrics),
            requests=ObservedRequests(services.requests, known, self.metrics),
        )

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Around the application's whole life: tell of its end, and of why it could not begin."""
        try:
            yield
        except Exception:
            LOG.critical(UNEXPECTED, exc_info=True)
            raise
        finally:
            LOG.info("stopped")

    @asynccontextmanager
    async def watching(self, engine: AsyncEngine) -> AsyncIterator[None]:
        """While the application runs: tell of its start, export, be scraped."""
        async with AsyncExitStack() as stack:
            if self.traces is not None:
                stack.enter_context(self.traces.exporting())
                stack.enter_context(statements_traced(engine.sync_engine, self.traces))
            self.metrics.watch_pool(engine.sync_engine)
            port = None
            if self._scrape.port is not None:
                at = (self._scrape.host, self._scrape.port)
                port = stack.enter_context(listening(self.metrics, *at))
            told = {"version": version("erp-link"), "metrics_port": port}
            LOG.info("started", extra={**told, "traces": self.traces is not None})
            yield
