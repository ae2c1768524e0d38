"""Tokens made by hand, so that any part of one may be anything."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from tests.adapters.oidc.keys import a_key

Claims = dict[str, Any]
Signer = Callable[[bytes], bytes]

NOON = 1_800_000_000
"""When the tests take place, in seconds since 1970."""


def encoded(part: bytes | dict[str, Any]) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def signature_of(algorithm: str, kind: str, owner: str = "issuer") -> Signer:
    """Signs with the owner's key of this kind, whatever it is meant for."""
    chosen = jwt.PyJWS().get_algorithm_by_name(algorithm)
    return lambda message: chosen.sign(message, a_key(kind, owner))


@dataclass(frozen=True)
class Mint:
    """Makes tokens of one issuer: genuine ones, unless told otherwise."""

    issuer: str
    algorithm: str = "RS256"
    key_id: str = "rsa"
    kind: str = "rsa"
    owner: str = "issuer"
    now: float = NOON

    def claims(self, **but: Any) -> Claims:
        """Fine claims, but for these; a claim set to `...` is left out."""
        fine = {
            "iss": self.issuer,
            "aud": "erp-link",
            "sub": "ada",
            "iat": int(self.now),
            "exp": int(self.now) + 600,
        }
        return {name: value for name, value in (fine | but).items() if value is not ...}

    def header(self, **but: Any) -> dict[str, Any]:
        fine = {"typ": "JWT", "alg": self.algorithm, "kid": self.key_id}
        return {name: value for name, value in (fine | but).items() if value is not ...}

    def token(self, **but: Any) -> str:
        """A genuine token with these claims."""
        return self.signed(payload=self.claims(**but))

    def signed(
        self,
        header: bytes | dict[str, Any] | None = None,
        payload: bytes | dict[str, Any] | None = None,
        signer: Signer | None = None,
    ) -> str:
        """Any header and any payload, properly signed by this issuer's key or by someone else."""
        sign = signer or signature_of(self.algorithm, self.kind, self.owner)
        head = encoded(self.header() if header is None else header)
        message = f"{head}.{encoded(self.claims() if payload is None else payload)}"
        return f"{message}.{encoded(sign(message.encode()))}"
