"""Spans for OpenTelemetry, sent by OTLP over HTTP from a thread of the exporter's own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry.faults import type_of

STANDARD = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
EXPORT_SECONDS = 5.0
"""How long one export may take, and how long the last one may hold up the process's end."""
Attributes = Mapping[str, str | int | bool | float]


class Traces:
    """Makes spans. None of them records an exception's words: see `telemetry.faults`."""

    def __init__(self, endpoint: str | None, version: str) -> None:
        """`endpoint`: as OTEL_EXPORTER_OTLP_ENDPOINT; None: what the standard's variables say."""
        self._endpoint = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
        # What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say comes first.
        named = {SERVICE_VERSION: version}
        if not os.environ.get("OTEL_SERVICE_NAME"):
            named[SERVICE_NAME] = "erp-link"
        self._provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
        self._tracer: Tracer = self._provider.get_tracer("erp_link", version)

    @contextmanager
    def exporting(self) -> Iterator[None]:
        """Send what is recorded. At the end, the last spans get `EXPORT_SECONDS` to be sent."""
        # Here, since it and what it brings are for those alone who export.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(self._endpoint, timeout=EXPORT_SECONDS)
        processor = BatchSpanProcessor(exporter)
        self._provider.add_span_processor(processor)
        try:
            yield
        finally:
            ending = Thread(target=processor.shutdown, name="last spans", daemon=True)
            ending.start()
            ending.join(EXPORT_SECONDS)

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Attributes | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Context | None = None,
    ) -> Iterator[Span]:
        """A span around what is done inside; an exception marks it as failed by its type."""
        with self._tracer.start_as_current_span(
            name,
            parent,
            kind,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                failed(span, type_of(error))
                raise

    def begin(self, name: str, attributes: Attributes, kind: SpanKind = SpanKind.INTERNAL) -> Span:
        """A span that is ended by hand, and is nobody's parent by itself."""
        return self._tracer.start_span(name, attributes=attributes, kind=kind)


def failed(span: Span, why: str) -> None:
    span.set_attribute("error.type", why)
    span.set_status(StatusCode.ERROR)


def parent_of(headers: list[tuple[bytes, bytes]]) -> Context | None:
    """The caller's span, by W3C `traceparent`. `tracestate` and baggage are left behind:
    anybody may write anything there."""
    sent = [value for name, value in headers if name == b"traceparent"]
    if len(sent) != 1:
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": sent[0].decode("latin-1")})


def endpoint_is_set(endpoint: str | None) -> bool:
    return bool(endpoint) or any(os.environ.get(name) for name in STANDARD)
