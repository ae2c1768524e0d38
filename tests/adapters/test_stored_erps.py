"""Which settings a connection is made with: the stored ones first, and never the wrong ones."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps
from adapters.secret_keys import Keyring, SecretKey
from adapters.store.connection_secrets import SqlConnectionSecrets
from adapters.store.engine import Database
from adapters.stored_erps import StoredErps
from adapters.vault import Settings, Vault
from domain.erps import ErpIntegration, ErpName, ErpTrouble, RecordId, Trouble
from tests.builders import HARBOR, INTEGRATION, a_directory, an_integration, bring_in

KEY = SecretKey("k1", b"1" * 32)
HERE = (HARBOR, INTEGRATION)
TRYTON = {"url": "http://tryton.example/books", "key": "told-secret", "company": "1"}


@pytest.fixture
async def heard() -> list[str]:
    """The keys that the ERP was asked with."""
    return []


@pytest.fixture
async def erps(database: Database, tmp_path: Path, heard: list[str]) -> AsyncIterator[StoredErps]:
    """With a connection that the environment tells, and an ERP that holds no bills."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        heard.append(request.headers["Authorization"].removeprefix("bearer "))
        return httpx2.Response(200, json=[])

    await bring_in(database, a_directory([], integration={"erp": "tryton"}))
    vault = Vault(SqlConnectionSecrets(database), Keyring([KEY]), fresh_seconds=0)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        told = ConfiguredErps(Around(http, tmp_path), {f"{HARBOR}/{INTEGRATION}": TRYTON})
        yield StoredErps(told, vault)


def integration() -> ErpIntegration:
    return an_integration(erp=ErpName("tryton"))


async def ask(erps: StoredErps) -> None:
    await erps.of(integration()).look_up([RecordId("1")])


async def test_what_is_stored_wins_over_what_the_environment_tells(
    erps: StoredErps, heard: list[str]
) -> None:
    await ask(erps)
    await erps.vault.put(HERE, TRYTON | {"key": "stored"})
    await ask(erps)
    await erps.of(integration()).choose_canary()

    assert set(heard) == {"told-secret", "stored"}
    assert heard[-1] == "stored"


async def test_a_change_is_followed_without_a_restart(
    erps: StoredErps, heard: list[str], database: Database
) -> None:
    elsewhere = Vault(SqlConnectionSecrets(database), Keyring([KEY]))
    erp = erps.of(integration())
    for key in ("one", "two", "three"):
        await elsewhere.put(HERE, TRYTON | {"key": key})
        await erp.choose_canary()
    await elsewhere.secrets.remove(HERE)
    await erp.choose_canary()

    assert heard == ["one", "two", "three", "told-secret"]


async def test_a_renewal_leaves_the_connection_as_it_is(erps: StoredErps, heard: list[str]) -> None:
    """It knows the newest settings, and what it learned of the ERP must not be forgotten."""
    await erps.vault.put(HERE, TRYTON | {"key": "one"})
    before = await erps.connected(integration())

    async def renew(newest: Settings) -> Settings:
        return {**newest, "key": "two"}

    await erps.vault.refreshed(HERE, renew)
    assert await erps.connected(integration()) is before

    await erps.vault.put(HERE, TRYTON | {"key": "one"})
    assert await erps.connected(integration()) is not before


async def test_what_cannot_be_decrypted_is_trouble_and_not_the_environments(
    erps: StoredErps, heard: list[str], database: Database
) -> None:
    other = Vault(SqlConnectionSecrets(database), Keyring([SecretKey("k2", b"2" * 32)]))
    await other.put(HERE, TRYTON)

    with pytest.raises(ErpTrouble) as trouble:
        await ask(erps)

    assert trouble.value.trouble is Trouble.NOT_CONFIGURED
    assert heard == []


async def test_settings_that_do_not_do_are_trouble_when_the_erp_is_asked(
    erps: StoredErps, heard: list[str]
) -> None:
    await erps.vault.put(HERE, {"key": "alone"})

    with pytest.raises(ErpTrouble, match="url, company"):
        await ask(erps)
    assert heard == []


async def test_no_setting_is_in_a_repr(erps: StoredErps) -> None:
    """I8."""
    await erps.vault.put(HERE, TRYTON | {"key": "stored-secret"})
    await erps.of(integration()).choose_canary()

    said = f"{erps!r} {erps.of(integration())!r} {erps.told!r}"
    assert "-secret" not in said
