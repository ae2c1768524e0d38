"""Tokens for the demo people, signed with a key of our own: the embedded default."""

import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

import jwt

from adapters.genuine_tokens import GenuineTokens

DEMO_ISSUER = "erp-link-demo"
AUDIENCE = "erp-link"
KEY_FILE = "signing-key"
LEEWAY = timedelta(seconds=30)
"""How far the clocks of the one who signs and the one who verifies may differ."""

LAST_INSTANT = 253_402_300_799
"""The last second of the year 9999. A later one is no date: milliseconds, or a slip."""

_ALGORITHM = "HS256"
_CLAIMS = ["exp", "iat", "sub", "iss", "aud"]
_KEY = re.compile(rb"[0-9a-f]{64}")
_REASONS = (
    (jwt.ExpiredSignatureError, "the token has expired"),
    (jwt.ImmatureSignatureError, "the token is not valid yet"),
    (jwt.MissingRequiredClaimError, "the token lacks a required claim"),
    (jwt.InvalidIssuerError, "the token is of another issuer"),
    (jwt.InvalidAudienceError, "the token is for another audience"),
    (jwt.InvalidAlgorithmError, "the token is signed with another algorithm"),
    (jwt.InvalidSignatureError, "the token's signature is wrong"),
)


class InvalidToken(Exception):
    """A token that proves nothing. The message says why and is safe to show."""


class IssuerUnavailable(Exception):
    """It cannot be told now whether a token is genuine: its issuer's keys cannot be had."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("the keys of the token's issuer cannot be had at the moment")
        self.retry_after_seconds = retry_after_seconds


class SigningKeyError(Exception):
    """The file of the signing key cannot be used. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks of: what an issuer calls a person."""

    issuer: str
    subject: str
    expires_at: datetime = field(compare=False)
    """From when on the token is refused, the leeway included; no part of who it speaks of."""


class TokenVerifier(Protocol):
    """Whoever can say whom a token speaks of."""

    async def identity_of(self, token: str) -> Identity:
        """Raises InvalidToken unless every part of the token is right.

        Raises IssuerUnavailable when that cannot be told now.
        """


@dataclass(frozen=True, slots=True)
class DemoIssuer:
    """Signs and verifies the tokens of the demo people."""

    key: bytes = field(repr=False)
    _genuine: GenuineTokens[Identity] = field(
        default_factory=GenuineTokens, init=False, repr=False, compare=False
    )

    @classmethod
    def open(cls, data_dir: Path) -> Self:
        """Load the key of this folder, or make it. Raises SigningKeyError."""
        path = data_dir / KEY_FILE
        try:
            if not path.exists():
                _make_key(path)
            return cls(_load_key(path))
        except OSError as problem:
            raise SigningKeyError(
                f"the signing key {path} cannot be used: {problem.strerror}"
            ) from None

    def token(self, subject: str, lifetime: timedelta = timedelta(hours=12)) -> str:
        now = int(time.time())
        claims = {
            "iss": DEMO_ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
        }
        return jwt.encode(claims, self.key, algorithm=_ALGORITHM)

    def verify(self, token: str) -> Identity:
        """Say who the token speaks of. Raises InvalidToken unless every part of it is right."""
        known = self._genuine.find(token, time.time())
        if known is not None:
            return known
        if not token.isascii():
            raise InvalidToken("the token is malformed")
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[_ALGORITHM],
                issuer=DEMO_ISSUER,
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": _CLAIMS},
            )
        except jwt.PyJWTError as problem:
            raise InvalidToken(_reason(problem)) from None
        if not claims["sub"]:
            raise InvalidToken("the token names nobody")
        identity = Identity(DEMO_ISSUER, claims["sub"], refused_from(int(claims["exp"])))
        self._genuine.keep(token, identity, begins_at(claims), identity.expires_at.timestamp())
        return identity

    async def identity_of(self, token: str) -> Identity:
        """`verify`, for those who take any TokenVerifier."""
        return self.verify(token)


def begins_at(claims: Mapping[str, Any]) -> float:
    """From when on a token of these claims is good, the leeway included: seconds since 1970."""
    named = (float(claims[name]) for name in ("iat", "nbf") if name in claims)
    return max(named) - LEEWAY.total_seconds()


def refused_from(exp: float) -> datetime:
    """When a token is refused whose claim `exp` is this: LEEWAY later, while there are dates."""
    return datetime.fromtimestamp(min(exp + LEEWAY.total_seconds(), LAST_INSTANT), UTC)


def _reason(problem: jwt.PyJWTError) -> str:
    # Never the library's own text: some of it quotes the token.
    return next(
        (why for kind, why in _REASONS if isinstance(problem, kind)), "the token is malformed"
    )


def _make_key(path: Path) -> None:
    """Write the key under a name of its own, then give it its name whole.

    The link fails when another process was first: then its key stands, and ours is dropped.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _load_key(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise SigningKeyError(
                f"the signing key {path} is open to other users: "
                f"run 'chmod 600 {path}', or delete it to get a new one"
            )
        written = file.read(100).strip()
    if not _KEY.fullmatch(written):
        raise SigningKeyError(f"{path} holds no signing key: delete it to get a new one")
    return bytes.fromhex(written.decode("ascii"))
