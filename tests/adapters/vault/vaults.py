"""The vault of a process, and what the database holds for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from adapters.secret_keys import Keyring, SecretKey
from adapters.store.connection_secrets import SECRETS, SqlConnectionSecrets
from adapters.store.engine import Database, open_database
from adapters.vault import Held, Settings, Vault
from tests.builders import HARBOR, INTEGRATION, QUARRY

HERE, THERE = (HARBOR, INTEGRATION), (QUARRY, INTEGRATION)
KEY, NEXT_KEY = SecretKey("k1", b"1" * 32), SecretKey("k2", b"2" * 32)
PATIENCE = 60


def a_vault(database: Database, *keys: SecretKey, **but: float) -> Vault:
    return Vault(SqlConnectionSecrets(database), Keyring(keys or [KEY]), **but)


@asynccontextmanager
async def another_vault(database: Database, *keys: SecretKey, **but: float) -> AsyncIterator[Vault]:
    """That of another process: with an engine of its own."""
    opened = open_database(database.engine.url.render_as_string(False))
    vault = a_vault(opened, *keys, **but)
    yield vault
    await vault.aclose()
    await opened.engine.dispose()


def settings_of(held: Held | None) -> Settings | None:
    return None if held is None else held.settings


def renewing_to(settings: Settings, seen: list[Settings] | None = None) -> Any:
    async def renew(newest: Settings) -> Settings:
        if seen is not None:
            seen.append(newest)
        return settings

    return renew


async def leased(database: Database) -> Mapping[str, Any]:
    here = (SECRETS.c.company_id == HARBOR) & (SECRETS.c.integration_id == INTEGRATION)
    async with database.reading() as connection:
        row = (await connection.execute(select(SECRETS).where(here))).mappings().one()
    return dict(row)
