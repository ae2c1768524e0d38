"""`erp-link connections` for an ERP whose agent asks us: its .qwc file, and when it was here."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from adapters.secret_keys import SecretKey
from adapters.store.agents import SqlAgentSessions
from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.web_connector.qwc import OWNER_ID
from command_line.commands import app
from tests.builders import HARBOR, INTEGRATION, QUARRY, a_directory, bring_in
from tests.databases import run_apart

Command = Callable[..., Result]
HERE = ("--company", HARBOR, "--integration", INTEGRATION)
NAME = f"{HARBOR}/{INTEGRATION} Harbor ledger (quickbooks_desktop)"
PASSWORD = "a-password-of-the-web-connector"
SETTINGS = {"password": PASSWORD, "company_file": r"C:\Books\Harbor Builders.qbw"}
CALLED = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line over a company with a QuickBooks Desktop, and one with a Tryton."""

    async def fill(database: Database) -> None:
        await bring_in(database, a_directory([], HARBOR, {"erp": "quickbooks_desktop"}))
        await bring_in(database, a_directory([], QUARRY, {"erp": "tryton"}))

    with_database(database_url, fill)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERP_LINK_DATABASE_URL", database_url)
    monkeypatch.setenv("ERP_LINK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ERP_LINK_SECRET_KEYS", SecretKey("2026-01", b"o" * 32).reveal())

    def run(*arguments: object, typed: str | None = None) -> Result:
        words = ["connections", *map(str, arguments)]
        ended = CliRunner().invoke(app, words, input=typed, catch_exceptions=False)
        assert PASSWORD not in ended.output
        return ended

    run("add", *HERE, typed=json.dumps(SETTINGS))
    return run


def with_database(url: str, work: Callable[[Database], Awaitable[object]]) -> None:
    async def opened() -> None:
        database = open_database(url)
        await work(database)
        await database.engine.dispose()

    run_apart(opened())


def qwc(command: Command, *more: object) -> dict[str, str]:
    """What the file says, by tag."""
    ended = command("qwc", *HERE, "--url", "https://erp-link.example", *more)
    assert (ended.exit_code, ended.stderr) == (0, "")
    root = etree.fromstring(ended.stdout.encode())
    assert root.tag == "QBWCXML"
    return {str(each.tag): each.text or "" for each in root.iter() if not len(each)}


def test_the_qwc_file_says_where_and_who_and_no_password(command: Command) -> None:
    told = qwc(command, "--every", 15)

    assert told["AppURL"] == "https://erp-link.example/web-connector"
    assert told["AppSupport"].startswith("https://erp-link.example/")
    assert told["UserName"] == f"{HARBOR}-{INTEGRATION}"
    assert told["QBType"] == "QBFS"
    assert told["RunEveryNMinutes"] == "15"
    assert {"AppName", "AppID", "AppDescription"} <= told.keys()
    assert len(told["AppDescription"]) <= 80


def test_the_ids_of_the_qwc_file_are_guids_and_stay(command: Command) -> None:
    """They are kept in the company file: another one would be another application there."""
    first, second = qwc(command), qwc(command)

    for tag in ("OwnerID", "FileID"):
        assert first[tag] == second[tag]
        assert re.fullmatch(r"\{[0-9a-f-]{36}\}", first[tag])
    assert UUID(first["OwnerID"]) == OWNER_ID
    assert first["OwnerID"] == "{ffef4e44-f341-4059-87e1-58eebb077d0c}"
    assert first["FileID"] == "{d797432b-9feb-5429-ad2e-ac9b4a286f02}"


def test_the_qwc_file_is_written_where_it_is_asked_for(command: Command, tmp_path: Path) -> None:
    ended = command("qwc", *HERE, "--url", "http://localhost:8000/", "--file", "harbor.qwc")

    assert ended.stdout.startswith(f"{NAME}: written to harbor.qwc.")
    assert b"<AppURL>http://localhost:8000/web-connector<" in (tmp_path / "harbor.qwc").read_bytes()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://erp-link.example", "use https"),
        ("http://127.0.0.1:8000", "use https"),
        ("ftp://erp-link.example", "must begin with https"),
        ("erp-link.example", "a scheme, a host"),
        ("https://", "must begin with https"),
        ("https://erp-link.example/graphql", "a scheme, a host"),
        ("https://user:word@erp-link.example", "a scheme, a host"),
        ("https://erp-link.example?x=1", "a scheme, a host"),
        ("https://erp-link.example:99999", "no URL"),
        ("https://[x", "no URL"),
    ],
)
def test_the_web_connector_is_sent_to_no_other_address(
    command: Command, url: str, told: str
) -> None:
    ended = command("qwc", *HERE, "--url", url)

    assert ended.exit_code == 1
    assert ended.stderr.startswith("erp-link: --url ")
    assert told in ended.stderr


def test_there_is_a_qwc_file_of_quickbooks_desktop_alone(command: Command) -> None:
    there = ("--company", QUARRY, "--integration", INTEGRATION)

    assert "no QuickBooks Desktop" in command("qwc", *there, "--url", "https://x.example").stderr


def test_there_is_no_qwc_file_of_what_is_not_connected(command: Command) -> None:
    command("remove", *HERE)

    told = command("qwc", *HERE, "--url", "https://x.example").stderr

    assert "missing or unusable in the connection to QuickBooks Desktop: password" in told


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "too-short"},
        {"password": "with a space in it, alas"},
        {"password": "x" * 200},
        {"company_file": "Harbor Builders.qbw"},
        {"company_file": "/books/harbor.qbw"},
        {"company_file": ""},
        {"company_file": "C:\\Books\\a\nb.qbw"},
    ],
    ids=str,
)
def test_add_refuses_what_no_connection_can_be_made_with(
    command: Command, wrong: dict[str, str]
) -> None:
    ended = command("add", *HERE, typed=json.dumps(SETTINGS | wrong))

    assert ended.exit_code == 1
    assert f"missing or unusable in the connection to QuickBooks Desktop: {next(iter(wrong))}" in (
        ended.stderr
    )


def test_add_takes_a_share(command: Command) -> None:
    share = {"company_file": r"\\SERVER\Books\Harbor Builders.qbw"}

    assert command("add", *HERE, typed=json.dumps(SETTINGS | share)).exit_code == 0


def test_check_tells_when_the_agent_was_here(command: Command, database_url: str) -> None:
    def check(*more: str) -> tuple[int, str]:
        ended = command("check", "--company", HARBOR, *more)
        return ended.exit_code, ended.stdout.removeprefix(f"{NAME}: ").strip()

    assert check() == (1, "its agent has never called: is it set up as docs/erps.md says?")

    visited(database_url, None)
    called = "its agent called last on 2026-11-28T09:30:00+00:00"
    choosing = f"{called}; its next visit chooses a record that must be visible"
    assert check() == (0, choosing)

    visited(database_url, "QuickBooks cannot be opened (0x80040408).")
    assert check() == (1, f"{called}: QuickBooks cannot be opened (0x80040408).")


def test_a_new_canary_is_chosen_by_the_next_visit(command: Command, database_url: str) -> None:
    visited(database_url, None)

    ended = command("check", "--company", HARBOR, "--new-canary")

    assert "its next visit chooses a record" in ended.stdout


def visited(url: str, trouble: str | None) -> None:
    async def visit(database: Database) -> None:
        (integration,) = await SqlInvoiceStore(database).integrations(HARBOR)
        sessions, until = SqlAgentSessions(database), CALLED + timedelta(minutes=1)
        await sessions.open(integration, "a ticket", CALLED, until)
        session = await sessions.find(HARBOR, INTEGRATION, "a ticket", CALLED)
        assert session is not None
        await sessions.tell(session, "a ticket", trouble)

    with_database(url, visit)
