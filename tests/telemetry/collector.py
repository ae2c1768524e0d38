"""A collector of the tests' own: takes OTLP over HTTP, and keeps the spans."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Seen:
    """One span, as the collector got it."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    failed: bool
    events: int


@dataclass
class Collector:
    """What was sent so far. `everything` is all of it, as text, whatever the field."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)
    everything: list[str] = field(default_factory=list)
    _news: Condition = field(default_factory=Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._news:
            self.everything.append(str(request))
            for batch in request.resource_spans:
                self.resource = _attributes(batch.resource.attributes)
                for scope in batch.scope_spans:
                    self.spans += map(_seen, scope.spans)
            self._news.notify_all()

    def wait_until(self, enough: Callable[[list[Seen]], bool], seconds: float = 20) -> list[Seen]:
        """The spans, once there are enough of them."""
        with self._news:
            assert self._news.wait_for(lambda: enough(self.spans), seconds), self.names()
            return list(self.spans)

    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def named(self, name: str) -> Seen:
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def children(self, of: Seen) -> list[Seen]:
        return [span for span in self.spans if span.parent == of.id]


def _seen(span: Any) -> Seen:
    return Seen(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _attributes(span.attributes),
        span.status.code == 2,
        len(span.events),
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind)


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            """The tests read the service's log, not this one's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        collector.url = f"http://127.0.0.1:{server.server_port}"
        yield collector
        server.shutdown()
        thread.join()
