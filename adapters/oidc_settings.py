"""How an OIDC issuer is configured: what its tokens say, and where its keys are."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import httpx2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from adapters.origins import origin_of
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
    client_id: str | None = Field(default=None, min_length=1, max_length=500)
    """What the page is called there, as a public client; None: nobody signs in here by the page."""
    scope: str = Field(default="openid profile", pattern=r"^openid( [!#-\[\]-~]+)*$")
    """What the page asks it for."""
    parameters: dict[str, str] = Field(default_factory=dict, max_length=20)
    """What else the page says there, such as `resource` (RFC 8707) or `audience`."""

    @property
    def origin(self) -> str:
        """Of its addresses, as a browser writes it."""
        return origin_of(urlsplit(self.issuer))

    def for_the_page(self) -> dict[str, object]:
        """What a browser needs to sign somebody in there. Nothing of it is secret."""
        return {
            "issuer": self.issuer,
            "clientId": self.client_id,
            "name": self.issuer.partition("://")[2].rstrip("/"),
            "audience": self.audience,
            "scope": self.scope,
            "parameters": self.parameters,
        }
