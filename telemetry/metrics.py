"""The figures that Prometheus scrapes. Every label comes from a closed list."""

import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, QueuePool

M = TypeVar("M", Counter, Histogram)
REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ERP_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15)
"""Around the deadline, which is 8 s unless set."""
NEIGHBOURS = 64
"""How many processes of one service are expected on one machine at most."""


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._labelled: dict[Any, Any] = {}
        self.requests = Counter(
            "erp_link_requests",
            "GraphQL requests answered, by operation (of the trusted list, else other or none).",
            ["operation", "kind", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "erp_link_request_duration_seconds",
            "Time from a request's headers to the last byte of its answer.",
            ["kind"],
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self.errors = Counter(
            "erp_link_errors",
            "GraphQL operations that ended with an error of this code.",
            ["code"],
            registry=registry,
        )
        self.budget_refusals = Counter(
            "erp_link_budget_refusals",
            "Operations refused because their principal's cost budget was used up.",
            registry=registry,
        )
        self.unlinks = Counter(
            "erp_link_unlinks",
            "Attempts to unlink an invoice, by how they ended.",
            ["erp", "outcome"],
            registry=registry,
        )
        self.erp_seconds = Histogram(
            "erp_link_erp_call_duration_seconds",
            "Time that a question to an ERP took, whatever the answer.",
            ["erp"],
            buckets=ERP_SECONDS,
            registry=registry,
        )
        self.erp_troubles = Counter(
            "erp_link_erp_troubles",
            "Questions to an ERP that got no definite answer.",
            ["erp", "trouble"],
            registry=registry,
        )
        self.subscriptions = Gauge(
            "erp_link_open_subscriptions", "Subscriptions that are delivering.", registry=registry
        )
        self.sockets = Gauge("erp_link_open_sockets", "Open WebSockets.", registry=registry)
        build = Gauge(
            "erp_link_build_info",
            "Always 1; the labels say which build this is.",
            ["version", "python"],
            registry=registry,
        )
        build.labels(version("erp-link"), platform.python_version()).set(1)
        ProcessCollector(registry=registry)

    def labelled(self, metric: M, *labels: str) -> M:
        """A metric with these labels, of closed lists. Found once, and not anew each time."""
        key = (metric, labels)
        if key not in self._labelled:
            self._labelled[key] = metric.labels(*labels)
        found: M = self._labelled[key]
        return found

    def watch_pool(self, engine: Engine) -> None:
        """Tell of the connections to the database, read when Prometheus asks."""
        self.registry.register(PoolFigures(engine))

    def watch_rows(self, counted: Callable[[], Mapping[str, int]]) -> None:
        """Tell how values that came as rows were made, by way, read when Prometheus asks."""
        self.registry.register(RowFigures(counted))


class PoolFigures(Collector):
    """What a pool says of itself at this moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            return
        connections = GaugeMetricFamily(
            "erp_link_database_connections", "Connections to the database.", labels=["state"]
        )
        connections.add_metric(["in_use"], pool.checkedout())
        connections.add_metric(["idle"], pool.checkedin())
        yield connections
        yield GaugeMetricFamily(
            "erp_link_database_connections_max",
            "The most connections that the pool opens.",
            value=pool.size() + max(pool._max_overflow, 0),
        )
        yield GaugeMetricFamily(
            "erp_link_database_connections_waiting",
            "Requests that wait for a connection to the database.",
            value=getattr(pool, "waiting", 0),
        )


class RowFigures(Collector):
    """How often answers were made of rows in which way."""

    def __init__(self, counted: Callable[[], Mapping[str, int]]) -> None:
        self._counted = counted

    def collect(self) -> Iterator[CounterMetricFamily]:
        values = CounterMetricFamily(
            "erp_link_row_values",
            "Lists and objects made of rows: rendered, or executed where that failed.",
            labels=["way"],
        )
        for way, count in self._counted().items():
            values.add_metric([way], count)
        yield values


@contextmanager
def listening(metrics: Metrics, host: str, port: int) -> Iterator[int]:
    """Serve `/metrics` in a thread, beside the event loop; answers on which port.

    It is the first free port from `port` on: several processes of one service each have their
    own, and one that is started anew takes the place of the one that ended. Raises OSError.
    """
    server = _first_free(metrics, host, port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _first_free(metrics: Metrics, host: str, port: int) -> WSGIServer:
    last = min(port + NEIGHBOURS, 65_536) - 1 if port else 0
    for each in range(port, last):
        try:
            return start_http_server(each, host, metrics.registry)[0]
        except OSError:
            continue
    return start_http_server(last, host, metrics.registry)[0]
