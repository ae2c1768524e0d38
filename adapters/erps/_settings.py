"""The settings of a connection: all that is needed is there, and can be used."""

import re
from collections.abc import Callable, Mapping

import httpx2

from adapters.erps._secrets import Settings
from domain.erps import ErpTrouble, Trouble

Rules = Mapping[str, Callable[[str], bool]]
"""For each setting, whether a value can be used; the empty one stands for a missing setting."""


def checked(erp: str, settings: Settings, rules: Rules, **defaults: str) -> Settings:
    """The settings with the defaults where they are silent.

    Raises ErpTrouble(NOT_CONFIGURED), naming the settings that are wrong and not their values.
    """
    chosen = {**defaults, **settings}
    wrong = [name for name, is_right in rules.items() if not is_right(chosen.get(name, ""))]
    if wrong:
        detail = f"missing or unusable in the connection to {erp}: {', '.join(wrong)}"
        raise ErpTrouble(Trouble.NOT_CONFIGURED, detail)
    return chosen


def is_service_url(text: str) -> bool:
    """An absolute HTTP URL that holds no credentials, and that a path can be appended to."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        return False
    return (
        url.scheme in ("http", "https")
        and bool(url.host)
        and (url.port or 1) < 65536
        and not url.userinfo
        and "?" not in text
        and "#" not in text
    )


def is_safe_url(text: str) -> bool:
    """A service URL that secrets may be sent to: nobody on the way can read along."""
    if not is_service_url(text):
        return False
    url = httpx2.URL(text)
    return url.scheme == "https" or url.host in ("127.0.0.1", "::1", "localhost")


def is_token(text: str) -> bool:
    """What can stand in a header as it is."""
    return re.fullmatch(r"[!-~]+", text) is not None


def is_uuid(text: str) -> bool:
    """As most ERPs write them, in lower case."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


REFRESHED: Rules = {
    "url": is_safe_url,
    "token_url": is_safe_url,
    "client_id": is_token,
    "client_secret": is_token,
    "refresh_token": is_token,
}
"""What OAuth 2.0 by refresh token needs."""
