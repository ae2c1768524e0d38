"""What a token of an OIDC issuer must say. The clock is handed in."""

from typing import Any

from adapters.tokens import LAST_INSTANT, LEEWAY, InvalidToken

REQUIRED = ("exp", "iat", "sub", "aud")
"""And `iss`, by which the issuer was chosen before."""


def subject_of(claims: dict[str, Any], audience: str, now: float) -> str:
    """Whom the claims speak of. Raises InvalidToken unless all of them are right at `now`."""
    if any(claims.get(name) is None for name in REQUIRED):
        raise InvalidToken("the token lacks a required claim")
    if not _is_for(audience, claims["aud"]):
        raise InvalidToken("the token is for another audience")
    _check_time(claims, now)
    return _subject(claims["sub"])


def _is_for(audience: str, claimed: object) -> bool:
    audiences = claimed if isinstance(claimed, list) else [claimed]
    return all(isinstance(each, str) for each in audiences) and audience in audiences


def _check_time(claims: dict[str, Any], now: float) -> None:
    leeway = LEEWAY.total_seconds()
    if _instant(claims["exp"]) <= now - leeway:
        raise InvalidToken("the token has expired")
    begins = [_instant(claims[name]) for name in ("iat", "nbf") if name in claims]
    if any(begin > now + leeway for begin in begins):
        raise InvalidToken("the token is not valid yet")


def _instant(value: object) -> float:
    """Seconds since 1970, a fraction allowed (RFC 7519, NumericDate)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InvalidToken("the token is malformed")
    if not 0 <= value <= LAST_INSTANT:  # infinity, and what is not a number, are in no range
        raise InvalidToken("the token is malformed")
    return value


def _subject(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise InvalidToken("the token is malformed")
    if not value.strip():
        raise InvalidToken("the token names nobody")
    return value
