"""What forgers send: headers, keys and signatures. Every token here is wrong in one way only."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.adapters.oidc.keys import Jwk, a_jwk, a_key, a_private_jwk
from tests.adapters.oidc.tokens import Mint, Signer, encoded, signature_of

Forgery = Callable[[Mint], str]

ALGORITHM = "the token is signed with another algorithm"
SIGNATURE = "the token's signature is wrong"
UNPUBLISHED = "the token is signed with a key that its issuer does not publish"
UNNAMED = "the token does not name its key"
EXTENSION = "the token needs an extension that is not known here"
KIND = "the token is of another kind"


def published() -> list[Jwk]:
    """What the attacked issuer publishes: keys that verify, and keys that must not."""
    return [
        a_jwk(a_key("rsa"), "rsa", alg="RS256"),
        a_jwk(a_key("rsa", "family"), "family"),
        a_jwk(a_key("rsa", "second"), "second", alg="RS256"),
        a_jwk(a_key("p-256"), "ec", alg="ES256"),
        a_jwk(a_key("p-384"), "p-384"),
        a_jwk(a_key("ed25519"), "ed"),
        # From here on, none may verify.
        a_jwk(a_key("rsa", "enc"), "for encryption", use="enc"),
        a_jwk(a_key("rsa", "enc"), "wraps keys", use=..., key_ops=["wrapKey", "encrypt"]),
        a_jwk(a_key("rsa", "enc"), "odd operations", key_ops="verify"),
        a_jwk(a_key("rsa", "enc"), "odd use", use=["sig"]),
        a_jwk(a_key("rsa", "enc"), "for RSA-OAEP", alg="RSA-OAEP"),
        a_jwk(a_key("rsa", "enc"), "alg of a curve", alg="ES256"),
        a_jwk(a_key("rsa", "enc"), "alg of HMAC", alg="HS256"),
        a_jwk(a_key("rsa", "enc"), "odd alg", alg=["RS256"]),
        a_jwk(a_key("rsa", "enc"), "", alg="RS256"),
        a_jwk(a_key("rsa", "enc"), "a number") | {"kid": 7},
        a_jwk(a_key("rsa-1024"), "weak"),
        a_private_jwk(a_key("rsa", "leaked"), "leaked"),
        a_private_jwk(a_key("p-256", "leaked"), "leaked ec"),
        a_jwk(a_key("p-256", "other"), "curve of another size", crv="P-384"),
        a_jwk(a_key("secp256k1"), "bitcoin"),
        a_jwk(a_key("p-384"), "curve and alg differ", alg="ES256"),
        a_jwk(a_key("rsa"), "e=1", e="AQ"),
        {"kty": "oct", "kid": "secret", "k": encoded(b"k" * 32)},
        {"kty": "RSA", "kid": "no numbers"},
        {"kty": "EC", "crv": ["P-256"], "kid": "odd curve"},
    ]


def modulus() -> bytes:
    modulus = str(a_jwk(a_key("rsa"), "rsa")["n"])
    return urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))


def pem() -> bytes:
    form = PublicFormat.SubjectPublicKeyInfo
    return a_key("rsa").public_key().public_bytes(Encoding.PEM, form)


def der() -> bytes:
    form = PublicFormat.SubjectPublicKeyInfo
    return a_key("rsa").public_key().public_bytes(Encoding.DER, form)


def as_text() -> bytes:
    return json.dumps(published()[0]).encode()


def keyed(secret: Callable[[], bytes], digest: str = "sha256") -> Signer:
    return lambda message: hmac.new(secret(), message, digest).digest()


def always(signature: bytes) -> Signer:
    return lambda message: signature


def alg(value: Any, signer: Signer | None = None, **but: Any) -> Forgery:
    """A token whose header names this algorithm."""
    return lambda mint: mint.signed(mint.header(alg=value, **but), signer=signer)


def head(**but: Any) -> Forgery:
    """A token with this in its header, properly signed by its issuer."""
    return lambda mint: mint.signed(mint.header(**but))


def by(algorithm: str, kind: str, key_id: str, owner: str = "issuer", **but: Any) -> Forgery:
    """A token properly signed by this key, under this key id."""
    signer = signature_of(algorithm, kind, owner)
    return lambda mint: mint.signed(mint.header(alg=algorithm, kid=key_id, **but), signer=signer)


def brings_its_key(name: str, key_id: object = "rsa", value: object = None) -> Forgery:
    """Signed by the attacker, whose key the header offers."""
    signer = signature_of("RS256", "rsa", "attacker")

    def forge(mint: Mint) -> str:
        own = value or a_jwk(a_key("rsa", "attacker"), str(key_id))
        return mint.signed(mint.header(kid=key_id, **{name: own}), signer=signer)

    return forge


def points_to_the_attacker(name: str, key_id: str = "rsa") -> Forgery:
    def forge(mint: Mint) -> str:
        there = mint.issuer.rpartition("/")[0] + "/attacker/keys"
        return brings_its_key(name, key_id, there)(mint)

    return forge


def spoilt(spoil: Callable[[str], str]) -> Forgery:
    """A genuine token, spoilt afterwards."""
    return lambda mint: spoil(mint.token())


def sha1(message: bytes) -> bytes:
    key = a_key("rsa")
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA1())


def in_der(message: bytes) -> bytes:
    key = a_key("p-256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def with_exponent_one(message: bytes) -> bytes:
    """The padded digest itself: with this exponent, everyone's signature is right."""
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    digest = info + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest


ZEROS = always(bytes(64))
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

FORGERIES: dict[str, dict[str, Forgery]] = {
    ALGORITHM: {
        "none, the issuer's signature left on": alg("none"),
        "None": alg("None"),
        "NONE": alg("NONE"),
        "nOnE": alg("nOnE"),
        "none with a space": alg("none "),
        "no algorithm": alg(...),
        "null": alg(None),
        "an empty name": alg(""),
        "zero": alg(0),
        "a list": alg(["RS256"]),
        "an object": alg({"RS256": 1}),
        "in lower case": alg("rs256"),
        "with a space": alg("RS256 "),
        "with a NUL": alg("RS256\x00"),
        "in full width": alg("ＲＳ２５６"),  # noqa: RUF001
        "a Cyrillic letter": alg("RЅ256"),  # noqa: RUF001
        "HS256 with the public key as PEM": alg("HS256", keyed(pem)),
        "HS256 with the PEM, stripped": alg("HS256", keyed(lambda: pem().strip())),
        "HS256 with the public key as DER": alg("HS256", keyed(der)),
        "HS256 with the public key as JWK": alg("HS256", keyed(as_text)),
        "HS256 with the modulus": alg("HS256", keyed(modulus)),
        "HS384 with the public key as PEM": alg("HS384", keyed(pem, "sha384")),
        "HS512 with the public key as PEM": alg("HS512", keyed(pem, "sha512")),
        "HS256 with no secret": alg("HS256", keyed(bytes)),
        "HS256 with a published secret": alg("HS256", keyed(lambda: b"k" * 32), kid="secret"),
        "ES256K": by("ES256K", "secp256k1", "bitcoin"),
        "an algorithm for encryption": alg("RSA-OAEP"),
        "dir": alg("dir"),
        "RS512 by a key for RS256": by("RS512", "rsa", "rsa"),
        "PS256 by a key for RS256": by("PS256", "rsa", "rsa"),
        "ES256 by an RSA key's name": by("ES256", "p-256", "rsa"),
        "RS256 by a curve's name": by("RS256", "rsa", "ec"),
        "EdDSA by a curve's name": by("EdDSA", "ed25519", "ec"),
        "ES256 by a key for ES384": by("ES256", "p-256", "p-384"),
        "ES384 by a key for ES256": by("ES384", "p-384", "ec"),
    },
    SIGNATURE: {
        "another's key under the issuer's name": by("RS256", "rsa", "rsa", "attacker"),
        "another's curve under the issuer's name": by("ES256", "p-256", "ec", "attacker"),
        "another's Ed25519 under the issuer's name": by("EdDSA", "ed25519", "ed", "attacker"),
        "the name of the issuer's other key": by("RS256", "rsa", "second"),
        "zeros": alg("RS256", always(bytes(256))),
        "ones": alg("RS256", always(b"\xff" * 256)),
        "one byte": alg("RS256", always(b"\x00")),
        "too long": alg("RS256", always(bytes(5000))),
        "SHA-1": alg("RS256", sha1),
        "PSS where PKCS 1 is named": alg(
            "RS256", signature_of("PS256", "rsa", "family"), kid="family"
        ),
        "PKCS 1 where PSS is named": alg(
            "PS256", signature_of("RS256", "rsa", "family"), kid="family"
        ),
        "SHA-256 where SHA-512 is named": alg(
            "RS512", signature_of("RS256", "rsa", "family"), kid="family"
        ),
        "r and s zero": alg("ES256", ZEROS, kid="ec"),
        "r and s the order": alg("ES256", always(P256_ORDER.to_bytes(32) * 2), kid="ec"),
        "a curve's signature in DER": alg("ES256", in_der, kid="ec"),
        "half a curve's signature": alg("ES256", always(bytes(32)), kid="ec"),
        "Ed25519 zeros": alg("EdDSA", ZEROS, kid="ed"),
        "a jwk of the attacker's": brings_its_key("jwk"),
        "a certificate of the attacker's": brings_its_key("x5c", value=["MIIC"]),
        "a jku of the attacker's": points_to_the_attacker("jku"),
        "an x5u of the attacker's": points_to_the_attacker("x5u"),
        "another payload": spoilt(lambda token: swapped(token, 1, "ada", "eve")),
        "another header": spoilt(lambda token: swapped(token, 0, "JWT", "jwt")),
        "cut short": alg("RS256", lambda message: signature_of("RS256", "rsa")(message)[:-3]),
    },
    UNPUBLISHED: {
        "made up": by("RS256", "rsa", "made up", "attacker"),
        "a path": head(kid="../../../../dev/null"),
        "a statement": head(kid="rsa' OR '1'='1"),
        "an address": head(kid="http://localhost/keys"),
        "in upper case": head(kid="RSA"),
        "with a space": head(kid="rsa "),
        "with a NUL": head(kid="rsa\x00"),
        "half a surrogate": head(kid="\ud800"),
        "very long": head(kid="rsa" * 3000),
        "a jku of the attacker's": points_to_the_attacker("jku", "theirs"),
        "an x5u of the attacker's": points_to_the_attacker("x5u", "theirs"),
        "a jwk of the attacker's": brings_its_key("jwk", "theirs"),
        "a key for encryption": by("RS256", "rsa", "for encryption", "enc"),
        "a key for wrapping": by("RS256", "rsa", "wraps keys", "enc"),
        "a key of odd operations": by("RS256", "rsa", "odd operations", "enc"),
        "a key of odd use": by("RS256", "rsa", "odd use", "enc"),
        "a key for RSA-OAEP": by("RS256", "rsa", "for RSA-OAEP", "enc"),
        "an RSA key for ES256": by("RS256", "rsa", "alg of a curve", "enc"),
        "an RSA key for HS256": by("RS256", "rsa", "alg of HMAC", "enc"),
        "a key of odd alg": by("RS256", "rsa", "odd alg", "enc"),
        "a key named by a number": by("RS256", "rsa", "7", "enc"),
        "a key of 1024 bits": by("RS256", "rsa-1024", "weak"),
        "a key whose secret is published": by("RS256", "rsa", "leaked", "leaked"),
        "a curve whose secret is published": by("ES256", "p-256", "leaked ec", "leaked"),
        "a point of another curve": by("ES256", "p-256", "curve of another size", "other"),
        "a key of another curve than its alg": by("ES384", "p-384", "curve and alg differ"),
        "an exponent of one": alg("RS256", with_exponent_one, kid="e=1"),
        "a key without numbers": head(kid="no numbers"),
        "a key of odd curve": head(kid="odd curve"),
    },
    UNNAMED: {
        "no key id": head(kid=...),
        "null": head(kid=None),
        "a number": head(kid=7),
        "a list": head(kid=["rsa"]),
        "empty": head(kid=""),
        "none, but a jwk": brings_its_key("jwk", ...),
    },
    EXTENSION: {
        "crit of what we do check": head(crit=["exp"]),
        "crit of the unheard-of": head(crit=["strange"], strange=True),
        "crit empty": head(crit=[]),
        "crit null": head(crit=None),
        "crit a word": head(crit="exp"),
        "b64 false": head(b64=False, crit=["b64"]),
        "b64 false, not critical": head(b64=False),
        "b64 true": head(b64=True, crit=["b64"]),
        "zip": head(zip="DEF"),
    },
    KIND: {
        "a logout token": head(typ="logout+jwt"),
        "a security event": head(typ="secevent+jwt"),
        "a proof of possession": head(typ="dpop+jwt"),
        "JOSE": head(typ="JOSE"),
        "empty": head(typ=""),
        "null": head(typ=None),
        "a number": head(typ=7),
        "a dotless i": head(typ="ȷwt"),
    },
}


def swapped(token: str, part: int, old: str, new: str) -> str:
    """The token with other words in one of its parts, and the signature it had."""
    parts = token.split(".")
    text = urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4))
    changed = text.replace(old.encode(), new.encode())
    assert changed != text
    parts[part] = encoded(changed)
    return ".".join(parts)
