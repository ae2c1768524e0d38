"""What an issuer publishes over HTTP: where its keys are, and the keys."""

import asyncio
from typing import Any

import httpx2

from adapters.oidc_json import json_object
from adapters.oidc_keys import Keys, usable_keys
from adapters.oidc_settings import OidcIssuer, is_secure_address

LARGEST_BODY = 256 * 1024
LONGEST_WAIT = 3.0
"""Seconds for all requests together: someone waits with a token in hand."""

_HEADERS = {
    "Accept": "application/json",
    # Nothing is unpacked, so that a small answer cannot become a large one.
    "Accept-Encoding": "identity",
    # Asked once in minutes: a connection kept that long is often dead when it is needed.
    "Connection": "close",
}


class KeysNotFetched(Exception):
    """The keys could not be had. The message says why and quotes nothing that came."""


async def fetch_keys(http: httpx2.AsyncClient, configured: OidcIssuer) -> Keys:
    """The keys that the issuer publishes now. Raises KeysNotFetched."""
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            address = configured.jwks_uri or await _discovered(http, configured.issuer)
            document = await _document(http, address)
    except TimeoutError:
        raise KeysNotFetched("no answer in time") from None
    except (
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.CookieConflict,
        httpx2.StreamError,
        OSError,
    ) as problem:
        raise KeysNotFetched(f"no answer ({type(problem).__name__})") from None
    try:
        return usable_keys(document)
    except ValueError:
        raise KeysNotFetched("an answer that is no JWK Set") from None


async def _discovered(http: httpx2.AsyncClient, issuer: str) -> str:
    """Where the keys are, by OpenID Connect Discovery 1.0.

    Read anew each time, so that an issuer may move its keys without our being told.
    """
    document = await _document(http, f"{issuer.removesuffix('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise KeysNotFetched("a discovery document of another issuer")
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not is_secure_address(address):
        raise KeysNotFetched("a discovery document without a secure jwks_uri")
    if httpx2.URL(issuer).scheme == "https" != httpx2.URL(address).scheme:
        raise KeysNotFetched("a discovery document that leaves https")
    return address


async def _document(http: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    request = http.build_request("GET", address, headers=_HEADERS, timeout=LONGEST_WAIT)
    # One client asks every issuer: what one has set must not go to another.
    request.headers.pop("Cookie", None)
    response = await http.send(request, stream=True, follow_redirects=False)
    try:
        if response.status_code != 200:
            raise KeysNotFetched(f"an answer of status {response.status_code}")
        body = await _body(response)
    finally:
        await response.aclose()
    try:
        return json_object(body)
    except ValueError:
        raise KeysNotFetched("an answer that is no JSON object") from None


async def _body(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise KeysNotFetched(f"an answer of more than {LARGEST_BODY} bytes")
    return bytes(body)
