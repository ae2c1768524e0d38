"""How an OIDC issuer is configured: what its tokens say, and where its keys are."""

from ipaddress import ip_address
from typing import Annotated

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from adapters.tokens import AUDIENCE


def is_secure_address(text: str) -> bool:
    """An absolute https URL without credentials or fragment; http only to this very machine."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        return False
    return (
        text.isascii()
        and text.isprintable()
        and " " not in text
        and bool(url.host)
        and (url.port or 1) < 65536
        and not url.userinfo
        and "#" not in text
        and (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host)))
    )


def is_loopback(host: str) -> bool:
    """Whether only this very machine can be meant."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secure(text: str) -> str:
    if not is_secure_address(text):
        raise ValueError("must be an https URL (http only to localhost), without credentials")
    return text


def _identifier(text: str) -> str:
    if "?" in text:
        raise ValueError("must have no query")
    return text


Address = Annotated[str, Field(max_length=500), AfterValidator(_secure)]


class OidcIssuer(BaseModel):
    """An issuer whose tokens are accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    issuer: Annotated[Address, AfterValidator(_identifier)]
    """Letter for letter what its tokens say in `iss`; a slash at the end counts."""
    audience: str = Field(default=AUDIENCE, min_length=1, max_length=500)
    """What the tokens must have in `aud`: this service's name at the issuer."""
    jwks_uri: Address | None = None
    """Where its keys are; None: its discovery document says it."""
