"""Every request has an id: the caller's own if it is a sane one, else a new one."""

import re
from contextvars import ContextVar
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""The id of the request that is being answered; empty outside of one."""

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """Gives each request and each WebSocket its id, and tells it in the answer's headers.

    It stands in `scope["state"]["request_id"]` (`request.state.request_id`) and in
    `current_request_id`. An id with any other sign than letters, digits, `.`, `_` and `-`, longer
    than 64, or sent twice is replaced: it will stand in logs.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        token = current_request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            current_request_id.reset(token)


def _id_of(scope: Scope) -> str:
    sent = [value for name, value in scope["headers"] if name == HEADER]
    return sent[0].decode() if len(sent) == 1 and _SANE.fullmatch(sent[0]) else token_hex(16)
