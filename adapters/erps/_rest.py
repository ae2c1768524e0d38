"""What ERPs that speak JSON over HTTP share: one request ends in an answer or in ErpTrouble."""

import json
import re
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Never

import httpx2

from domain.erps import ErpTrouble, Trouble

LARGEST_BODY = 2 * 1024 * 1024
LONGEST_WAIT = 3600
"""Seconds. An ERP may ask for more patience; we do not pass more on."""

_TROUBLES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Trouble, str], ...] = (
    (httpx2.TimeoutException, Trouble.TIMEOUT, "no answer in time"),
    ((httpx2.NetworkError, httpx2.ProxyError), Trouble.UNREACHABLE, "no connection"),
    (
        (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL),
        Trouble.NOT_CONFIGURED,
        "the request cannot be sent as the connection is configured",
    ),
    (Exception, Trouble.UNEXPECTED_ANSWER, "the answer is no sound HTTP"),
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How an ERP says that it does not answer.

    `explained` are statuses whose JSON the adapter reads itself, beside 2xx and most of 4xx;
    of `bare` ones it reads the status alone, and the body is None. `waits` are the headers that
    may say how long to wait, and `patience` how long, in seconds, where a 429 says nothing.
    """

    explained: frozenset[int] = frozenset()
    bare: frozenset[int] = frozenset()
    waits: tuple[str, ...] = ("Retry-After",)
    patience: int | None = None


PLAIN = Manners()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with a body of JSON: a 2xx, or another that the ERP explains itself.

    A number with a fraction is a Decimal.
    """

    status: int
    body: Any = field(repr=False)
    headers: httpx2.Headers = field(repr=False)


async def ask(
    http: httpx2.AsyncClient, request: httpx2.Request, manners: Manners = PLAIN
) -> Answer:
    """Send one request, follow no redirect, and read the answer to its end.

    Raises ErpTrouble for everything else than an Answer. No detail quotes what came or was sent.
    """
    request.headers["Accept-Encoding"] = "gzip"
    # One client serves every company: what an ERP has set for one must not go along with another.
    request.headers.pop("Cookie", None)
    try:
        response = await http.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code not in manners.explained:
                _refuse(response, manners)
            body = await _body(response)
        finally:
            await response.aclose()
    except (
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.CookieConflict,
        httpx2.StreamError,
    ) as error:
        raise _translated(error) from None
    return Answer(response.status_code, _read(response, body, manners), response.headers)


def _read(response: httpx2.Response, body: bytes, manners: Manners) -> Any:
    if response.status_code in manners.bare:
        return None
    try:
        return _json(response, body)
    except ErpTrouble:
        _refuse(response, manners)  # it has not explained itself
        raise


def _refuse(response: httpx2.Response, manners: Manners) -> None:
    status = response.status_code
    match status:
        case 401:
            raise reconnect("the ERP does not accept the credentials (401)")
        case 403:
            raise ErpTrouble(Trouble.FORBIDDEN, "the ERP forbids the request (403)")
        case 429:
            detail, seconds = "the ERP wants fewer requests (429)", _retry_after(response, manners)
            raise ErpTrouble(Trouble.RATE_LIMITED, detail, seconds or manners.patience)
        case _ if 500 <= status < 600:
            detail = f"the ERP failed ({status})"
            raise ErpTrouble(Trouble.SERVER_ERROR, detail, _retry_after(response, manners))
        case _ if 300 <= status < 400:
            raise unexpected(f"a redirect ({status}), which is not followed")


async def _body(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise unexpected(f"an answer of more than {LARGEST_BODY} bytes")
    return bytes(body)


def _json(response: httpx2.Response, body: bytes) -> Any:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not media_type.endswith("json"):
        raise unexpected(f"an answer ({response.status_code}) that is not JSON")
    try:
        return json.loads(body, parse_constant=_no_number, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        raise unexpected(f"an answer ({response.status_code}) of broken JSON") from None


def _no_number(name: str) -> Never:
    raise ValueError(name)


def _retry_after(response: httpx2.Response, manners: Manners) -> int | None:
    """How long to wait: the longest that is asked for. None when no header says."""
    asked = [_seconds(response.headers.get(name, "")) for name in manners.waits]
    return max((seconds for seconds in asked if seconds is not None), default=None)


def _seconds(text: str) -> int | None:
    """A header of seconds, or of a date. None when it says neither."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        seconds = float(text)
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return round(min(max(seconds, 1), LONGEST_WAIT))


def reconnect(why: str) -> ErpTrouble:
    """The credentials are of no use any more: asking again with them does not help."""
    return ErpTrouble(Trouble.UNAUTHORIZED, f"{why}: the company must reconnect its ERP")


def unexpected(what: str) -> ErpTrouble:
    """The ERP answered, and not what an answer must be. `what` holds nothing of a body's text."""
    return ErpTrouble(Trouble.UNEXPECTED_ANSWER, what)


def _translated(error: Exception) -> ErpTrouble:
    trouble, detail = next(
        (trouble, detail) for kinds, trouble, detail in _TROUBLES if isinstance(error, kinds)
    )
    return ErpTrouble(trouble, f"{detail} ({_cause(error)})")


def _cause(error: BaseException) -> str:
    """The one word that tells an operator where to look. The message might quote anything."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, ssl.SSLError):
            return "TLS failed"
        if isinstance(inner, socket.gaierror):
            return "unknown host"
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__
