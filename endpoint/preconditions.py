"""What is judged of a request before anyone is asked who sends it."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin

from endpoint.answers import Refused, accept_of
from endpoint.body import MOST_BYTES, linger, too_big
from endpoint.media_types import GRAPHQL, JSON, accepted, media_type_of
from endpoint.request_id import current_request_id

LONGEST_URL = 8 * 1024
"""Bytes of path and query. RFC 9110, 4.1 asks for 8,000; what is longer can be posted."""
METHODS = ("GET", "POST")

Headers = Mapping[bytes, bytes]
"""The first header of each name, as it was sent."""


class Preconditions:
    """Refuses what could not be answered whoever asked, and what a foreign page makes a browser
    send.

    The order of all checks: method (405), URL (414), what is accepted (406), where a browser comes
    from (403), the announced body (415, 413): these cost nothing and tell nothing that is not in
    the documentation. Then who is calling (401, 503). Only who is let in has their body read
    (408, 413, 400) and their document looked at.

    A bearer token is no cookie: a browser adds it to no request by itself, so that a foreign page
    cannot act as its visitor. Foreign pages are refused all the same, as GraphQL over HTTP advises
    against what needs no preflight: a proxy in front of the service may one day turn a cookie
    into the token, and a form or an image on any page would then be the visitor's own word.
    """

    def __init__(self, app: ASGIApp, allowed_origins: Collection[str] = ()) -> None:
        self._app = app
        self._allowed_origins = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(reversed(scope["headers"]))
        try:
            self._judge(scope, headers)
            if _announced(headers) > MOST_BYTES:
                await linger(Request(scope, receive))
                raise too_big()
        except Refused as refusal:
            await refusal.told(current_request_id.get())(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _judge(self, scope: Scope, headers: Headers) -> None:
        if scope["method"] not in METHODS:
            allow = {"Allow": ", ".join(METHODS)}
            raise Refused(405, "BAD_REQUEST", "GraphQL is asked by GET or POST", allow)
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > LONGEST_URL:
            raise Refused(414, "BAD_REQUEST", f"the URL has more than {LONGEST_URL} bytes: post it")
        accept = accepted(accept_of(scope))
        if accept.json is None and not accept.event_stream:
            raise Refused(406, "BAD_REQUEST", f"answers are {GRAPHQL} or {JSON}")
        self._judge_origin(headers)
        if scope["method"] == "POST":
            _judge_content(scope, headers)

    def _judge_origin(self, headers: Headers) -> None:
        """What browsers say, and only they: https://www.w3.org/TR/fetch-metadata/."""
        sent, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
        if headers.get(b"sec-fetch-mode") == b"navigate":
            raise Refused(403, "FORBIDDEN", "this is no page: ask by a program")
        if sent is not None:
            origin, host = sent.decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
            ours = site == b"same-origin" or is_same_origin(origin, host)
            allowed = ours or origin in self._allowed_origins
        else:
            allowed = site in (None, b"same-origin", b"none")
        if not allowed:
            raise Refused(403, "FORBIDDEN", "pages of this origin may not ask")


def _judge_content(scope: Scope, headers: Headers) -> None:
    """Exactly JSON in UTF-8, as it is: neither a form's media types nor packed."""
    sent = [value for name, value in scope["headers"] if name == b"content-type"]
    if len(sent) != 1 or not _is_json(sent[0]):
        raise Refused(415, "BAD_REQUEST", f"the body must be {JSON}, in UTF-8")
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        takes = {"Accept-Encoding": "identity"}
        raise Refused(415, "BAD_REQUEST", "the body must not be compressed", takes)


@lru_cache(maxsize=128)  # a client sends the same in each request
def _is_json(content_type: bytes) -> bool:
    media_type, parameters = media_type_of(content_type.decode("latin-1"))
    return media_type == JSON and all(each == ("charset", "utf-8") for each in parameters)


def _announced(headers: Headers) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 20 else 0
