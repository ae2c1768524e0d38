"""An issuer's published keys (RFC 7517): which of them may verify, and with which algorithms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

RSA_BITS = range(2048, 8192 + 1)
"""Shorter keys can be broken; longer ones only cost time."""

_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES = {
    ("EC", "P-256"): "ES256",
    ("EC", "P-384"): "ES384",
    ("EC", "P-521"): "ES512",
    ("OKP", "Ed25519"): "EdDSA",
}
ALGORITHMS = frozenset(_RSA | set(_CURVES.values()))
"""All that may sign a token: asymmetric ones, where a public key cannot forge."""
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private keys. A key whose secret is published proves nothing."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies signatures made with any of these algorithms, and with no other."""

    algorithms: frozenset[str]
    key: RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey = field(repr=False)


Keys = Mapping[str, PublicKey]
"""By key id. Of several keys of one id the first counts."""


def usable_keys(key_set: dict[str, Any]) -> Keys:
    """The keys of a JWK Set that may verify; others, as for encryption, are passed over.

    Raises ValueError when it is no JWK Set.
    """
    if not isinstance(key_set.get("keys"), list):
        raise ValueError("not a JWK Set")
    keys: dict[str, PublicKey] = {}
    for jwk in key_set["keys"]:
        if isinstance(jwk, dict) and isinstance(key_id := jwk.get("kid"), str) and key_id:
            key = _public_key(jwk)
            if key is not None:
                keys.setdefault(key_id, key)
    return keys


def _public_key(jwk: dict[str, Any]) -> PublicKey | None:
    algorithms = _algorithms(jwk)
    if not algorithms or not _is_for_verifying(jwk) or _SECRET & jwk.keys():
        return None
    try:
        # Members of one family share the form of their keys, so that any of them may read it.
        key = jwt.PyJWK(jwk, min(algorithms)).key
    except (jwt.PyJWTError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        return None
    return PublicKey(algorithms, key)


def _algorithms(jwk: dict[str, Any]) -> frozenset[str]:
    """What the key's type and curve allow, narrowed to the one that it names, if it names one."""
    match jwk:
        case {"kty": "RSA"}:
            allowed = _RSA
        case {"kty": str(kind), "crv": str(curve)} if (kind, curve) in _CURVES:
            allowed = frozenset({_CURVES[kind, curve]})
        case _:
            return frozenset()
    named = jwk.get("alg")
    return allowed if named is None else frozenset(each for each in allowed if each == named)


def _is_for_verifying(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops")
    return jwk.get("use") in (None, "sig") and (
        operations is None or (isinstance(operations, list) and "verify" in operations)
    )
