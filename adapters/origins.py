"""The setting that says which web pages may ask: their origins, spelled as browsers spell them."""

import json
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origins_in(value: object) -> tuple[str, ...]:
    """The origins that a setting lists, as JSON or with commas between. Raises ValueError."""
    if isinstance(value, str):
        try:
            is_json = value.lstrip().startswith("[")
            value = json.loads(value) if is_json else [each for each in value.split(",") if each]
        except (ValueError, RecursionError):
            raise ValueError("must be a list of origins, as JSON or with commas between") from None
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("must be a list of origins, as JSON or with commas between")
    return tuple(dict.fromkeys(_origin(each.strip()) for each in value))


def origin_of(url: SplitResult) -> str:
    """Of an address with a host: scheme, host, and the port unless it is the scheme's own
    (RFC 6454, 6.1)."""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    port = "" if url.port in (None, _DEFAULT_PORTS[url.scheme]) else f":{url.port}"
    return f"{url.scheme}://{host}{port}"


def _origin(text: str) -> str:
    try:
        url = urlsplit(text)
        _, host = url.port, url.hostname  # a port that is no number raises
    except ValueError:
        host = None
    rest = url.path.rstrip("/") or url.query or url.fragment or "@" in url.netloc if host else True
    if (
        rest
        or host is None
        or "*" in host
        or url.scheme not in _DEFAULT_PORTS
        or not text.isascii()
    ):
        raise ValueError("each must be an origin such as https://app.example, without a path or *")
    return origin_of(url)
