"""Tokens of the demo: who they speak of, and all that they must not be believed for."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from adapters.tokens import (
    AUDIENCE,
    DEMO_ISSUER,
    DemoIssuer,
    InvalidToken,
)


@pytest.fixture
def issuer(tmp_path: Path) -> DemoIssuer:
    return DemoIssuer.open(tmp_path)


def claims(**but: Any) -> dict[str, Any]:
    now = int(time.time())
    fine = {"iss": DEMO_ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 600}
    return {name: value for name, value in (fine | but).items() if value is not ...}


def signed(issuer: DemoIssuer, **but: Any) -> str:
    # By hand, so that a claim may be anything.
    payload = json.dumps(claims(**but)).encode()
    return jwt.api_jws.encode(payload, issuer.key, algorithm="HS256")


def refusal(issuer: DemoIssuer, token: str) -> str:
    with pytest.raises(InvalidToken) as caught:
        issuer.verify(token)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_says_who_a_token_speaks_of(issuer: DemoIssuer) -> None:
    found = issuer.verify(issuer.token("ada"))

    assert (found.issuer, found.subject) == (DEMO_ISSUER, "ada")


def test_says_from_when_on_a_token_is_refused(issuer: DemoIssuer) -> None:
    exp = int(time.time()) + 600

    assert issuer.verify(signed(issuer, exp=exp)).expires_at.timestamp() == exp + 30
    assert issuer.verify(signed(issuer, exp=10**18)).expires_at.year == 9999


def test_a_token_lasts_for_twelve_hours(issuer: DemoIssuer) -> None:
    told = jwt.decode(issuer.token("ada"), options={"verify_signature": False})

    assert told["exp"] - told["iat"] == 12 * 60 * 60


def test_refuses_an_expired_token(issuer: DemoIssuer) -> None:
    assert refusal(issuer, issuer.token("ada", timedelta(seconds=-31))) == "the token has expired"


def test_clocks_may_differ_by_half_a_minute(issuer: DemoIssuer) -> None:
    now = int(time.time())

    assert issuer.verify(issuer.token("ada", timedelta(seconds=-20))).subject == "ada"
    assert issuer.verify(signed(issuer, iat=now + 20)).subject == "ada"
    assert refusal(issuer, signed(issuer, iat=now + 300)) == "the token is not valid yet"
    assert refusal(issuer, signed(issuer, nbf=now + 300)) == "the token is not valid yet"


@pytest.mark.parametrize("missing", ["exp", "iat", "sub", "iss", "aud"])
@pytest.mark.parametrize("gap", [..., None])
def test_every_claim_is_required(issuer: DemoIssuer, missing: str, gap: object) -> None:
    assert refusal(issuer, signed(issuer, **{missing: gap})) == "the token lacks a required claim"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"iss": "https://login.example.com"}, "the token is of another issuer"),
        ({"iss": [DEMO_ISSUER]}, "the token is of another issuer"),
        ({"aud": "another-service"}, "the token is for another audience"),
        ({"aud": {AUDIENCE: True}}, "the token is for another audience"),
        ({"sub": 7}, "the token is malformed"),
        ({"sub": ""}, "the token names nobody"),
        ({"exp": "soon"}, "the token is malformed"),
        ({"exp": float("inf")}, "the token is malformed"),
    ],
)
def test_refuses_claims_that_are_not_right(
    issuer: DemoIssuer, wrong: dict[str, Any], reason: str
) -> None:
    assert refusal(issuer, signed(issuer, **wrong)) == reason


def test_refuses_a_token_signed_with_another_key(issuer: DemoIssuer, tmp_path: Path) -> None:
    stranger = DemoIssuer.open(tmp_path / "elsewhere")

    assert refusal(issuer, stranger.token("ada")) == "the token's signature is wrong"


def test_refuses_a_token_that_was_tampered_with(issuer: DemoIssuer) -> None:
    header, _, signature = issuer.token("emil").split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(sub="ada")).encode()).rstrip(b"=").decode()

    assert refusal(issuer, f"{header}.{forged}.{signature}") == "the token's signature is wrong"


def test_refuses_an_unsigned_token(issuer: DemoIssuer) -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none")

    assert refusal(issuer, unsigned) == "the token is signed with another algorithm"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_refuses_another_algorithm_even_with_our_key(issuer: DemoIssuer, algorithm: str) -> None:
    token = jwt.encode(claims(), issuer.key, algorithm=algorithm)

    assert refusal(issuer, token) == "the token is signed with another algorithm"


def unsigned_with(header: dict[str, Any]) -> str:
    parts = (json.dumps(header), json.dumps(claims()))
    encoded = (base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
    return ".".join([*encoded, ""])


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "NONE"},
        {"alg": ""},
        {"alg": None},
        {"alg": ["HS256"]},
        {"alg": {"HS256": 1}},
        {"typ": "JWT"},
        {"alg": "HS256"},
        {"alg": "HS256", "jwk": {"kty": "oct", "k": ""}},
        {"alg": "HS256", "kid": "../../dev/null"},
        {"alg": "HS256", "kid": 7},
        {"alg": "HS256", "crit": ["exp"]},
        {"alg": "HS256", "crit": []},
        {"alg": "HS256", "b64": False, "crit": ["b64"]},
    ],
)
def test_no_header_lets_an_unsigned_token_through(
    issuer: DemoIssuer, header: dict[str, Any]
) -> None:
    refusal(issuer, unsigned_with(header))


def test_a_key_that_the_token_brings_along_is_not_used(issuer: DemoIssuer) -> None:
    brought = b"a key that the attacker knows, of 32"
    jwk = {"kty": "oct", "k": base64.urlsafe_b64encode(brought).rstrip(b"=").decode()}
    token = jwt.encode(claims(), brought, algorithm="HS256", headers={"jwk": jwk})

    assert refusal(issuer, token) == "the token's signature is wrong"


@pytest.mark.parametrize(
    "garbage",
    [
        *("", " ", ".", "..", "...", "a.b.c", "Bearer x", "null", "{}", "\x00", "é.é.é", "\udc80"),
        *("e30.e30.e30", "W10.W10.W10", "[" * 5000, "ey" * 50_000),
    ],
)
def test_refuses_garbage_and_does_not_repeat_it(issuer: DemoIssuer, garbage: str) -> None:
    assert refusal(issuer, garbage) in (
        "the token is malformed",
        "the token is signed with another algorithm",
    )


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-1], lambda token: f"{token}x", lambda token: f" {token}"]
)
def test_a_refusal_never_shows_the_token(issuer: DemoIssuer, spoil: Callable[[str], str]) -> None:
    token = spoil(issuer.token("ada"))

    told = refusal(issuer, token)

    assert not any(part in told for part in token.split(".") if part)


def test_the_key_is_never_shown(issuer: DemoIssuer) -> None:
    shown = f"{issuer!r} {issuer}"

    assert issuer.key.hex() not in shown
    assert repr(issuer.key) not in shown
