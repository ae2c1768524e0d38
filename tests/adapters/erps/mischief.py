"""What any server may do instead of answering, given the right answer to the request."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.responses import StreamingResponse as Stream

from domain.erps import Trouble
from tests.adapters.erps.vendor_server import Answer

Mischief = Callable[[Response], Response]

SECRET_OF_THE_BODY = "Ledger-of-the-Medici"
PAGE = f"<!doctype html><title>{SECRET_OF_THE_BODY}</title>"


@dataclass(frozen=True, slots=True)
class Expected:
    trouble: Trouble
    retry_after_seconds: tuple[int, int] | None = None
    """From, to."""


def refusal(status: int, retry_after: str | None = None) -> Mischief:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda right: HTMLResponse(PAGE, status, headers)


def changed(**but: Any) -> Mischief:
    """The right answer, sent otherwise: another status, media type, encoding or body."""
    change: Callable[[bytes], bytes] = but.pop("body", lambda body: body)
    status, headers = but.pop("status", 200), {"Content-Type": "application/json"} | but
    return lambda right: Response(change(bytes(right.body)), status, headers)


def tampered(change: Callable[[Any], Any]) -> Mischief:
    """The right answer with its JSON changed; what the change is not about stays as it was."""

    def said(right: Response) -> Response:
        body = json.loads(bytes(right.body))
        if (changed := change(body)) is body:
            return right
        headers = {name: value for name, value in right.headers.items() if name != "content-length"}
        return JSONResponse(changed, headers=headers)

    return said


def said(body: bytes, **headers: str) -> Mischief:
    media_type = {"Content-Type": "application/json"}
    return lambda right: Response(body, 200, media_type | headers)


def cut_off(right: Response) -> Response:
    """A promise of more than is then sent."""

    async def part() -> AsyncIterator[bytes]:
        yield bytes(right.body)

    length = str(len(right.body) + 1)
    return Stream(part(), headers={"Content-Length": length, "Content-Type": "application/json"})


def limited_until(minutes: int) -> Mischief:
    def limited(right: Response) -> Response:
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        return refusal(429, format_datetime(until, usegmt=True))(right)

    return limited


VAST = b"[" + b" " * 10_000_000 + b"]"
UNEXPECTED = Expected(Trouble.UNEXPECTED_ANSWER)
FAILED = Expected(Trouble.SERVER_ERROR)
LIMITED = Expected(Trouble.RATE_LIMITED)

MISCHIEF: Mapping[str, tuple[Mischief, Expected]] = {
    "a 401": (refusal(401), Expected(Trouble.UNAUTHORIZED)),
    "a 403": (refusal(403), Expected(Trouble.FORBIDDEN)),
    "a 429 that does not say for how long": (refusal(429), LIMITED),
    "a 429 with seconds": (refusal(429, "17"), Expected(Trouble.RATE_LIMITED, (17, 17))),
    "a 429 with a date": (
        limited_until(+30),
        Expected(Trouble.RATE_LIMITED, (1790, 1800)),
    ),
    "a 429 with a date gone by": (
        limited_until(-30),
        Expected(Trouble.RATE_LIMITED, (1, 1)),
    ),
    "a 429 with zero seconds": (refusal(429, "0"), Expected(Trouble.RATE_LIMITED, (1, 1))),
    "a 429 with a year": (
        refusal(429, "31536000"),
        Expected(Trouble.RATE_LIMITED, (3600, 3600)),
    ),
    "a 429 with less than nothing": (refusal(429, "-5"), LIMITED),
    "a 429 with a fraction": (refusal(429, "1.5"), LIMITED),
    "a 429 with a number beyond all bounds": (refusal(429, "9" * 5000), LIMITED),
    "a 429 with a date beyond all bounds": (
        refusal(429, "Fri, 01 Jan 99999 00:00:00 GMT"),
        LIMITED,
    ),
    "a 429 with words": (refusal(429, "soon"), LIMITED),
    "a 500 page": (refusal(500), FAILED),
    "a 502 page": (refusal(502), FAILED),
    "a 503 page": (refusal(503), FAILED),
    "a 503 with seconds": (refusal(503, "30"), Expected(Trouble.SERVER_ERROR, (30, 30))),
    "the right answer as a 500": (changed(status=500), FAILED),
    "the right answer as a 404": (changed(status=404), UNEXPECTED),
    "a 404 page": (refusal(404), UNEXPECTED),
    "a 404 in JSON": (changed(status=404, body=lambda _: b'{"error": "gone"}'), UNEXPECTED),
    "a 404 with an empty list": (changed(status=404, body=lambda _: b"[]"), UNEXPECTED),
    "a 410 page": (refusal(410), UNEXPECTED),
    "a 204": (lambda right: Response(status_code=204), UNEXPECTED),
    "a 200 page": (refusal(200), UNEXPECTED),
    "an empty body": (said(b""), UNEXPECTED),
    "JSON called HTML": (changed(**{"Content-Type": "text/html"}), UNEXPECTED),
    "JSON cut short": (changed(body=lambda body: body[:-1]), UNEXPECTED),
    "JSON and more": (changed(body=lambda body: body + b"x"), UNEXPECTED),
    "a body cut off": (cut_off, UNEXPECTED),
    "JSON nested without end": (said(b"[" * 1_000_000), UNEXPECTED),
    "NaN": (said(b"[NaN]"), UNEXPECTED),
    "no Unicode": (said(b'["\xff"]'), UNEXPECTED),
    "null": (said(b"null"), UNEXPECTED),
    "a number": (said(b"0"), UNEXPECTED),
    "an object": (said(b"{}"), UNEXPECTED),
    "10 MB": (said(VAST), UNEXPECTED),
    "10 MB, compressed": (said(gzip.compress(VAST), **{"Content-Encoding": "gzip"}), UNEXPECTED),
    "what is not compressed, although it says so": (
        changed(**{"Content-Encoding": "gzip"}),
        UNEXPECTED,
    ),
}


def answering(right: Answer, mischief: Mischief, but: str | None = None) -> Answer:
    """Mischief instead of each answer, except at one path."""

    async def answer(request: Request) -> Response:
        said = await right(request)
        return said if request.url.path == but else mischief(said)

    return answer


def split(path: str, there: Answer, elsewhere: Answer) -> Answer:
    """One answer at that path, and another everywhere else."""

    async def answer(request: Request) -> Response:
        return await (there if request.url.path == path else elsewhere)(request)

    return answer


def redirecting(status: int, elsewhere: str) -> Answer:
    async def answer(request: Request) -> Response:
        return RedirectResponse(f"{elsewhere}{request.url.path}?{request.url.query}", status)

    return answer


async def silence(request: Request) -> Response:
    """Not even a status, for as long as the client waits."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


async def trickle(request: Request) -> Response:
    """A byte of white space now and then: each read succeeds, and the answer never ends."""

    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    return Stream(drops(), headers={"Content-Type": "application/json"})
