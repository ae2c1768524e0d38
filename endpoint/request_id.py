"""Every request has an id: the caller's own if it is a sane one, else a new one."""

import re
from contextvars import ContextVar
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""The id of the request that is being answered; empty outside of one."""

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


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
                message.setdefault("headers", [])
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        token = current_request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            current_request_id.reset(token)


def _id_of(scope: Scope) -> str:
    sent = Headers(scope=scope).getlist(HEADER)
    return sent[0] if len(sent) == 1 and _SANE.fullmatch(sent[0]) else uuid4().hex
