"""Bytes that are not a request of HTTP/1.1 at all, and the status of their refusal."""

from typing import NamedTuple


class Raw(NamedTuple):
    """What is written to a socket as it stands."""

    name: str
    bytes: bytes
    statuses: frozenset[int]


def _raw(name: str, content: bytes, *statuses: int) -> Raw:
    return Raw(name, content, frozenset(statuses or (400,)))


HOST = b"Host: x\r\n"
RAW = [
    _raw("words", b"hello\r\n\r\n"),
    _raw("zero bytes", 64 * b"\0"),
    _raw("a TLS hello", bytes.fromhex("16030100a5010000a10303") + 160 * b"\x01"),
    _raw("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    _raw("SSH", b"SSH-2.0-OpenSSH_9.2\r\n"),
    _raw("an unknown version", b"GET /graphql HTTP/9.9\r\n" + HOST + b"\r\n"),
    _raw("no version that is one", b"GET /graphql HTTQ/1.1\r\n" + HOST + b"\r\n"),
    _raw("a space in the target", b"GET /graph ql HTTP/1.1\r\n" + HOST + b"\r\n"),
    _raw("a header without a colon", b"GET /graphql HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n"),
    _raw("a header without a name", b"GET /graphql HTTP/1.1\r\n" + HOST + b": x\r\n\r\n"),
    _raw("a space before the colon", b"GET /graphql HTTP/1.1\r\n" + HOST + b"A : x\r\n\r\n"),
    _raw("a zero byte in a header", b"GET /graphql HTTP/1.1\r\n" + HOST + b"A: \0\r\n\r\n"),
    _raw(
        "two lengths",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    ),
    _raw(
        "a length and chunks",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    _raw(
        "a length below nothing",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    ),
    _raw(
        "a length in words",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Content-Length: ten\r\n\r\n",
    ),
    _raw(
        "a chunk without a size",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Authorization: Bearer x\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        400,
        401,
    ),
    _raw(
        "an unknown transfer encoding",
        b"POST /graphql HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\nxx",
        400,
        501,
    ),
    _raw("a method of 100,000 letters", 100_000 * b"A" + b" / HTTP/1.1\r\n\r\n", 400, 414, 431),
    _raw("a head that never ends", b"GET / HTTP/1.1\r\n" + 20_000 * b"A: b\r\n", 431),
]
