"""What is answered to bytes that never become a request for the application."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One GraphQL error as JSON, after which the connection ends."""

    status: HTTPStatus
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, headers: Headers) -> bytes:
        """The whole response; `headers` are those that each of the server's answers has."""
        request_id = uuid4().hex
        extensions = {"code": self.code, "requestId": request_id}
        body = json.dumps({"errors": [{"message": self.message, "extensions": extensions}]})
        own = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": request_id,
            "Connection": "close",
            **dict(self.headers),
        }
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}".encode()]
        lines += [name + b": " + value for name, value in headers]
        lines += [f"{name.lower()}: {value}".encode() for name, value in own.items()]
        return b"\r\n".join([*lines, b"", body.encode()])


def _bad(message: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message)


NOT_HTTP = _bad("this is not a well-formed HTTP/1.1 request")
NO_HOST = _bad("send the header Host, once")
BAD_CODING = _bad("send the body as it is, or with `Transfer-Encoding: chunked` in HTTP/1.1")
BAD_FRAMING = _bad("the body's chunks cost more than they carry")
NO_TUNNEL = Refusal(
    HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", "this is no proxy", (("Allow", "GET, POST"),)
)
BAD_VERSION = Refusal(
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "BAD_REQUEST", "speak HTTP/1.1, or HTTP/1.0"
)
LONG_URL = Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "BAD_REQUEST", "the URL is too long")
LONG_HEAD = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "BAD_REQUEST", "the headers are too long"
)
SLOW_HEAD = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, "BAD_REQUEST", "the request's headers took too long to arrive"
)
TOO_MANY = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "SERVICE_UNAVAILABLE",
    "too many connections; try again in a moment",
    (("Retry-After", "1"),),
)
ENDING = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "SERVICE_UNAVAILABLE",
    "this process ends before the request arrived whole; try again",
    (("Retry-After", "1"),),
)
