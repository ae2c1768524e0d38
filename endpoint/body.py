"""The body of a request: read within a size and a time, and understood as one GraphQL request."""

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from endpoint.answers import Refused

MOST_BYTES = 128 * 1024
"""A document may have 20,000 characters; the rest is room for variables."""
LINGERING_SECONDS = 1.0
"""How long the rest of a body that is too big is taken in, so that its sender hears of it."""
SILENCE_SECONDS = 0.2
"""When nothing came for so long, its sender is not sending."""

_MEMBERS = {
    "query": (str | None, "a string"),
    "documentId": (str | None, "a string"),
    "operationName": (str | None, "a string"),
    "variables": (dict | None, "an object"),
    "extensions": (dict | None, "an object"),
}
_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_CLOSE = {"Connection": "close"}


class NotJson(ValueError):
    """What is no JSON text, as RFC 8259 and I-JSON (RFC 7493) have it."""


def bad_request(message: str) -> Refused:
    return Refused(400, "BAD_REQUEST", message)


def too_big(most: int = MOST_BYTES) -> Refused:
    message = f"the body is too big: at most {most} bytes"
    return Refused(413, "BAD_REQUEST", message, _CLOSE)


async def body_of(request: Request, seconds: float, most: int = MOST_BYTES) -> bytes:
    """The whole body. Raises Refused: 413 when it is too big, 408 when it takes too long."""
    read = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                read += chunk
                if len(read) > most:
                    break
    except TimeoutError:
        message = f"the body took longer than {seconds:g} s"
        raise Refused(408, "BAD_REQUEST", message, _CLOSE) from None
    except ClientDisconnect:
        raise bad_request("the body ended before its time") from None
    if len(read) > most:
        await linger(request)
        raise too_big(most)
    return bytes(read)


async def linger(request: Request) -> None:
    """Take in what is still coming: who is hung up on while sending may never read the answer."""
    now = asyncio.get_running_loop().time
    end = now() + LINGERING_SECONDS
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(SILENCE_SECONDS) as silence:
            async for _ in request.stream():
                silence.reschedule(min(now() + SILENCE_SECONDS, end))


def posted(body: bytes) -> dict[str, Any]:
    """The members of a request that was posted. Raises Refused when it is none."""
    try:
        members = parsed(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise bad_request("the body is not UTF-8") from None
    except NotJson as problem:
        raise bad_request(f"the body is not JSON: {problem}") from None
    if isinstance(members, list):
        raise bad_request(
            "the body must be one JSON object: several requests at once are not taken"
        )
    if not isinstance(members, dict):
        raise bad_request("the body must be a JSON object")
    return _checked(members)


def asked_by_get(query_string: bytes) -> dict[str, Any]:
    """The members of a request that stands in a URL. Raises Refused when it is none.

    An empty `operationName` is none, as GraphQL over HTTP says; no other member may be empty.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError:
        raise bad_request("the URL's parameters are not UTF-8, or too many") from None
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members and name in _MEMBERS:
            raise bad_request(f"{name} is given twice")
        members[name] = value
    for name in ("variables", "extensions"):
        if name in members:
            try:
                members[name] = parsed(members[name])
            except NotJson as problem:
                raise bad_request(f"{name} is not JSON: {problem}") from None
    return _checked({**members, "operationName": members.get("operationName") or None})


def _checked(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that we know, each of its type or null. Others are none of our business."""
    for name, (type_, what) in _MEMBERS.items():
        if not isinstance(members.get(name), type_):
            raise bad_request(f"{name} must be {what}, or null")
    return {name: members.get(name) for name in _MEMBERS}


def parsed(text: str) -> Any:
    """What a JSON text says. Raises NotJson, which quotes nothing of it.

    Refused too: numbers that are none, a name given twice in one object, half a surrogate pair,
    and what is nested or written so long that Python would not have it.
    """
    try:
        value = _DECODER.decode(text)
        if _HALF_A_PAIR.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except NotJson:
        raise
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except UnicodeEncodeError:
        raise NotJson("half of a surrogate pair") from None
    except json.JSONDecodeError as problem:
        raise NotJson(f"line {problem.lineno}, column {problem.colno}") from None
    except ValueError:
        raise NotJson("a number is too long") from None
    return value


def _no_number(name: str) -> NoReturn:
    raise NotJson(f"{name} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("a name is given twice in one object")
    return members


_DECODER = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_object)
