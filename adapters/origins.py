"""The setting that says which web pages may ask: their origins, spelled as browsers spell them."""

import json
from urllib.parse import urlsplit

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


def _origin(text: str) -> str:
    """Scheme, host, and the port unless it is the scheme's own (RFC 6454, 6.1)."""
    try:
        url = urlsplit(text)
        port, host = url.port, url.hostname
    except ValueError:
        port = host = None
    rest = url.path.rstrip("/") or url.query or url.fragment or "@" in url.netloc if host else True
    if (
        rest
        or host is None
        or "*" in host
        or url.scheme not in _DEFAULT_PORTS
        or not text.isascii()
    ):
        raise ValueError("each must be an origin such as https://app.example, without a path or *")
    host = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{host}" + (
        "" if port in (None, _DEFAULT_PORTS[url.scheme]) else f":{port}"
    )
