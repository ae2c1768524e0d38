"""`erp-link tokens`: what it prints, what it refuses, and that it prints a token only once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters.machine_tokens import TokenText, public_id, read_token
from adapters.store.engine import open_database
from command_line.commands import app
from tests.builders import DOCKS, HARBOR, QUARRY, a_directory, bring_in
from tests.databases import run_apart

Command = Callable[..., Result]
READ = ("--company", HARBOR, "--name", "nightly export", "--scope", "read")


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line over the directories of two companies."""

    async def fill() -> None:
        database = open_database(database_url)
        for company_id in (HARBOR, QUARRY):
            await bring_in(database, a_directory([], company_id))
        await database.engine.dispose()

    run_apart(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERP_LINK_DATABASE_URL", database_url)
    monkeypatch.setenv("ERP_LINK_DATA_DIR", str(tmp_path))

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["tokens", *map(str, arguments)], catch_exceptions=False)

    return run


def made(command: Command, *arguments: object) -> TokenText:
    """The one thing that `create` prints."""
    ended = command("create", *arguments)
    assert ended.exit_code == 0, ended.output
    assert ended.stderr == ""
    assert ended.stdout.count("\n") == 1
    return read_token(ended.stdout.removesuffix("\n"))


def listed(command: Command, *arguments: object) -> list[dict[str, Any]]:
    ended = command("list", "--json", *arguments)
    assert (ended.exit_code, ended.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def refusal(command: Command, *arguments: object) -> str:
    """The one line that says what to do; nothing was printed that a script could take."""
    ended = command(*arguments)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("erp-link: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("erp-link: ").removesuffix("\n")


def test_create_prints_a_token_and_list_never_does(command: Command) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    token = made(command, *READ)

    [found] = listed(command)
    assert before <= datetime.fromisoformat(found.pop("createdAt")) <= datetime.now(UTC)
    assert found == {
        "id": public_id(HARBOR, token.id),
        "companyId": HARBOR,
        "name": "nightly export",
        "scopes": ["read"],
        "expiresAt": None,
        "lastUsedAt": None,
        "revokedAt": None,
    }
    for shown in (command("list").output, command("list", "--json").output):
        assert token.secret not in shown
        assert token.digest().hex() not in shown


def test_list_as_text_is_for_people(command: Command) -> None:
    assert command("list").stdout == "There are no machine tokens.\n"

    token = made(command, *READ, "--scope", "unlink", "--project", DOCKS)

    lines = command("list").stdout.splitlines()
    assert lines[0] == f"{HARBOR}_{token.id}  nightly export"
    assert "  scopes     read, unlink" in lines
    assert "  expires    never" in lines
    assert "  last used  not yet" in lines
    assert "  revoked    no" in lines


def test_list_shows_one_companys_or_all(command: Command) -> None:
    harbors = made(command, *READ)
    quarrys = made(command, "--company", QUARRY, "--name", "export", "--scope", "read")

    ids = [each["id"] for each in listed(command)]
    assert ids == [public_id(HARBOR, harbors.id), public_id(QUARRY, quarrys.id)]
    assert [each["companyId"] for each in listed(command, "--company", QUARRY)] == [QUARRY]
    assert listed(command, "--company", 999) == []


@pytest.mark.parametrize(
    ("lifetime", "expected"),
    [("90d", timedelta(days=90)), ("12h", timedelta(hours=12)), ("9999d", timedelta(days=9999))],
)
def test_a_token_ends_when_it_was_asked_to(
    command: Command, lifetime: str, expected: timedelta
) -> None:
    made(command, *READ, "--expires", lifetime)

    [found] = listed(command)
    lasts = datetime.fromisoformat(found["expiresAt"]) - datetime.fromisoformat(found["createdAt"])
    assert abs(lasts - expected) <= timedelta(seconds=1)


def test_to_unlink_includes_to_read(command: Command) -> None:
    unlink = ("--scope", "unlink", "--project", DOCKS)
    made(command, "--company", HARBOR, "--name", "closing", *unlink)

    assert listed(command)[0]["scopes"] == ["read", "unlink"]


def test_revoke_ends_a_token_and_may_be_said_twice(command: Command) -> None:
    token = made(command, *READ)
    id = public_id(HARBOR, token.id)

    ended = command("revoke", id)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"{id} (nightly export) is revoked since ")
    [found] = listed(command)
    assert found["revokedAt"] in ended.stdout
    assert command("revoke", id).stdout == ended.stdout


@pytest.mark.parametrize("id", ["", "7", "no-id", "7_0123456789x", "0_0123456789", "'; --"])
def test_revoke_refuses_what_is_no_id(command: Command, id: str) -> None:
    assert refusal(command, "revoke", id).startswith("that is no id of a token")


def test_revoke_says_when_there_is_no_such_token(command: Command) -> None:
    token = made(command, *READ)

    for id in (public_id(HARBOR, "0123456789"), public_id(QUARRY, token.id)):
        assert refusal(command, "revoke", id).startswith("there is no such token")
    assert listed(command)[0]["revokedAt"] is None


def test_a_secret_given_in_place_of_an_id_is_not_repeated(command: Command) -> None:
    """I8."""
    token = made(command, *READ)

    assert token.secret not in refusal(command, "revoke", token.reveal())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*READ, "--scope", "unlink"), "--scope unlink and --project go together"),
        ((*READ, "--project", DOCKS), "--scope unlink and --project go together"),
        ((*READ, "--scope", "unlink", "--project", 999), "company 7 has no project 999"),
        (("--company", 999, *READ[2:]), "company 999 is not known"),
        (("--company", HARBOR, "--name", " ", "--scope", "read"), "--name must be"),
        (("--company", HARBOR, "--name", "a\nb", "--scope", "read"), "--name must be"),
        (("--company", HARBOR, "--name", "\x1b[2J", "--scope", "read"), "--name must be"),
        (("--company", HARBOR, "--name", "x" * 101, "--scope", "read"), "--name must be"),
        *(
            ((*READ, "--expires", wrong), "--expires must be a number of days or hours")
            for wrong in ("", "90", "0d", "-1d", "1.5d", "90 d", "1y", "99999d", "d", "९d", "1d1h")
        ),
    ],
)
def test_create_refuses_in_one_line_and_makes_nothing(
    command: Command, arguments: tuple[object, ...], told: str
) -> None:
    assert refusal(command, "create", *arguments).startswith(told)
    assert listed(command) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--name", "x", "--scope", "read"),
        ("--company", HARBOR, "--scope", "read"),
        ("--company", HARBOR, "--name", "x"),
        ("--company", HARBOR, "--name", "x", "--scope", "write"),
        ("--company", 0, *READ[2:]),
        ("--company", 2**63, *READ[2:]),
    ],
)
def test_create_needs_a_company_a_name_and_a_scope(
    command: Command, arguments: tuple[object, ...]
) -> None:
    ended = command("create", *arguments)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert listed(command) == []
