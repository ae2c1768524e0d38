"""Old keys: fetched anew in time, withdrawn, and used on while the issuer is down."""

import asyncio
import logging

import pytest

from adapters.oidc import Issuers
from adapters.tokens import IssuerUnavailable
from tests.adapters.oidc.conftest import Clock, Opening, refusal, rotate
from tests.adapters.oidc.forgeries import UNPUBLISHED
from tests.adapters.oidc.server import JWKS, IssuerServer, always
from tests.adapters.oidc.tokens import Mint

COOL_DOWN, FRESH, TRUSTED, STALE = 2, 5 * 60, 10 * 60, 24 * 60 * 60
"""Seconds, as the service promises them."""
AT_ONCE = 1
"""Seconds of real time: less than a fetch may take."""


async def unavailable(issuers: Issuers, token: str) -> int:
    """The token cannot be judged; answers after how many seconds to ask again."""
    with pytest.raises(IssuerUnavailable) as caught:
        await issuers.identity_of(token)
    assert not any(part in str(caught.value) for part in token.split("."))
    return caught.value.retry_after_seconds


async def test_keys_that_are_no_longer_fresh_are_fetched_while_the_old_ones_serve(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + 10 * FRESH)
    await issuers.identity_of(token)
    clock.advance(FRESH)
    await issuers.identity_of(token)
    assert server.times_asked() == 1

    clock.advance(1)
    new = rotate(server)
    with server.holding():
        async with asyncio.timeout(AT_ONCE):
            assert await issuers.identity_of(token)
        await server.until_asked()

    assert await issuers.identity_of(new.token())
    assert server.times_asked() == 2


async def test_a_withdrawn_key_verifies_for_no_more_than_ten_minutes(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + STALE)
    await issuers.identity_of(token)
    rotate(server, keep=False)

    clock.advance(FRESH)
    assert await issuers.identity_of(token)
    clock.advance(TRUSTED - FRESH + 1)
    assert await refusal(issuers, token) == UNPUBLISHED
    assert server.times_asked() == 2


async def test_an_issuer_that_withdraws_every_key_is_obeyed(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + STALE)
    await issuers.identity_of(token)
    server.keys["harbor"] = []

    clock.advance(TRUSTED + 1)
    assert await refusal(issuers, token) == UNPUBLISHED


async def test_while_the_issuer_is_down_known_keys_still_work_for_a_day(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + 2 * STALE)
    await issuers.identity_of(token)
    server.stop()

    for age in (1, COOL_DOWN, FRESH, TRUSTED, 3600, STALE):
        clock.advance(age - clock.ticks)
        assert (await issuers.identity_of(token)).subject == "ada"
    clock.advance(0.1)
    assert await unavailable(issuers, token) >= 1

    clock.advance(COOL_DOWN)
    server.start()
    assert await issuers.identity_of(token)


async def test_while_the_issuer_is_down_forgeries_are_still_refused(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    await issuers.identity_of(mint.token())
    server.stop()
    clock.advance(TRUSTED + 31)

    forged = Mint(mint.issuer, owner="attacker", now=clock.now())
    assert await refusal(issuers, forged.token()) == "the token's signature is wrong"
    assert await refusal(issuers, mint.token()) == "the token has expired"


async def test_while_the_issuer_is_down_a_key_that_is_not_known_cannot_be_judged(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    await issuers.identity_of(mint.token())
    new = rotate(server)
    server.stop()
    clock.advance(COOL_DOWN)

    assert await unavailable(issuers, new.token()) == COOL_DOWN
    clock.advance(0.5)
    assert await unavailable(issuers, new.token()) == 2
    assert await issuers.identity_of(mint.token())

    server.start()
    clock.advance(COOL_DOWN)
    assert await issuers.identity_of(new.token())


async def test_an_issuer_never_reached_is_asked_once_in_a_while_and_then_found(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    server.answers[f"/harbor{JWKS}"] = always(503)
    for _ in range(5):
        assert await unavailable(issuers, mint.token()) == COOL_DOWN
    assert server.times_asked() == 1

    clock.advance(COOL_DOWN)
    assert await unavailable(issuers, mint.token()) == COOL_DOWN
    assert server.times_asked() == 2

    server.answers.clear()
    assert await unavailable(issuers, mint.token()) == COOL_DOWN
    clock.advance(COOL_DOWN)
    assert await issuers.identity_of(mint.token())


async def test_a_failing_issuer_holds_up_nobody_whose_key_is_known(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + STALE)
    await issuers.identity_of(token)
    server.answers[f"/harbor{JWKS}"] = always(503)
    clock.advance(TRUSTED + 1)
    assert await issuers.identity_of(token)

    clock.advance(COOL_DOWN)
    with server.holding():
        async with asyncio.timeout(AT_ONCE):
            assert await issuers.identity_of(token)
        await server.until_asked()


async def test_a_wall_clock_that_is_set_back_does_not_make_keys_young(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    token = mint.token(exp=mint.now + STALE)
    await issuers.identity_of(token)
    rotate(server, keep=False)

    clock.advance(TRUSTED + 1)
    clock.time_of_day = mint.now
    assert await refusal(issuers, token) == UNPUBLISHED


async def test_an_outage_is_logged_once_and_so_is_its_end(
    issuers: Issuers,
    mint: Mint,
    server: IssuerServer,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "adapters.oidc_cache")
    server.answers[f"/harbor{JWKS}"] = always(503)
    for _ in range(3):
        await unavailable(issuers, mint.token())
        clock.advance(COOL_DOWN)
    server.answers.clear()
    await issuers.identity_of(mint.token())

    assert caplog.messages == [
        f"The keys of {mint.issuer} cannot be fetched: an answer of status 503",
        f"The keys of {mint.issuer} can be fetched again",
    ]


async def test_closing_gives_up_a_fetch_that_is_under_way(
    opening: Opening, mint: Mint, server: IssuerServer
) -> None:
    with server.holding():
        async with opening(mint.issuer) as issuers:
            waiting = asyncio.create_task(issuers.identity_of(mint.token()))
            await server.until_asked()
        with pytest.raises(asyncio.CancelledError):
            await waiting
