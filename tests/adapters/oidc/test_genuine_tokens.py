"""Tokens that are believed, up to the last second, and whom they speak of."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.oidc import Issuers
from adapters.oidc_settings import OidcIssuer
from tests.adapters.oidc.conftest import Clock, Opening, refusal
from tests.adapters.oidc.keys import a_jwk, a_key, a_private_jwk
from tests.adapters.oidc.server import JWKS, IssuerServer
from tests.adapters.oidc.tokens import NOON, Mint

EXPIRED, TOO_EARLY = "the token has expired", "the token is not valid yet"


async def who(issuers: Issuers, token: str) -> tuple[str, str]:
    found = await issuers.identity_of(token)
    return found.issuer, found.subject


async def test_says_who_a_token_speaks_of(issuers: Issuers, mint: Mint) -> None:
    assert await who(issuers, mint.token()) == (mint.issuer, "ada")


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        *((name, "rsa") for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        *(("ES256", "p-256"), ("ES384", "p-384"), ("ES512", "p-521"), ("EdDSA", "ed25519")),
    ],
)
@pytest.mark.parametrize("named", [True, False])
async def test_every_asymmetric_algorithm_verifies(
    issuers: Issuers, server: IssuerServer, algorithm: str, kind: str, named: bool
) -> None:
    server.keys["harbor"] = [a_jwk(a_key(kind), "it", alg=algorithm if named else ...)]
    mint = Mint(server.issuer(), algorithm, "it", kind)

    assert (await issuers.identity_of(mint.token())).subject == "ada"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["erp-link"]},
        {"aud": ["another-service", "erp-link"]},
        {"exp": NOON + 0.5, "iat": NOON - 0.5},
        {"exp": NOON + 100 * 365 * 86400},
        {"sub": "auth0|5f7c8ec7c33c6c004bbafe82"},
        {"sub": "CN=José Núñez,O=Harbor Builders"},
        {"jti": 7, "scope": None, "nested": {"aud": "other"}, "azp": ["anything"]},
    ],
)
async def test_a_token_may_say_more_and_say_it_otherwise(
    issuers: Issuers, mint: Mint, claims: dict[str, Any]
) -> None:
    found = await who(issuers, mint.token(**claims))

    assert found == (mint.issuer, claims.get("sub", "ada"))


@pytest.mark.parametrize("kind", [..., "jwt", "JWT", "at+jwt", "AT+JWT", "application/at+jwt"])
async def test_the_media_type_of_a_token_may_be_left_out(
    issuers: Issuers, mint: Mint, kind: object
) -> None:
    assert await issuers.identity_of(mint.signed(header=mint.header(typ=kind)))


async def test_what_a_header_says_of_keys_is_passed_over(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    theirs = f"{server.url}/attacker{JWKS}"
    brought = {
        "jku": theirs,
        "x5u": theirs,
        "jwk": a_private_jwk(a_key("rsa", "attacker"), "rsa"),
        "x5c": ["MIIC"],
    }

    assert await issuers.identity_of(mint.signed(header=mint.header(**brought)))
    assert not any("attacker" in path for path in server.asked)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOON - 29}, None),
        ({"exp": NOON - 29.999}, None),
        ({"exp": NOON - 30}, EXPIRED),
        ({"exp": NOON - 31}, EXPIRED),
        ({"iat": NOON + 30}, None),
        ({"iat": NOON + 30.001}, TOO_EARLY),
        ({"iat": NOON + 31}, TOO_EARLY),
        ({"nbf": NOON + 30}, None),
        ({"nbf": NOON + 31}, TOO_EARLY),
    ],
)
async def test_clocks_may_differ_by_half_a_minute_and_no_more(
    issuers: Issuers, mint: Mint, claims: dict[str, Any], reason: str | None
) -> None:
    token = mint.token(**claims)

    if reason is None:
        assert await issuers.identity_of(token)
    else:
        assert await refusal(issuers, token) == reason


@pytest.mark.parametrize(
    ("exp", "refused_from"), [(NOON + 60, NOON + 90), (253_402_300_799, 253_402_300_799)]
)
async def test_says_from_when_on_a_token_is_refused(
    issuers: Issuers, mint: Mint, exp: float, refused_from: float
) -> None:
    identity = await issuers.identity_of(mint.token(exp=exp))

    assert identity.expires_at.timestamp() == refused_from


async def test_a_token_ends_while_its_key_lives_on(
    issuers: Issuers, mint: Mint, clock: Clock
) -> None:
    token = mint.token(exp=NOON + 60)
    assert await issuers.identity_of(token)

    clock.advance(89.9)
    assert await issuers.identity_of(token)

    clock.advance(0.1)
    assert await refusal(issuers, token) == EXPIRED


@pytest.fixture
async def two(server: IssuerServer, opening: Opening) -> AsyncIterator[Issuers]:
    """Two issuers, which give different keys the same name, and us different names."""
    server.keys["quarry"] = [a_jwk(a_key("rsa", "quarry"), "rsa")]
    quarry = OidcIssuer(issuer=server.issuer("quarry"), audience="erp-link-at-quarry")
    async with opening(server.issuer(), quarry) as opened:
        yield opened


async def test_each_issuer_speaks_for_its_own_people(
    two: Issuers, server: IssuerServer, mint: Mint
) -> None:
    other = Mint(server.issuer("quarry"), owner="quarry")

    assert await who(two, mint.token()) == (server.issuer("harbor"), "ada")
    told = await who(two, other.token(aud="erp-link-at-quarry"))
    assert told == (server.issuer("quarry"), "ada")


async def test_no_issuer_speaks_for_another(two: Issuers, server: IssuerServer, mint: Mint) -> None:
    other = Mint(server.issuer("quarry"), owner="quarry")

    forged = other.token(iss=mint.issuer)
    assert await refusal(two, forged) == "the token's signature is wrong"
    forged = mint.token(iss=other.issuer, aud="erp-link-at-quarry")
    assert await refusal(two, forged) == "the token's signature is wrong"
    assert await refusal(two, other.token()) == "the token is for another audience"
