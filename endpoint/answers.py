"""How a request is refused: a GraphQL error as JSON, in the media type that the client reads."""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from endpoint.media_types import JSON, accepted


class Answer(Response):
    """A GraphQL answer as JSON. Its media type is chosen when it is sent, by the request's own
    `Accept`; where that accepts no JSON it is `application/json` all the same."""

    def __init__(
        self, content: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None
    ) -> None:
        # Not by Starlette's own way, which takes longer over the headers than orjson over a page.
        self.status_code, self.background = status, None
        self.body = self.render(content)
        self.raw_headers = [
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            *((name.lower().encode(), text.encode()) for name, text in (headers or {}).items()),
        ]

    def render(self, content: Any) -> bytes:
        try:
            return orjson.dumps(content, option=orjson.OPT_UTC_Z)
        except TypeError:
            # Half of a surrogate pair has no UTF-8; JSON may write it as an escape.
            text = json.dumps(
                content, ensure_ascii=False, separators=(",", ":"), default=_day_or_instant
            )
            return text.encode("utf-8", "backslashreplace")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        media_type = accepted(accept_of(scope)).json or JSON
        content_type = f"{media_type}; charset=utf-8".encode()
        self.raw_headers += [(b"content-type", content_type), (b"vary", b"Accept")]
        await super().__call__(scope, receive, send)


def _day_or_instant(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_UTC_Z))


def fault(
    request_id: str,
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    **extensions: Any,
) -> Answer:
    """One error, told of the request as a whole. `extensions` stand beside its code."""
    told = {"code": code, **extensions, "requestId": request_id}
    return Answer({"errors": [{"message": message, "extensions": told}]}, status, headers)


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to ask again: whole seconds, at least one."""
    return {"Retry-After": str(max(1, ceil(seconds)))}


def accept_of(scope: Scope) -> str:
    """What a request accepts: its `Accept` headers, which may be several."""
    sent = [value for name, value in scope["headers"] if name == b"accept"]
    return b", ".join(sent).decode("latin-1")


class Refused(Exception):
    """A request that is answered with a fault. As for `fault`, which it becomes."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(message)
        self._parts = (status, code, message, headers)
        self.status = status
        self._extensions = extensions
        self.extensions = {"code": code, **extensions}
        """What an error tells that stands where no status can: in a message over a socket."""

    def told(self, request_id: str) -> Answer:
        return fault(request_id, *self._parts, **self._extensions)
