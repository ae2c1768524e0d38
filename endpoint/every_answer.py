"""What every answer has: the id of its request, and the two headers that make it safe to keep.

One step for all of them: each step around a request costs as much as one of these headers does.
"""

import re
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endpoint.request_id import current_request_id

HEADER = b"x-request-id"
NO_SNIFFING = (b"x-content-type-options", b"nosniff")
VARYING = (b"vary", b"Origin")

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class EveryAnswer:
    """Gives each request and each WebSocket its id, and tells it in the answer's headers.

    It stands in `scope["state"]["request_id"]` (`request.state.request_id`) and in
    `current_request_id`. An id with any other sign than letters, digits, `.`, `_` and `-`, longer
    than 64, or sent twice is replaced: it will stand in logs.

    Browsers are told to take each answer for what it says it is, and caches that it may be another
    one for a page of another host; what such a page asks, `endpoint.cross_origin` answers for.
    No `Strict-Transport-Security`: that is said by whoever holds the host's certificate.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id, of_a_page = _looked_at(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = list(message.get("headers", ()))
                if not any(name.lower() == NO_SNIFFING[0] for name, _ in headers):
                    headers.append(NO_SNIFFING)
                if not of_a_page:
                    headers.append(VARYING)
                headers.append((HEADER, request_id.encode()))
            elif message["type"] == "websocket.accept":
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        token = current_request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            current_request_id.reset(token)


def _looked_at(scope: Scope) -> tuple[str, bool]:
    """The id of a request, and whether a browser says that a page asks."""
    sent, of_a_page = [], False
    for name, value in scope["headers"]:
        if name == HEADER:
            sent.append(value)
        elif name == b"origin":
            of_a_page = True
    sane = len(sent) == 1 and _SANE.fullmatch(sent[0])
    return sent[0].decode() if sane else token_hex(16), of_a_page
