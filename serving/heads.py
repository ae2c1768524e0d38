"""What may be wrong with a request's line and headers that the parser lets through."""

import httptools

from serving import refusals
from serving.limits import Limits
from serving.refusals import Headers, Refusal

LINE = 4
"""The colon, the space and the line's end that each header has on the wire."""


def fault_of(
    parser: httptools.HttpRequestParser, url: bytes, headers: Headers, limits: Limits
) -> Refusal | None:
    """Why this head is refused, or None.

    A body has one length for everybody on its way (RFC 9112, section 6.1), so a transfer coding
    is `chunked` alone, in HTTP/1.1; that both it and a length are given, the parser refuses.
    """
    version = parser.get_http_version()
    if version not in ("1.1", "1.0"):
        return refusals.BAD_VERSION
    if len(url) > limits.url_bytes:
        return refusals.LONG_URL
    size, hosts, coding = len(url), 0, None
    for name, value in headers:
        size += len(name) + len(value) + LINE
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding":
            coding = value.lower()
    if size > limits.head_bytes or len(headers) > limits.headers:
        return refusals.LONG_HEAD
    if hosts > 1 or (version == "1.1" and not hosts):
        return refusals.NO_HOST
    if coding is not None and (coding != b"chunked" or version == "1.0"):
        return refusals.BAD_CODING
    return refusals.NO_TUNNEL if parser.get_method() == b"CONNECT" else None


def without_upgrade(parser: httptools.HttpRequestParser, url: bytes, headers: Headers) -> bytes:
    """The head once more, without the wish to go on in another protocol (RFC 9110, section 7.8)."""
    version = parser.get_http_version().encode()
    lines = [parser.get_method() + b" " + url + b" HTTP/" + version]
    for name, value in headers:
        if name == b"connection":
            options = [option.strip() for option in value.split(b",")]
            value = b", ".join(each for each in options if each.lower() != b"upgrade")
        if name not in (b"upgrade", b"http2-settings"):
            lines.append(name + b": " + value)
    return b"\r\n".join([*lines, b"", b""])
