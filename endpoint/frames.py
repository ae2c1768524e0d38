"""What travels over a WebSocket: JSON in text frames, each a message of graphql-transport-ws.

https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)

from endpoint.body import MOST_BYTES, NotJson, parsed

LONGEST_ID = 200
LONGEST_REASON = 120
"""Bytes; the protocol of WebSockets has room for 123."""

_PAYLOADS = ("connection_init", "ping", "pong")
_MEMBERS: tuple[tuple[str, type], ...] = (
    ("query", str),
    ("documentId", str),
    ("operationName", str),
    ("variables", dict),
    ("extensions", dict),
)


class Frames(ASGIWebSocketAdapter):
    """Strawberry's adapter, which no frame can crash."""

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        """Each message, until either side has closed. Raises NonText- or NonJsonMessageReceived."""
        while self.ws.application_state is not WebSocketState.DISCONNECTED:
            frame = await self.ws.receive()
            if frame["type"] == "websocket.disconnect":
                return
            text = frame.get("text")
            if text is None:
                raise NonTextMessageReceived
            if len(text) > MOST_BYTES or len(text.encode()) > MOST_BYTES:
                await self.close(1009, f"at most {MOST_BYTES} bytes")
                return
            try:
                message = parsed(text)
            except NotJson:
                raise NonJsonMessageReceived from None
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Raises WebSocketDisconnected when nobody is there any more."""
        if self.ws.application_state is WebSocketState.DISCONNECTED:
            raise WebSocketDisconnected
        await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye, once; the reason is cut to what a close frame has room for."""
        if self.ws.application_state is WebSocketState.DISCONNECTED:
            return
        short = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        with suppress(WebSocketDisconnect, RuntimeError):
            await self.ws.close(code=code, reason=short)


def fault_in(message: object) -> str | None:
    """Why this is no message of the protocol; None when it is one, of whatever type."""
    if not isinstance(message, dict):
        return "a message is a JSON object"
    kind = message.get("type")
    if not isinstance(kind, str):
        return "a message has a type"
    if kind in _PAYLOADS:
        payload = message.get("payload")
        return None if payload is None or isinstance(payload, dict) else "payload is an object"
    if kind not in ("subscribe", "complete"):
        return "no such type of message"
    id = message.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        return f"id is a text of 1 to {LONGEST_ID} characters"
    return _fault_in_request(message.get("payload")) if kind == "subscribe" else None


def _fault_in_request(payload: Any) -> str | None:
    if not isinstance(payload, dict):
        return "payload is an object"
    for name, type_ in _MEMBERS:
        if not isinstance(payload.get(name), type_ | None):
            return f"{name} is of another type"
    return None
