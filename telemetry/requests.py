"""Around each HTTP request and each WebSocket: one line, one span, and its figures."""

import logging
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter

from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.exchange import Exchange, Operation, current_exchange, milliseconds_since
from telemetry.lines import say
from telemetry.metrics import Metrics
from telemetry.names import METHODS, PROBES, ROUTES, known
from telemetry.traces import Traces, failed, parent_of

LOG = logging.getLogger("erp_link.requests")
GONE = 499
"""The status told of a request whose client went away before it was answered; nginx's number."""


class Requests:
    """Stands inside of whatever gives a request its id, and outside of all that may refuse it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, traces: Traces | None) -> None:
        self._app = app
        self._metrics = metrics
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = scope.get("state", {}).get("request_id")
        exchange = Exchange(request_id, over_socket=scope["type"] == "websocket")
        watch = _Watch(receive, send)
        began = perf_counter()
        token = current_exchange.set(exchange)
        try:
            with self._span(scope, exchange) as span, self._socket(exchange):
                try:
                    listen = watch.receive if exchange.over_socket else receive
                    await self._app(scope, listen, watch.send)
                except Exception:
                    watch.failed()
                    raise
                finally:
                    self._end(scope, exchange, watch.status, began, span)
        finally:
            current_exchange.reset(token)

    def _span(self, scope: Scope, exchange: Exchange) -> AbstractContextManager[Span | None]:
        if self._traces is None or scope["path"] in PROBES:
            return nullcontext()
        route = known(scope["path"], ROUTES)
        method = "WEBSOCKET" if exchange.over_socket else known(scope["method"], METHODS)
        return self._traces.span(
            f"{method} {route}",
            {"http.request.method": method, "http.route": route},
            SpanKind.SERVER,
            parent_of(scope["headers"]),
        )

    def _socket(self, exchange: Exchange) -> AbstractContextManager[object]:
        return self._metrics.sockets.track_inprogress() if exchange.over_socket else nullcontext()

    def _end(
        self, scope: Scope, exchange: Exchange, status: int, began: float, span: Span | None
    ) -> None:
        route = known(scope["path"], ROUTES)
        told = {"route": route, "status": status, "ms": milliseconds_since(began)}
        if span is not None:
            span.set_attribute("http.response.status_code", status)
            if status >= 500 and not exchange.over_socket:
                failed(span, str(status))
        if exchange.over_socket:
            LOG.info("socket closed", extra={**told, "operations": exchange.operations})
            return
        told["method"] = known(scope["method"], METHODS)
        operation = exchange.operation or Operation()
        if exchange.operation is not None:
            told |= operation.told()
        say(LOG, logging.DEBUG if route in PROBES else logging.INFO, "request", told)
        if route == "/graphql":
            self._count(operation, status, perf_counter() - began)

    def _count(self, operation: Operation, status: int, seconds: float) -> None:
        self._metrics.labelled(
            self._metrics.requests, operation.name, operation.kind, str(status)
        ).inc()
        if operation.kind != "subscription":  # these last as long as somebody listens
            self._metrics.labelled(self._metrics.request_seconds, operation.kind).observe(seconds)


class _Watch:
    """Reads the status of what is sent: of the answer, or the code a socket is closed with."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.status = GONE

    def failed(self) -> None:
        """Nobody caught it: what has not been answered yet is answered with 500."""
        self.status = 500 if self.status == GONE else self.status

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.disconnect" and self.status == GONE:
            self.status = message.get("code", 1005)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "websocket.close":
            self.status = message.get("code", 1000)
        await self._send(message)
