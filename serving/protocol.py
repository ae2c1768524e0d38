"""HTTP on one connection: uvicorn's protocol over httptools, with all that it waits for bounded."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from serving import refusals
from serving.heads import fault_of, without_upgrade
from serving.refusals import Refusal
from serving.sweeping import Backlog, GuardedState, cut


class GuardedHttp(HttpToolsProtocol):
    """Answers what is no request with a GraphQL error, and ends what takes too long.

    `_deadline` is the loop's time by which the client must have done what is its turn; None while
    it is the application's. A connection that is `_deaf` throws away what else it is sent; one
    that is `_leaving` has sent its last byte too.
    """

    def __init__(
        self,
        config: Config,
        server_state: GuardedState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits, self.draining = server_state.limits, server_state.draining
        self._running: RequestResponseCycle | None = None
        self._deadline: float | None = None
        self._deaf = self._leaving = False
        # Of the message that is arriving.
        self._refusal: Refusal | None = None
        self._begun = self._in_body = False
        self._in_head = True
        self._head_bytes = self._framing_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._backlog = Backlog(transport)
        self._wait(self.limits.head_seconds)
        beyond = len(self.connections) - self.limits.connections
        if beyond > self.limits.refused:
            self.transport.abort()
        elif beyond > 0:
            self._say(refusals.TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Else it would wait, with all of its last request, for the garbage collector.
        if self._running is not None:
            self._running.transport = self.transport
        self.pipeline.clear()
        self.cycle = None  # type: ignore[assignment] # as uvicorn begins, which declares it so

    def sweep(self, now: float) -> str | None:
        """See `serving.sweeping.Swept`."""
        if self._backlog.stalled(now, self.limits.stalled_seconds):
            cut(self.transport)
            return "stalled reader"
        if self._deadline is None or now <= self._deadline:
            return None
        self._deadline = None
        if self._leaving:
            self.transport.close()
            return None
        if self._begun or self._busy():
            self._refuse(refusals.ENDING if self._in_body else refusals.SLOW_HEAD)
            return "half a request"
        self.bow_out()
        return "silent"

    # What the transport calls.

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        if self._deadline is None and not self._busy():
            self._wait(self.limits.head_seconds)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse(self._refusal or refusals.NOT_HTTP)

    def _feed(self, data: bytes) -> None:
        """Raises HttpParserError, with `_refusal` set when the fault is of our own finding."""
        room = self.limits.head_bytes - self._head_bytes
        if self._in_head and len(data) > room:
            self._parse(data[:room])
            if self._in_head:
                long_url = len(self.url) > self.limits.url_bytes
                self._fail(refusals.LONG_URL if long_url else refusals.LONG_HEAD)
            data = data[room:]
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        else:
            self._framing_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        if self._framing_bytes > self.limits.framing_bytes:
            self._fail(refusals.BAD_FRAMING)

    def _fail(self, refusal: Refusal) -> None:
        self._refusal = refusal
        raise httptools.HttpParserError(refusal.message)

    def _upgrade(self, rest: bytes) -> None:
        """Go on as a WebSocket; or as if nothing had been said of any other protocol."""
        if not self._should_upgrade():
            again = without_upgrade(self.parser, self.url, self.headers)
            self.parser = httptools.HttpRequestParser(self)
            self._feed(again + rest)
        elif self._busy():
            self._fail(refusals.NOT_HTTP)
        else:
            self.handle_websocket_upgrade()

    def _should_upgrade(self) -> bool:
        return self.parser.get_method() == b"GET" and super()._should_upgrade()

    # What the parser calls; it turns whatever is raised here into an HttpParserError.

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = self._in_head = True
        self._wait(self.limits.head_seconds)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # trailers come here too, and would be headers after the fact
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._begun = self._in_head = False
        self._head_bytes = self._framing_bytes = 0
        if refusal := fault_of(self.parser, self.url, self.headers, self.limits):
            self._fail(refusal)
        if len(self.pipeline) >= self.limits.pipelined:
            self._fail(refusals.TOO_MANY)
        self._deadline = None
        if self.parser.should_upgrade():
            self.scope["method"] = "GET"
            return
        self._in_body = True
        super().on_headers_complete()
        self.cycle.transport = Answering(self)
        if self.draining.begun:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._framing_bytes -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head = True
        if not self._in_body:
            return
        self._in_body, self._deadline = False, None
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait(self.limits.head_seconds)

    # What an answer calls.

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if self._deaf and cycle.more_body:
            self.bow_out()
            return
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        if self._leaving:
            self.server_state.total_requests += 1
            return
        super().on_response_complete()
        if self._in_body and not self._busy():
            self._wait(self.limits.head_seconds)  # for the rest of a body that nobody wants

    def end(self) -> None:
        """Close after an answer that was the last."""
        if self._in_body or self._deaf:
            self.bow_out()
        else:
            self.transport.close()

    # How a connection ends.

    def shutdown(self) -> None:
        """The process ends: answer what was asked, wait a moment for what is half asked."""
        if self._busy():
            self.cycle.keep_alive = False
        if self._begun or self._in_body:
            self._wait(self.limits.half_sent_seconds)
        elif not self._busy():
            self._wait(self.limits.last_word_seconds)

    def bow_out(self) -> None:
        """Close, but let the client first read what was written: a socket that is closed with
        unread bytes takes back what the other side has not read."""
        if self._leaving or self.transport.is_closing():
            return
        self._deaf = self._leaving = True
        self._begun = False
        self._unset_keepalive_if_required()
        self._wait(self.limits.farewell_seconds)
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer it; or, while earlier requests are being answered, end after those."""
        running = self._running
        if running is None or running.response_complete:
            self._say(refusal)
        elif running.more_body and not running.response_started:
            running.disconnected = True
            running.message_event.set()
            self._say(refusal)
        else:
            self._deaf = True
            self.cycle.keep_alive = False
            self.flow.pause_reading()

    def _say(self, refusal: Refusal) -> None:
        self.transport.write(refusal.answer(self.server_state.default_headers))
        self.bow_out()

    def _busy(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _wait(self, seconds: float) -> None:
        self._deadline = self.loop.time() + seconds


class Answering(asyncio.Transport):
    """What an answer is written to: the connection's transport, save that its close is gentle."""

    def __init__(self, connection: GuardedHttp) -> None:
        self._connection = connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._connection.transport.write(data)

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self._connection.transport.writelines(list_of_data)

    def close(self) -> None:
        self._connection.end()
