"""Keys for the tests, each made once, and how a JWK Set shows them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Jwk = dict[str, Any]

_MAKE: dict[str, Callable[[], PrivateKey]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),
    "p-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


def a_key(kind: str, owner: str = "issuer") -> PrivateKey:
    """The owner's key of this kind, the same whenever it is asked for."""
    return _made(kind, owner)


@cache
def _made(kind: str, owner: str) -> PrivateKey:
    return _MAKE[kind]()


def a_jwk(key: PrivateKey, key_id: str, **but: Any) -> Jwk:
    """The public half, as an issuer publishes it; a member set to `...` is left out."""
    jwk = _members(key.public_key()) | {"kid": key_id, "use": "sig"} | but
    return {name: value for name, value in jwk.items() if value is not ...}


def a_private_jwk(key: PrivateKey, key_id: str) -> Jwk:
    return _members(key) | {"kid": key_id, "key_ops": ["verify"]}


def _members(key: Any) -> Jwk:
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return RSAAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        return ECAlgorithm.to_jwk(key, as_dict=True)
    return OKPAlgorithm.to_jwk(key, as_dict=True)
