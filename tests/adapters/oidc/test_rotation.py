"""New keys: found at their first token, by one fetch for all, and under a flood of made-up ones."""

import asyncio
import time

import httpx2
import pytest

from adapters.oidc import Issuers, open_issuers
from adapters.oidc_settings import OidcIssuer
from adapters.tokens import InvalidToken
from tests.adapters.oidc.conftest import Clock, Opening, refusal, rotate
from tests.adapters.oidc.forgeries import UNPUBLISHED
from tests.adapters.oidc.server import IssuerServer
from tests.adapters.oidc.tokens import Mint

COOL_DOWN = 2
"""Seconds between two looks for an unknown key."""


async def flood(issuers: Issuers, mint: Mint, size: int, wave: int = 0) -> None:
    """Tokens at once, each with a key id of its own that nobody publishes."""
    tokens = [mint.signed(mint.header(kid=f"made up {wave}/{n}")) for n in range(size)]
    answers = await asyncio.gather(*map(issuers.identity_of, tokens), return_exceptions=True)
    assert {type(answer) for answer in answers} == {InvalidToken}


async def test_nothing_is_fetched_before_the_first_token_and_then_once_for_all(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    assert server.asked.total() == 0

    told = await asyncio.gather(*(issuers.identity_of(mint.token(sub=f"{n}")) for n in range(100)))

    assert [identity.subject for identity in told] == [f"{n}" for n in range(100)]
    assert server.times_asked() == 1
    assert server.asked.total() == 2


async def test_a_rotated_key_is_found_at_its_first_token(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    old = mint.token()
    await issuers.identity_of(old)
    clock.advance(COOL_DOWN)
    new = rotate(server)

    assert await issuers.identity_of(new.token())
    assert await issuers.identity_of(old)
    assert server.times_asked() == 2


async def test_an_unknown_key_is_looked_for_once_in_a_while(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    await issuers.identity_of(mint.token())
    unknown = mint.signed(mint.header(kid="made up"))
    assert await refusal(issuers, unknown) == UNPUBLISHED
    assert server.times_asked() == 1

    clock.advance(COOL_DOWN)
    assert await refusal(issuers, unknown) == UNPUBLISHED
    assert await refusal(issuers, unknown) == UNPUBLISHED
    assert server.times_asked() == 2

    clock.advance(COOL_DOWN - 0.01)
    assert await refusal(issuers, unknown) == UNPUBLISHED
    assert server.times_asked() == 2


@pytest.mark.parametrize("rotated_at", [0.0, 0.1, 1.9, 2.0, 7.3])
async def test_a_flood_of_unknown_keys_neither_delays_a_rotation_nor_floods_the_issuer(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock, rotated_at: float
) -> None:
    await issuers.identity_of(mint.token())
    new: Mint | None = None
    for tenth in range(200):
        if new is None and clock.ticks >= rotated_at - 0.001:
            new, began = rotate(server, keep=False), clock.ticks
        await flood(issuers, mint, 10, tenth)
        if new is not None:
            try:
                await issuers.identity_of(new.token())
                break
            except InvalidToken:
                pass
        clock.advance(0.1)

    assert clock.ticks - began <= COOL_DOWN + 0.001
    assert server.times_asked() <= 1 + clock.ticks / COOL_DOWN + 0.001


async def test_under_a_real_flood_on_a_real_clock_a_rotation_is_seen_within_five_seconds(
    http: httpx2.AsyncClient, server: IssuerServer
) -> None:
    mint = Mint(server.issuer(), now=time.time())
    async with open_issuers([OidcIssuer(issuer=mint.issuer)], http) as issuers:
        began = time.monotonic()
        await issuers.identity_of(mint.token())
        stop = asyncio.Event()

        async def keep_flooding(wave: int) -> None:
            while not stop.is_set():
                await flood(issuers, mint, 5, wave)
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as floods:
            for wave in range(4):
                floods.create_task(keep_flooding(wave))
            new = Mint(rotate(server).issuer, key_id="new", owner="rotated", now=time.time())
            async with asyncio.timeout(5):
                while True:
                    try:
                        await issuers.identity_of(new.token())
                        break
                    except InvalidToken:
                        await asyncio.sleep(0.01)
            stop.set()

        assert server.times_asked() <= 1 + (time.monotonic() - began) / COOL_DOWN


async def test_whoever_is_cancelled_leaves_the_fetch_to_the_others(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    with server.holding():
        first, second = (
            asyncio.create_task(issuers.identity_of(mint.token(sub=name))) for name in "ab"
        )
        await server.until_asked()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first

    assert (await second).subject == "b"
    assert server.times_asked() == 1


async def test_a_fetch_that_everyone_left_is_not_lost(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    with server.holding():
        alone = asyncio.create_task(issuers.identity_of(mint.token()))
        await server.until_asked()
        alone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await alone

    assert await issuers.identity_of(mint.token())
    assert server.times_asked() == 1


async def test_known_keys_do_not_wait_for_a_look_for_unknown_ones(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    await issuers.identity_of(mint.token())
    clock.advance(COOL_DOWN)

    with server.holding():
        made_up = mint.signed(mint.header(kid="made up"))
        looking = asyncio.create_task(refusal(issuers, made_up))
        await server.until_asked()
        assert await issuers.identity_of(mint.token())
        assert not looking.done()

    assert await looking == UNPUBLISHED


async def test_one_issuer_does_not_wait_for_another(
    server: IssuerServer, opening: Opening, mint: Mint
) -> None:
    server.keys["quarry"] = server.keys["harbor"]
    other = Mint(server.issuer("quarry"))
    async with opening(mint.issuer, other.issuer) as two:
        await two.identity_of(other.token())
        with server.holding():
            waiting = asyncio.create_task(two.identity_of(mint.token()))
            await server.until_asked()
            assert await two.identity_of(other.token())
            assert not waiting.done()
        assert await waiting
