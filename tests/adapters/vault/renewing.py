"""A process that renews a connection's credentials when it is told to, and tells what it has."""

import asyncio
import sys

import httpx2

from adapters.secret_keys import Keyring, keys_in
from adapters.store.connection_secrets import SqlConnectionSecrets
from adapters.store.engine import open_database
from adapters.vault import Settings, Vault
from tests.builders import HARBOR, INTEGRATION


async def renew(settings: Settings) -> Settings:
    """Ask the ERP for the next token, which ends the one before."""
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.post(settings["url"], content=settings["token"])
    answer.raise_for_status()
    return {**settings, "token": answer.text}


async def main(url: str, keys: str, lease_seconds: str) -> None:
    database = open_database(url)
    secrets = SqlConnectionSecrets(database)
    vault = Vault(secrets, Keyring(keys_in(keys)), lease_seconds=float(lease_seconds))
    held = await vault.settings((HARBOR, INTEGRATION))
    print("known", held is not None, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    settings = await vault.refreshed((HARBOR, INTEGRATION), renew)
    print(settings["token"], flush=True)
    await database.engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
