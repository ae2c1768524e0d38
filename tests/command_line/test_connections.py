"""`erp-link connections`: what it stores, shows, checks and deletes; and it tells no secret."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from adapters.secret_keys import Keyring, SecretKey
from adapters.store.connection_secrets import SECRETS, SqlConnectionSecrets
from adapters.store.engine import Database, open_database
from adapters.vault import Settings, Vault
from command_line.commands import app
from tests.builders import HARBOR, INTEGRATION, QUARRY, a_directory, bring_in
from tests.databases import run_apart
from tests.servers.processes import free_port

Command = Callable[..., Result]
OLD, NEW = SecretKey("2026-01", b"o" * 32), SecretKey("2026-10", b"n" * 32)
HERE = ("--company", HARBOR, "--integration", INTEGRATION)
THERE = ("--company", QUARRY, "--integration", INTEGRATION)
NAME = f"{HARBOR}/{INTEGRATION} Harbor ledger (tryton)"
SECRET = "canarykey5f0c2d7a"
TRYTON = {"url": "https://tryton.example/books", "key": SECRET, "company": "1"}


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line over the directories of two companies that have a Tryton each."""

    async def fill(database: Database) -> None:
        for company_id in (HARBOR, QUARRY):
            await bring_in(database, a_directory([], company_id, {"erp": "tryton"}))

    with_database(database_url, fill)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERP_LINK_DATABASE_URL", database_url)
    monkeypatch.setenv("ERP_LINK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", OLD.reveal())

    def run(*arguments: object, typed: str | None = None) -> Result:
        words = ["connections", *map(str, arguments)]
        ended = CliRunner().invoke(app, words, input=typed, catch_exceptions=False)
        assert SECRET not in ended.output
        return ended

    return run


def with_database(url: str, work: Callable[[Database], Any]) -> Any:
    async def opened() -> Any:
        database = open_database(url)
        found = await work(database)
        await database.engine.dispose()
        return found

    return run_apart(opened())


def stored(url: str, *keys: SecretKey, company: int = HARBOR) -> Settings | None:
    """What a service with these keys finds."""

    async def find(database: Database) -> Settings | None:
        vault = Vault(SqlConnectionSecrets(database), Keyring(keys))
        held = await vault.settings((company, INTEGRATION))
        return None if held is None else held.settings

    found: Settings | None = with_database(url, find)
    return found


def done(ended: Result) -> str:
    assert (ended.exit_code, ended.stderr) == (0, ""), ended.output
    return ended.stdout


def refusal(ended: Result) -> str:
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("erp-link: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("erp-link: ")


def listed(command: Command, *arguments: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(command("list", "--json", *arguments)))
    return found


def test_add_stores_settings_from_standard_input(command: Command, database_url: str) -> None:
    for more in ((), ("--settings", "-")):
        said = done(command("add", *HERE, *more, typed=json.dumps(TRYTON)))

        assert said == f"{NAME}: stored. Now run `erp-link connections check`.\n"
        assert stored(database_url, OLD) == TRYTON
        assert stored(database_url, OLD, company=QUARRY) is None


def test_add_stores_settings_from_a_file_in_place_of_the_old_ones(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    done(command("add", *HERE, typed=json.dumps(TRYTON | {"company": "2"})))
    (tmp_path / "tryton.json").write_text(json.dumps(TRYTON))

    done(command("add", *HERE, "--settings", "tryton.json"))

    assert stored(database_url, OLD) == TRYTON


@pytest.mark.parametrize(
    "typed",
    [
        "",
        SECRET,
        f'{{"key": "{SECRET}"',
        json.dumps([SECRET]),
        json.dumps({"key": [SECRET]}),
        json.dumps({"key": 1, "other": SECRET}),
        json.dumps({f"{SECRET} ": "x"}),
        "[" * 60_000,
        " " * 70_000,
    ],
)
def test_add_refuses_what_are_no_settings_and_does_not_repeat_it(
    command: Command, database_url: str, typed: str
) -> None:
    """I8."""
    assert "setting" in refusal(command("add", *HERE, typed=typed))
    assert stored(database_url, OLD) is None


def test_add_refuses_settings_that_the_erp_cannot_be_reached_with(
    command: Command, database_url: str
) -> None:
    told = refusal(command("add", *HERE, typed=json.dumps({"key": SECRET})))

    assert "missing or unusable in the connection to Tryton: url, company" in told
    assert stored(database_url, OLD) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--company", HARBOR, "--integration", 99), f"company {HARBOR} has no ERP integration 99"),
        (("--company", 99, "--integration", INTEGRATION), "company 99 is not known"),
        ((*HERE, "--settings", "nowhere.json"), "No such file or directory (nowhere.json)"),
    ],
)
def test_add_and_remove_refuse_in_one_line(
    command: Command, arguments: tuple[object, ...], told: str
) -> None:
    assert told in refusal(command("add", *arguments, typed=json.dumps(TRYTON)))


def test_add_without_a_key_says_what_to_set(
    command: Command, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.delenv("ERP_LINK_SECRET_KEYS")

    assert "ERP_LINK_SECRET_KEYS" in refusal(command("add", *HERE, typed=json.dumps(TRYTON)))
    assert stored(database_url, OLD) is None


def test_no_command_takes_a_setting_as_an_argument(command: Command) -> None:
    assert command("add", *HERE, "url=https://x").exit_code == 2
    assert command("add", *HERE, "--key", "x").exit_code == 2


def test_list_tells_where_settings_are_from_and_none_of_them(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [each["settingsFrom"] for each in listed(command)] == [None, None]
    there = f"{QUARRY}/{INTEGRATION}"
    monkeypatch.setenv("ERP_LINK_CONNECTIONS", json.dumps({there: TRYTON}))
    done(command("add", *HERE, typed=json.dumps(TRYTON)))

    mine, theirs = listed(command)
    assert mine.pop("changedAt") is not None
    assert mine == {
        "companyId": HARBOR,
        "id": INTEGRATION,
        "name": "Harbor ledger",
        "erp": "tryton",
        "settingsFrom": "stored",
        "keyId": OLD.id,
        "trouble": None,
    }
    assert (theirs["settingsFrom"], theirs["keyId"]) == ("environment", None)
    assert listed(command, "--company", QUARRY) == [theirs]
    text = done(command("list"))
    assert NAME in text
    assert "encrypted with the key 2026-01" in text
    assert "ERP_LINK_CONNECTIONS" in text


def test_list_tells_what_cannot_be_decrypted(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(command("add", *HERE, typed=json.dumps(TRYTON)))
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", NEW.reveal())

    assert "the key 2026-01, which is not here" in listed(command)[0]["trouble"]
    assert "the key 2026-01, which is not here" in done(command("list"))


def test_rotate_encrypts_everything_with_the_newest_key(
    command: Command, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (HERE, THERE):
        done(command("add", *where, typed=json.dumps(TRYTON)))
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", f"{NEW.reveal()},{OLD.reveal()}")

    said = done(command("rotate"))

    assert said == "2 of 2 connections were encrypted anew now, with the key 2026-10.\n"
    for company in (HARBOR, QUARRY):
        assert stored(database_url, NEW, company=company) == TRYTON
    assert done(command("rotate")).startswith("0 of 2")


def test_rotate_tells_what_it_could_not_open_and_does_the_rest(
    command: Command, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(command("add", *HERE, typed=json.dumps(TRYTON)))
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", NEW.reveal())
    done(command("add", *THERE, typed=json.dumps(TRYTON)))
    newest = SecretKey("2026-11", b"m" * 32)
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", f"{newest.reveal()},{NEW.reveal()}")

    ended = command("rotate")

    assert ended.exit_code == 1
    assert f"{HARBOR}/{INTEGRATION}: its secrets are encrypted with the key 2026-01" in ended.stdout
    assert "1 of 2 connections" in ended.stdout
    assert stored(database_url, newest, company=QUARRY) == TRYTON
    assert stored(database_url, OLD) == TRYTON


def test_rotate_of_nothing_makes_nothing(command: Command) -> None:
    assert done(command("rotate")) == "0 of 0 connections were encrypted anew.\n"


def test_remove_deletes(
    command: Command, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (HERE, THERE):
        done(command("add", *where, typed=json.dumps(TRYTON)))

    assert "who runs asks the ERP no more" in done(command("remove", *HERE))

    assert stored(database_url, OLD) is None
    assert stored(database_url, OLD, company=QUARRY) == TRYTON
    assert "nothing is stored" in refusal(command("remove", *HERE))
    there = f"{QUARRY}/{INTEGRATION}"
    monkeypatch.setenv("ERP_LINK_CONNECTIONS", json.dumps({there: TRYTON}))
    assert "ERP_LINK_CONNECTIONS says of it counts again" in done(command("remove", *THERE))


@contextmanager
def answering(status: int, body: str = "[]", kind: str = "application/json") -> Iterator[str]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: Any) -> None:
            """Not to the tests' own output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/books"
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401,), "its token or key is not accepted (unauthorized: "),
        ((400,), "its user has no right to read bills (forbidden: "),
        ((403,), "its user has no right to read bills (forbidden: "),
        ((200,), "it is another tenant or company there, or its user cannot see the bills"),
        ((429,), "the ERP wants fewer requests"),
        ((500,), "the ERP has a problem of its own"),
        ((200, "<p>", "text/html"), "its host does not answer as this ERP does"),
    ],
)
def test_check_names_what_is_wrong(command: Command, answer: tuple[Any, ...], told: str) -> None:
    with answering(*answer) as url:
        done(command("add", *HERE, typed=json.dumps(TRYTON | {"url": url})))
        ended = command("check", "--company", HARBOR)

    assert (ended.exit_code, ended.stderr) == (1, "")
    assert ended.stdout.startswith(f"{NAME}: {told}")
    assert ended.stdout.count("\n") == 1


def test_check_names_a_host_that_is_not_there(command: Command) -> None:
    url = f"http://127.0.0.1:{free_port()}/books"
    done(command("add", *HERE, typed=json.dumps(TRYTON | {"url": url})))

    ended = command("check", "--company", HARBOR)

    assert ended.exit_code == 1
    assert ended.stdout.startswith(f"{NAME}: its host cannot be reached (unreachable: ")


def test_check_names_settings_that_are_missing_or_moved(
    command: Command, database_url: str
) -> None:
    ended = command("check", "--company", HARBOR)
    assert ended.exit_code == 1
    assert f"{NAME}: its settings cannot be used (not_configured: missing" in ended.stdout
    for where in (HERE, THERE):
        done(command("add", *where, typed=json.dumps(TRYTON)))

    async def copy(database: Database) -> None:
        theirs = await SqlConnectionSecrets(database).find((QUARRY, INTEGRATION))
        assert theirs is not None
        async with database.writing() as connection:
            here = (SECRETS.c.company_id == HARBOR) & (SECRETS.c.integration_id == INTEGRATION)
            await connection.execute(update(SECRETS).where(here).values(sealed=theirs.sealed))

    with_database(database_url, copy)

    ended = command("check", "--company", HARBOR)
    assert ended.exit_code == 1
    assert "its stored secrets do not open with the key 2026-01" in ended.stdout


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_embedded_default_has_a_key_of_its_own_and_rotates_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ERP_LINK_DATABASE_URL", "ERP_LINK_SECRET_KEYS"):
        monkeypatch.delenv(name)

    done(command("add", *HERE, typed=json.dumps(TRYTON)))

    path = tmp_path / "secret-keys"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "1 of 1" in done(command("rotate"))
    new, old = listed(command)[0]["keyId"], path.read_text().split()[1].partition(":")[0]
    assert path.read_text().split()[0].startswith(f"{new}:")
    assert new != old
    path.unlink()
    assert f"the key {new}, which is not here" in listed(command)[0]["trouble"]
