"""What never becomes a request is answered as one GraphQL error, and its connection ends."""

import pytest
from starlette.types import Receive, Scope, Send

from serving.limits import Limits
from tests.serving.guarded import GET, QUICK, guarded

HOST = b"Host: erp-link\r\n"


async def told_back(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body it was sent, and with its headers' names."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    names = b",".join(name for name, _ in scope["headers"])
    headers = [(b"content-length", str(len(body)).encode()), (b"x-names", names)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def a_post(*headers: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    lines = [b"POST / HTTP/" + version, b"Host: erp-link", *headers, b"", body]
    return b"\r\n".join(lines)


CHUNKED = b"Transfer-Encoding: chunked"
NOT_HTTP = {
    "words": b"hello there\r\n\r\n",
    "a TLS greeting": bytes.fromhex("16030100f5010000f10303"),
    "an unknown method": b"FOO / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method in lower case": b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    "an unknown version": b"GET / HTTP/1.2\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a path that is not ASCII": "GET /é HTTP/1.1\r\n".encode() + HOST + b"\r\n",
    "lines that end in LF alone": b"GET / HTTP/1.1\nHost: erp-link\n\n",
    "a CR within a header": b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "a NUL within a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: \0\r\n\r\n",
    "a header on two lines": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n" + HOST + b": b\r\n\r\n",
    "a length and a coding": a_post(b"Content-Length: 3", CHUNKED, body=b"0\r\n\r\n"),
    "a coding and a length": a_post(CHUNKED, b"Content-Length: 3", body=b"0\r\n\r\n"),
    "two lengths": a_post(b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"),
    "two equal lengths": a_post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
    "a list of lengths": a_post(b"Content-Length: 3, 3", body=b"abc"),
    "a length with a sign": a_post(b"Content-Length: +3", body=b"abc"),
    "a length beyond all": a_post(b"Content-Length: 99999999999999999999999"),
    "a chunk without a size": a_post(CHUNKED, body=b"zz\r\n"),
    "a coding twice": a_post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "another coding": a_post(b"Transfer-Encoding: gzip", body=b"abc"),
    "a coding before chunked": a_post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "what is not quite chunked": a_post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunks in HTTP/1.0": a_post(CHUNKED, body=b"0\r\n\r\n", version=b"1.0"),
}


@pytest.mark.parametrize("request_", NOT_HTTP.values(), ids=NOT_HTTP)
async def test_what_is_not_a_request_is_told_so(request_: bytes) -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(request_)
        answer = await wire.answer()

        assert answer.status == 400
        assert answer.error["extensions"]["code"] == "BAD_REQUEST"
        assert answer.headers["connection"] == "close"
        assert answer.headers["cache-control"] == "no-store"
        assert await wire.ended()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 505),
        (b"GET /\r\n\r\n", 505),
        (b"CONNECT erp-link:80 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /" + b"a" * 2_000_000, 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 2_000_000, 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + (b"X: " + b"a" * 990 + b"\r\n") * 40 + b"\r\n", 431),
    ],
    ids=[
        "HTTP/2.0",
        "HTTP/0.9",
        "tunnel",
        "URL",
        "endless-URL",
        "head",
        "endless-head",
        "headers",
        "long-headers",
    ],
)
async def test_a_head_that_is_not_taken_is_told_why(request_: bytes, status: int) -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(request_)
        answer = await wire.answer()

        assert (answer.status, answer.error["extensions"]["code"]) == (status, "BAD_REQUEST")
        assert await wire.ended()


async def test_a_head_of_the_longest_kind_is_taken_with_its_body_in_one_piece() -> None:
    body = b"b" * 100_000
    long = b"X: " + b"a" * 32_000
    request = a_post(long, b"Content-Length: 100000", body=body)

    async with guarded(told_back) as service:
        answer = await service.ask(request)

    assert (answer.status, answer.body) == (200, body)


async def test_trailers_are_no_headers() -> None:
    body = b"3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\n\r\n"

    async with guarded(told_back) as service:
        answer = await service.ask(a_post(CHUNKED, body=body))

    assert (answer.status, answer.body) == (200, b"abc")
    assert answer.headers["x-names"] == "host,transfer-encoding"


@pytest.mark.parametrize(
    "junk", [b"3;" + b"x" * 1_000_000 + b"\r\nabc\r\n", b"1\r\na\r\n" * 200_000]
)
async def test_chunks_that_cost_far_more_than_they_carry_are_cut_off(junk: bytes) -> None:
    limits = Limits(framing_bytes=100_000)

    async with guarded(told_back, limits) as service:
        answer = await service.ask(a_post(CHUNKED, body=junk + b"0\r\n\r\n"))

    assert answer.status == 400


@pytest.mark.parametrize("wish", [b"h2c", b"foo"])
async def test_the_wish_for_another_protocol_is_not_heard(wish: bytes) -> None:
    headers = b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + wish, b"HTTP2-Settings: AA"
    request = a_post(*headers, b"Content-Length: 3", body=b"abc")

    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(request[:-1])
        await wire.send(request[-1:])
        first = await wire.answer()
        await wire.send(request)
        second = await wire.answer()

    assert (first.status, first.body, second.body) == (200, b"abc", b"abc")
    assert first.headers["x-names"] == "host,connection,content-length"


async def test_http_1_0_is_answered_without_a_host_and_ended() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(b"GET / HTTP/1.0\r\n\r\n")

        assert (await wire.answer()).status == 200
        assert await wire.ended()


async def test_requests_in_a_row_are_answered_in_their_order() -> None:
    requests = [a_post(b"Content-Length: 1", body=b"%d" % n) for n in range(5)]

    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(b"".join(requests))

        assert [(await wire.answer()).body for _ in requests] == [b"0", b"1", b"2", b"3", b"4"]


async def test_far_too_many_requests_in_a_row_end_after_those_that_were_taken() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(GET * 2_000)
        answers = (await wire.reader.read()).count(b"HTTP/1.1 200 OK")

    assert answers == 1 + QUICK.pipelined


async def test_rubbish_after_a_request_takes_nothing_from_its_answer() -> None:
    async with guarded(told_back) as service, service.wire() as wire:
        await wire.send(GET + GET + b"rubbish\r\n\r\n")

        assert [(await wire.answer()).status for _ in range(2)] == [200, 200]
        assert await wire.ended()
