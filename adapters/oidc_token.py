"""A token's own words, read strictly, and believed by nobody yet."""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from adapters.oidc_json import json_object
from adapters.oidc_keys import ALGORITHMS
from adapters.tokens import InvalidToken

LONGEST_TOKEN = 16 * 1024

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KINDS = ("jwt", "at+jwt", "application/jwt", "application/at+jwt")
"""Media types (RFC 7519, RFC 9068). A token of another kind, as for a logout, opens nothing."""
_EXTENSIONS = ("crit", "b64", "zip")
"""Header parameters that change what the other parts mean. We understand none of them."""


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """What a token claims. Good for choosing the issuer and its key, and for nothing else."""

    text: str = field(repr=False)
    algorithm: str
    key_id: str = field(repr=False)
    claims: dict[str, Any] = field(repr=False)


def read_token(token: str) -> UnverifiedToken:
    """Take a signed token (RFC 7515, compact form) apart. Raises InvalidToken.

    No key is ever taken from the header: `jwk`, `jku`, `x5c` and `x5u` are not even looked at.
    """
    if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise InvalidToken("the token is malformed")
    try:
        head, body = (json_object(_decoded(part)) for part in token.split(".")[:2])
    except ValueError:
        raise InvalidToken("the token is malformed") from None
    return UnverifiedToken(token, _algorithm(head), _key_id(head), body)


def _decoded(part: str) -> bytes:
    """Raises ValueError. That it is spelled in the one canonical way is PyJWT's to check."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _algorithm(header: dict[str, Any]) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise InvalidToken("the token is signed with another algorithm")
    if any(name in header for name in _EXTENSIONS):
        raise InvalidToken("the token needs an extension that is not known here")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _KINDS:
        raise InvalidToken("the token is of another kind")
    return algorithm


def _key_id(header: dict[str, Any]) -> str:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise InvalidToken("the token does not name its key")
    return key_id
