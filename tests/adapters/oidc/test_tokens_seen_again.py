"""Tokens that come with every request: verified once, and judged each time."""

from adapters.oidc import Issuers
from adapters.oidc_cache import TRUSTED
from tests.adapters.oidc.conftest import Clock, refusal, rotate
from tests.adapters.oidc.forgeries import SIGNATURE, UNPUBLISHED
from tests.adapters.oidc.server import IssuerServer
from tests.adapters.oidc.tokens import Mint


async def test_a_token_is_refused_the_moment_it_expires_although_it_was_believed(
    issuers: Issuers, mint: Mint, clock: Clock
) -> None:
    token = mint.token()
    until = await issuers.identity_of(token)
    clock.advance(until.expires_at.timestamp() - clock.now() - 0.01)
    assert await issuers.identity_of(token) == until

    clock.advance(0.01)

    assert await refusal(issuers, token) == "the token has expired"


async def test_a_token_is_refused_before_its_time_although_it_was_believed(
    issuers: Issuers, mint: Mint, clock: Clock
) -> None:
    token = mint.token(nbf=clock.now() + 10)
    assert await issuers.identity_of(token)

    clock.time_of_day -= 21

    assert await refusal(issuers, token) == "the token is not valid yet"


async def test_a_token_is_refused_once_its_key_is_withdrawn(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=clock.now() + 2 * TRUSTED)
    assert await issuers.identity_of(token)
    rotate(server, keep=False)

    clock.advance(TRUSTED + 1)

    assert await refusal(issuers, token) == UNPUBLISHED


async def test_a_token_is_refused_once_another_key_goes_by_the_name_of_its_own(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=clock.now() + 2 * TRUSTED)
    assert await issuers.identity_of(token)
    rotate(server, keep=False)
    server.keys["harbor"][0]["kid"] = mint.key_id

    clock.advance(TRUSTED + 1)

    assert await refusal(issuers, token) == SIGNATURE


async def test_a_token_is_believed_on_while_its_key_is_published_anew(
    issuers: Issuers, mint: Mint, clock: Clock
) -> None:
    token = mint.token(exp=clock.now() + 4 * TRUSTED)
    for _ in range(3):
        assert (await issuers.identity_of(token)).subject == "ada"
        clock.advance(TRUSTED + 1)


async def test_a_refused_token_is_refused_again_and_spoils_no_good_one(
    issuers: Issuers, mint: Mint
) -> None:
    good = mint.token()
    head, claims, signature = good.split(".")
    forged = f"{head}.{claims}.{signature[:8]}{signature[8:][::-1]}"
    for _ in range(3):
        assert await refusal(issuers, forged) in (SIGNATURE, "the token is malformed")
        assert (await issuers.identity_of(good)).subject == "ada"
