"""Stored connections: encrypted, seen by all processes, and renewed by one of them at a time."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from adapters.secret_keys import Keyring, SecretKey
from adapters.store.connection_secrets import SECRETS, SqlConnectionSecrets
from adapters.store.engine import Database, open_database
from adapters.vault import Held, Settings, Vault
from domain.erps import ErpTrouble, Trouble
from tests.builders import HARBOR, INTEGRATION, QUARRY, a_directory, a_person, bring_in
from tests.databases import connections_in_use
from tests.safety.canaries import Net, a_canary
from tests.safety.processes import ROOT, environment

HERE, THERE = (HARBOR, INTEGRATION), (QUARRY, INTEGRATION)
KEY, NEXT_KEY = SecretKey("k1", b"1" * 32), SecretKey("k2", b"2" * 32)
PATIENCE = 60


@pytest.fixture
async def books(database: Database) -> Database:
    """Two companies with an integration of the same id."""
    for company in (HARBOR, QUARRY):
        await bring_in(database, a_directory([a_person("ada")], company))
    return database


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


def renewing_to(settings: Settings, seen: list[Settings] | None = None) -> Any:
    async def renew(newest: Settings) -> Settings:
        if seen is not None:
            seen.append(newest)
        return settings

    return renew


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


class TokenErp:
    """An ERP whose tokens are good for one renewal: who asks with an older one is locked out."""

    def __init__(self) -> None:
        self.number = 0
        self.refused = 0
        self.is_deaf = False
        self.heard = Event()
        self.ending = Event()
        self._turn = Lock()

    def renewed(self, token: str) -> str | None:
        if self.is_deaf:
            self.heard.set()
            self.ending.wait(PATIENCE)
            return None
        with self._turn:
            if token != f"token {self.number}":
                self.refused += 1
                return None
            self.number += 1
            return f"token {self.number}"


@contextmanager
def token_erp() -> Iterator[tuple[TokenErp, str]]:
    erp = TokenErp()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = erp.renewed(sent)
            with suppress(OSError):
                self.send_response(200 if token else 401)
                self.end_headers()
                self.wfile.write((token or "").encode())

        def log_message(self, *words: Any) -> None:
            """Not to the tests' own output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield erp, f"http://127.0.0.1:{server.server_port}/"
        erp.ending.set()
        server.shutdown()


@asynccontextmanager
async def renewing(
    database: Database, count: int, lease: float = 30
) -> AsyncIterator[list[Process]]:
    """Processes that have read the settings, and renew them when they are told a line."""
    url = database.engine.url.render_as_string(False)
    command = [sys.executable, "-m", "tests.adapters.renewing", url, KEY.reveal(), str(lease)]
    started = [
        await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, cwd=ROOT, env=environment()
        )
        for _ in range(count)
    ]
    try:
        for each in started:
            assert await line(each) == "known True"
        yield started
    finally:
        for each in started:
            if each.returncode is None:
                each.kill()
            await each.wait()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")


async def test_of_several_processes_at_once_one_asks_and_all_have_what_it_got(
    books: Database,
) -> None:
    with token_erp() as (erp, url):
        await a_vault(books).put(HERE, {"url": url, "token": "token 0"})
        async with asyncio.timeout(PATIENCE), renewing(books, 4) as processes:
            for each in processes:
                go(each)
            told = [await line(each) for each in processes]

    assert (told, erp.number, erp.refused) == (["token 1"] * 4, 1, 0)


async def test_a_process_that_dies_while_it_renews_is_waited_for_and_then_replaced(
    books: Database,
) -> None:
    """I7."""
    with token_erp() as (erp, url):
        await a_vault(books).put(HERE, {"url": url, "token": "token 0"})
        async with asyncio.timeout(PATIENCE), renewing(books, 2, lease=2) as (dying, heir):
            erp.is_deaf = True
            go(dying)
            assert await asyncio.to_thread(erp.heard.wait, PATIENCE)
            dying.kill()
            await dying.wait()
            left_behind = await leased(books)
            erp.is_deaf = False
            go(heir)
            told = await line(heir)

    assert left_behind["lease_holder"] is not None
    assert (told, erp.number, erp.refused) == ("token 1", 1, 0)
    assert settings_of(await a_vault(books).settings(HERE)) == {"url": url, "token": "token 1"}
    assert (await leased(books))["lease_holder"] is None


async def leased(database: Database) -> Mapping[str, Any]:
    here = (SECRETS.c.company_id == HARBOR) & (SECRETS.c.integration_id == INTEGRATION)
    async with database.reading() as connection:
        row = (await connection.execute(select(SECRETS).where(here))).mappings().one()
    return dict(row)
