"""How we prove to NetSuite who we are: a JWT that is signed with the key of a certificate.

docs.oracle.com, NetSuite online help, section_162755359851 and section_162790605110.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.erps._oauth import is_revoked
from adapters.erps._secrets import Settings

ALGORITHM = "PS256"
LIFETIME_SECONDS = 300
"""Of an hour that NetSuite allows."""
SIGNED_WITH = ("client_id", "certificate", "private_key")


def is_private_key(text: str) -> bool:
    """An RSA key in PEM, without a password, of 2048 bits or more."""
    try:
        key = _private_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPrivateKey) and key.key_size >= 2048


def _private_key(text: str) -> PrivateKeyTypes:
    # Whether its numbers are primes would take a third of a second, in which nobody is answered.
    return load_pem_private_key(text.encode(), password=None, unsafe_skip_rsa_key_validation=True)


@dataclass(slots=True)
class Assertions:
    """The token requests of one connection, each with an assertion of its own.

    No two signatures are alike: so once NetSuite has refused the access, the request that it
    refused is told again, by which the connection knows that nothing has changed.
    """

    audience: str
    """The account's token endpoint, by its documented name, wherever it is reached."""
    _last: tuple[tuple[str, ...], Mapping[str, str]] | None = field(default=None, repr=False)
    _refused: bool = False

    def form(self, settings: Settings) -> Mapping[str, str]:
        signed_with = tuple(settings[name] for name in SIGNED_WITH)
        if self._refused and self._last is not None and self._last[0] == signed_with:
            return self._last[1]
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._signed(settings),
        }
        self._last, self._refused = (signed_with, form), False
        return form

    def is_revoked(self, body: Any) -> bool:
        """Whether the token endpoint says that client or certificate are of no use any more."""
        unknown = isinstance(body, dict) and body.get("error") == "invalid_client"
        self._refused = is_revoked(body) or unknown
        return self._refused

    def _signed(self, settings: Settings) -> str:
        now = int(time.time())
        claims = {
            "iss": settings["client_id"],
            "scope": ["rest_webservices"],
            "aud": self.audience,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        key, header = _private_key(settings["private_key"]), {"kid": settings["certificate"]}
        assert isinstance(key, RSAPrivateKey)  # as `is_private_key` has seen
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers=header)
