"""Forged and stale tokens, against a real issuer that publishes good keys and bad ones."""

import logging
from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Any

import pytest

from adapters.oidc import Issuers
from adapters.oidc_settings import OidcIssuer
from tests.adapters.oidc.conftest import Opening, refusal
from tests.adapters.oidc.forgeries import FORGERIES, Forgery, published
from tests.adapters.oidc.keys import a_jwk, a_key
from tests.adapters.oidc.server import JWKS, IssuerServer
from tests.adapters.oidc.stale import STALE
from tests.adapters.oidc.tokens import Mint


def every_case() -> Iterator[Any]:
    for reason, cases in chain(FORGERIES.items(), STALE.items()):
        for name, forge in cases.items():
            yield pytest.param(forge, reason, id=f"{reason.removeprefix('the token ')}: {name}")


@pytest.fixture(autouse=True)
def attacked(server: IssuerServer) -> None:
    server.keys["harbor"] = published()
    server.keys["attacker"] = [a_jwk(a_key("rsa", "attacker"), name) for name in ("rsa", "theirs")]


@pytest.fixture
async def guarded(server: IssuerServer, opening: Opening) -> AsyncIterator[Issuers]:
    keys = f"{server.issuer()}{JWKS}"
    async with opening(OidcIssuer(issuer=server.issuer(), jwks_uri=keys)) as opened:
        yield opened


@pytest.mark.parametrize(("forge", "reason"), list(every_case()))
async def test_is_refused(
    guarded: Issuers, mint: Mint, server: IssuerServer, forge: Forgery, reason: str
) -> None:
    genuine = mint.token()
    assert (await guarded.identity_of(genuine)).subject == "ada"

    assert await refusal(guarded, forge(mint)) == reason

    assert (await guarded.identity_of(genuine)).subject == "ada"
    assert server.times_asked() == 1
    assert not any("attacker" in path for path in server.asked)


async def test_no_forgery_is_let_in_when_it_comes_first(
    opening: Opening, mint: Mint, server: IssuerServer
) -> None:
    forgeries = [forge for cases in FORGERIES.values() for forge in cases.values()]

    for forge in forgeries:
        async with opening(server.issuer()) as anew:
            await refusal(anew, forge(mint))


@pytest.mark.parametrize(
    ("key_id", "algorithm", "kind", "owner"),
    [
        ("rsa", "RS256", "rsa", "issuer"),
        ("family", "PS384", "rsa", "family"),
        ("second", "RS256", "rsa", "second"),
        ("ec", "ES256", "p-256", "issuer"),
        ("p-384", "ES384", "p-384", "issuer"),
        ("ed", "EdDSA", "ed25519", "issuer"),
    ],
)
async def test_the_good_keys_among_them_do_verify(
    guarded: Issuers, server: IssuerServer, key_id: str, algorithm: str, kind: str, owner: str
) -> None:
    mint = Mint(server.issuer(), algorithm, key_id, kind, owner)

    assert await guarded.identity_of(mint.token())


async def test_no_token_and_no_key_is_ever_logged_or_shown(
    guarded: Issuers, mint: Mint, server: IssuerServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [mint.token(), *(forge(mint) for forge in FORGERIES[next(iter(FORGERIES))].values())]

    assert await guarded.identity_of(tokens[0])
    for token in tokens[1:]:
        await refusal(guarded, token)
    server.keys["harbor"] = []
    issuer, keys = guarded.issuers[mint.issuer]
    shown = f"{caplog.text} {guarded!r} {issuer!r} {keys!r} {vars(keys)!r}"

    secrets = {part for token in tokens for part in token.split(".") if len(part) > 8}
    secrets |= {str(jwk["n"]) for jwk in published() if "n" in jwk}
    assert not [secret for secret in secrets if secret in shown]
    assert f"/harbor{JWKS}" in caplog.text
