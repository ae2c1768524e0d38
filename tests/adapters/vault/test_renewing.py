"""Stored connections are renewed by one at a time, for all."""

import asyncio

import pytest

from adapters.store.engine import Database
from adapters.vault import Settings
from domain.erps import ErpTrouble, Trouble
from tests.adapters.vault.vaults import (
    HERE,
    PATIENCE,
    THERE,
    a_vault,
    another_vault,
    renewing_to,
    settings_of,
)
from tests.databases import connections_in_use


async def never(newest: Settings) -> Settings:
    raise AssertionError(f"renewed once too often: {newest}")


async def test_what_is_renewed_is_stored_for_all(books: Database) -> None:
    vault, seen = a_vault(books), list[Settings]()
    await vault.put(HERE, {"token": "a"})

    assert await vault.refreshed(HERE, renewing_to({"token": "b"}, seen)) == {"token": "b"}

    assert seen == [{"token": "a"}]
    assert settings_of(await vault.settings(HERE)) == {"token": "b"}
    assert settings_of(await a_vault(books).settings(HERE)) == {"token": "b"}
    assert await vault.refreshed(HERE, renewing_to({"token": "c"}, seen)) == {"token": "c"}
    assert seen == [{"token": "a"}, {"token": "b"}]


async def test_who_comes_after_another_process_has_theirs_without_asking(books: Database) -> None:
    await (vault := a_vault(books)).put(HERE, {"token": "a"})
    async with another_vault(books) as other:
        await other.settings(HERE)
        await vault.refreshed(HERE, renewing_to({"token": "b"}))

        assert await other.refreshed(HERE, never) == {"token": "b"}


async def test_who_says_what_they_used_has_the_newer_without_asking(books: Database) -> None:
    await (vault := a_vault(books)).put(HERE, {"token": "a"})
    await vault.refreshed(HERE, renewing_to({"token": "b"}))

    assert await vault.refreshed(HERE, never, used={"token": "a"}) == {"token": "b"}
    renew = renewing_to({"token": "c"})
    assert await vault.refreshed(HERE, renew, used={"token": "b"}) == {"token": "c"}


async def test_nobody_holds_a_connection_of_the_pool_while_the_erp_is_asked(
    books: Database,
) -> None:
    """I4."""
    await (vault := a_vault(books)).put(HERE, {"token": "a"})
    held: list[int] = []

    async def renew(newest: Settings) -> Settings:
        held.append(connections_in_use(books))
        await a_vault(books).put(THERE, {"token": "no writer is in the way"})
        return {"token": "b"}

    await vault.refreshed(HERE, renew)

    assert held == [0]


async def test_of_many_at_once_one_asks_in_whichever_process(books: Database) -> None:
    await a_vault(books).put(HERE, {"token": "a"})
    asked: list[Settings] = []
    go = asyncio.Event()

    async def renew(newest: Settings) -> Settings:
        asked.append(newest)
        go.set()
        await asyncio.sleep(0.3)  # for the others to come while it is under way
        return {"token": "b"}

    async with another_vault(books) as one, another_vault(books) as two:
        for vault in (one, two):
            await vault.settings(HERE)
        async with asyncio.timeout(PATIENCE):
            found = await asyncio.gather(*(v.refreshed(HERE, renew) for v in (one, two) * 5))

    assert (asked, found) == ([{"token": "a"}], [{"token": "b"}] * 10)


async def test_one_company_does_not_wait_for_another(books: Database) -> None:
    """I6."""
    vault = a_vault(books)
    await vault.put(HERE, {"token": "a"})
    await vault.put(THERE, {"token": "a"})
    began, go = asyncio.Event(), asyncio.Event()

    async def slow(newest: Settings) -> Settings:
        began.set()
        await go.wait()
        return {"token": "slow"}

    async with asyncio.timeout(PATIENCE):
        waiting = asyncio.create_task(vault.refreshed(HERE, slow))
        await began.wait()
        assert await vault.refreshed(THERE, renewing_to({"token": "b"})) == {"token": "b"}
        go.set()
        assert await waiting == {"token": "slow"}


async def test_a_renewal_goes_on_when_nobody_waits_for_it_any_more(books: Database) -> None:
    """The ERP may have ended the old token already: the new one must not be lost."""
    await (vault := a_vault(books)).put(HERE, {"token": "a"})
    began, go = asyncio.Event(), asyncio.Event()

    async def renew(newest: Settings) -> Settings:
        began.set()
        await go.wait()
        return {"token": "b"}

    async with asyncio.timeout(PATIENCE):
        asking = asyncio.create_task(vault.refreshed(HERE, renew))
        await began.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        go.set()
        await vault.aclose()

    assert settings_of(await a_vault(books).settings(HERE)) == {"token": "b"}


async def test_who_cannot_renew_leaves_all_as_it_was_and_the_next_may_try(
    books: Database,
) -> None:
    await (vault := a_vault(books)).put(HERE, {"token": "a"})

    async def revoked(newest: Settings) -> Settings:
        raise ErpTrouble(Trouble.UNAUTHORIZED, "the ERP wants this connection to be made anew")

    with pytest.raises(ErpTrouble, match="made anew"):
        await vault.refreshed(HERE, revoked)

    async with another_vault(books) as other, asyncio.timeout(PATIENCE):
        assert settings_of(await other.settings(HERE)) == {"token": "a"}
        assert await other.refreshed(HERE, renewing_to({"token": "b"})) == {"token": "b"}


async def test_an_erp_that_does_not_answer_is_trouble(books: Database) -> None:
    """I6."""
    await (vault := a_vault(books, renewal_seconds=0.05)).put(HERE, {"token": "a"})

    async def silent(newest: Settings) -> Settings:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(ErpTrouble, match="not renewed within") as trouble:
        await vault.refreshed(HERE, silent)
    assert trouble.value.trouble is Trouble.TIMEOUT
    assert await vault.refreshed(HERE, renewing_to({"token": "b"})) == {"token": "b"}


async def test_what_an_operator_stores_meanwhile_is_kept(books: Database) -> None:
    vault, operator = a_vault(books), a_vault(books)
    await vault.put(HERE, {"token": "a"})

    async def renew(newest: Settings) -> Settings:
        await operator.put(HERE, {"token": "the operator's"})
        return {"token": "b"}

    assert await vault.refreshed(HERE, renew) == {"token": "the operator's"}
    assert settings_of(await a_vault(books).settings(HERE)) == {"token": "the operator's"}


async def test_what_is_removed_meanwhile_stays_removed(books: Database) -> None:
    vault = a_vault(books)
    await vault.put(HERE, {"token": "a"})

    async def renew(newest: Settings) -> Settings:
        await vault.secrets.remove(HERE)
        return {"token": "b"}

    with pytest.raises(ErpTrouble, match="connections add"):
        await vault.refreshed(HERE, renew)
    assert await a_vault(books).settings(HERE) is None


async def test_what_is_not_stored_cannot_be_renewed(books: Database) -> None:
    with pytest.raises(ErpTrouble, match="connections add") as trouble:
        await a_vault(books).refreshed(HERE, never)
    assert trouble.value.trouble is Trouble.NOT_CONFIGURED
