"""Stored connections: encrypted, of one company, and seen by all processes."""

import pytest
from sqlalchemy import update

from adapters.store.connection_secrets import SECRETS
from adapters.store.engine import Database
from adapters.vault import Vault
from domain.erps import ErpTrouble, Trouble
from tests.adapters.vault.vaults import (
    HERE,
    KEY,
    NEXT_KEY,
    THERE,
    a_vault,
    another_vault,
    leased,
    renewing_to,
    settings_of,
)
from tests.builders import HARBOR, INTEGRATION
from tests.safety.canaries import Net, a_canary


async def trouble_of(vault: Vault, key: tuple[int, int] = HERE) -> str:
    with pytest.raises(ErpTrouble) as trouble:
        await vault.settings(key)
    assert trouble.value.trouble is Trouble.NOT_CONFIGURED
    return trouble.value.detail


async def test_what_is_stored_is_read_by_other_processes(books: Database) -> None:
    vault = a_vault(books)
    assert await vault.settings(HERE) is None

    await vault.put(HERE, {"token": "a"})

    async with another_vault(books) as other:
        assert settings_of(await other.settings(HERE)) == {"token": "a"}
        assert await other.settings(THERE) is None
    assert settings_of(await vault.settings(HERE)) == {"token": "a"}


async def test_no_secret_is_in_the_database_in_clear_nor_in_a_repr(books: Database) -> None:
    """I8."""
    vault, canaries = a_vault(books), {name: a_canary(name) for name in ("token", "url")}
    await vault.put(HERE, canaries)
    await vault.refreshed(HERE, renewing_to(canaries | {"more": canaries["token"]}))

    net = Net([("reprs", f"{await vault.settings(HERE)!r} {vault.__dict__!r} {vault!r}")])
    row = await leased(books)
    sealed = row["sealed"].decode("latin-1")
    net.catch("database", " ".join(str(value) for value in row.values()) + sealed)
    net.catch("secrets", repr(await vault.secrets.of(HARBOR)))
    assert net.leaks(canaries) == []


async def test_a_change_is_seen_by_those_who_run_once_their_settings_are_not_fresh(
    books: Database,
) -> None:
    async with another_vault(books, fresh_seconds=0) as running, another_vault(books) as not_yet:
        await (vault := a_vault(books)).put(HERE, {"token": "a"})
        assert settings_of(await running.settings(HERE)) == {"token": "a"}
        assert settings_of(await not_yet.settings(HERE)) == {"token": "a"}

        await vault.put(HERE, {"token": "b"})

        assert settings_of(await running.settings(HERE)) == {"token": "b"}
        assert settings_of(await not_yet.settings(HERE)) == {"token": "a"}
        await vault.secrets.remove(HERE)
        assert await running.settings(HERE) is None


async def test_a_row_of_another_company_does_not_open(books: Database) -> None:
    """I5."""
    vault = a_vault(books, fresh_seconds=0)
    await vault.put(HERE, {"token": "harbor's"})
    await vault.put(THERE, {"token": "quarry's"})
    theirs = await vault.secrets.find(THERE)
    assert theirs is not None
    async with books.writing() as connection:
        here = (SECRETS.c.company_id == HARBOR) & (SECRETS.c.integration_id == INTEGRATION)
        copied = {"sealed": theirs.sealed, "version": theirs.version}
        await connection.execute(update(SECRETS).where(here).values(copied))

    assert "another connection's" in await trouble_of(vault)
    with pytest.raises(ErpTrouble, match="another connection's"):
        await vault.refreshed(HERE, renewing_to({"token": "stolen"}))
    assert settings_of(await vault.settings(THERE)) == {"token": "quarry's"}


async def test_without_its_key_a_connection_is_not_configured(books: Database) -> None:
    await a_vault(books, KEY).put(HERE, {"token": "a"})

    assert "the key k1, which is not here" in await trouble_of(a_vault(books, NEXT_KEY))
    both = a_vault(books, NEXT_KEY, KEY)
    assert settings_of(await both.settings(HERE)) == {"token": "a"}
    await both.put(HERE, {"token": "b"})
    assert "the key k2, which is not here" in await trouble_of(a_vault(books, KEY))
