"""Around each GraphQL operation: which one it is, how it ends, and a span for each resolver.

By Strawberry's own hooks. `observed` gives a schema these hooks and leaves the original as it is.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from copy import copy
from inspect import isawaitable
from typing import Any, TypeVar

from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
)
from opentelemetry.trace import Span, SpanKind, set_span_in_context
from strawberry import Schema
from strawberry.extensions import SchemaExtension

from telemetry.exchange import Operation, current_exchange, milliseconds_since
from telemetry.metrics import Metrics
from telemetry.names import KINDS, NONE, codes_of, known
from telemetry.traces import Traces, failed

S = TypeVar("S", bound=Schema)
LOG = logging.getLogger("erp_link.requests")


def observed(schema: S, metrics: Metrics, traces: Traces | None, trusted: Collection[str]) -> S:
    """A schema that is observed; `trusted`: the operation names that may be told."""
    hooks = (
        (lambda: Observed(metrics, trusted))
        if traces is None
        else (lambda: Traced(metrics, trusted, traces))
    )
    watched = copy(schema)
    watched.extensions = (hooks, *schema.extensions)
    return watched


class Observed(SchemaExtension):
    """Notes the operation for the log and the metrics."""

    def __init__(self, metrics: Metrics, trusted: Collection[str]) -> None:
        self._metrics = metrics
        self._trusted = trusted
        self._operation = Operation()
        self._delivering = False
        self._raised: GraphQLError | None = None

    def on_operation(self) -> Iterator[None]:
        try:
            yield
        except GraphQLError as error:
            self._raised = error
            raise
        finally:
            if self._delivering:
                self._metrics.subscriptions.dec()
            self._end()

    def on_execute(self) -> Iterator[None]:
        self._identify()
        if self._operation.kind == "subscription":
            self._delivering = True
            self._metrics.subscriptions.inc()
        yield

    def _identify(self) -> None:
        """Say which operation it is. A document that was refused may ask for anything."""
        context, operation = self.execution_context, self._operation
        kept = getattr(context.context, "operation", None)
        if kept is None:
            return
        node, operation.fields = kept.node, kept.root_fields
        operation.kind = known(node.operation.value, KINDS)
        operation.name = known(node.name.value, self._trusted) if node.name else NONE

    def _end(self) -> None:
        context, operation = self.execution_context, self._operation
        if operation.kind == NONE:
            self._identify()
        person = getattr(getattr(context.context, "context", None), "viewer", None)
        operation.viewer = getattr(person, "id", None)
        operation.cost = context.extensions_results.get("cost", {}).get("requested")
        ended = [self._raised] if self._raised else getattr(context.result, "errors", None)
        errors = ended or context.pre_execution_errors or ()
        operation.codes = codes_of(each.extensions for each in errors)
        for code in operation.codes:
            self._metrics.errors.labels(code).inc()
        if "RATE_LIMITED" in operation.codes:
            self._metrics.budget_refusals.inc()
        self._tell()

    def _tell(self) -> None:
        exchange, operation = current_exchange.get(), self._operation
        if exchange is None:
            return
        exchange.operations += 1
        if not exchange.over_socket:
            exchange.operation = operation
            return
        status = "error" if operation.codes else "ok"
        self._metrics.requests.labels(operation.name, operation.kind, status).inc()
        told = {**operation.told(), "ms": milliseconds_since(operation.began)}
        LOG.info("operation over a socket", extra=told)


class Traced(Observed):
    """Also records spans: the operation, and each resolver that waits for something."""

    def __init__(self, metrics: Metrics, trusted: Collection[str], traces: Traces) -> None:
        super().__init__(metrics, trusted)
        self._traces = traces
        self._span: Span | None = None

    def on_operation(self) -> Iterator[None]:
        # Not made the current span: a subscription goes on in other tasks than it began in.
        self._span = self._traces.begin("GraphQL", {}, SpanKind.INTERNAL)
        try:
            yield from super().on_operation()
        finally:
            self._finish(self._span)

    def resolve(
        self,
        _next: Callable[..., Any],
        root: Any,
        info: GraphQLResolveInfo[Any],
        *args: str,
        **kwargs: Any,
    ) -> Any:
        found = _next(root, info, *args, **kwargs)
        return self._waited_for(found, info) if isawaitable(found) else found

    async def _waited_for(self, found: Any, info: GraphQLResolveInfo[Any]) -> object:
        name = f"{info.parent_type.name}.{info.field_name}"
        parent = set_span_in_context(self._span) if self._span else None
        with self._traces.span(name, {"graphql.field": name}, parent=parent):
            return await found

    def _finish(self, span: Span) -> None:
        operation = self._operation
        told = operation.name not in (NONE, "other")
        span.update_name(f"{operation.kind} {operation.name}" if told else operation.kind)
        span.set_attribute("graphql.operation.type", operation.kind)
        span.set_attribute("graphql.operation.name", operation.name)
        span.set_attribute("erp_link.root_fields", operation.fields)
        if operation.cost is not None:
            span.set_attribute("erp_link.cost", operation.cost)
        if operation.codes:
            failed(span, operation.codes[0])
        span.end()
