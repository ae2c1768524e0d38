"""What a person can mend is told in one line, without a traceback and without a secret (I8)."""

import asyncio
import json
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from adapters.store.engine import open_database
from tests.safety.processes import erp_link
from tests.servers.postgresql import Postgresql

SECRET = "s3cr3t/word"
COMMANDS = ["serve", "migrate"]


def told(folder: Path, command: str, **settings: object) -> str:
    """The one line that a command ends with."""
    ended = erp_link(command, cwd=folder, **({"data_dir": folder, "port": 0} | settings))

    everything = ended.stdout + ended.stderr
    assert "Traceback" not in everything
    assert SECRET not in everything
    assert quote(SECRET, safe="") not in everything
    assert ended.returncode == 1
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert line.startswith("erp-link: ")
    return line.removeprefix("erp-link: ")


def a_url(port: int = 1, host: str = "127.0.0.1", driver: str = "postgresql+asyncpg") -> str:
    return f"{driver}://erp_link:{quote(SECRET, safe='')}@{host}:{port}/erp_link"


async def from_the_future(url: str) -> None:
    database = open_database(url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.engine.dispose()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_from_the_future(database_url: str, tmp_path: Path, command: str) -> None:
    asyncio.run(from_the_future(database_url))

    line = told(tmp_path, command, database_url=database_url)

    assert "revision 9999" in line
    assert "newer version" in line


def test_a_database_that_was_never_migrated(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()

    line = told(tmp_path, "serve", database_url=url)

    assert "erp-link migrate" in line


def test_a_port_that_is_taken(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        line = told(tmp_path, "serve", database_url=database_url, port=port)

    assert str(port) in line
    assert "ERP_LINK_PORT" in line


@pytest.mark.parametrize("command", COMMANDS)
def test_a_data_folder_that_cannot_be_written(tmp_path: Path, command: str) -> None:
    line = told(tmp_path, command, data_dir="/dev/null/x")

    assert "/dev/null/x" in line
    assert "ERP_LINK_DATA_DIR" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eighty"),
        ("port", "65536"),
        ("erp_deadline_seconds", "0"),
        ("erp_deadline_seconds", "soon"),
        ("connections", f'{{"4101/71": {{"key": "{SECRET}"'),
        ("connections", json.dumps({"4101/71": [SECRET]})),
        ("connections", json.dumps([SECRET])),
    ],
)
def test_a_setting_that_makes_no_sense(tmp_path: Path, name: str, value: str) -> None:
    line = told(tmp_path, "serve", **{name: value})

    assert name in line.lower()


@pytest.mark.parametrize(
    "url",
    [
        a_url(),
        a_url(host="erp-link.invalid"),
        a_url(driver="postgresql"),
        a_url(driver="mysql+aiomysql"),
        f"not a url {SECRET}",
        f"postgresql+asyncpg://erp_link:{quote(SECRET, safe='')}@127.0.0.1:port/erp_link",
        "sqlite+aiosqlite:////dev/null/erp-link.sqlite",
    ],
    ids=["nobody there", "no such host", "no driver", "other database", "no url", "port", "folder"],
)
def test_a_database_that_cannot_be_reached(tmp_path: Path, url: str) -> None:
    assert "database" in told(tmp_path, "serve", database_url=url).lower()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "erp-link.sqlite").write_text("Dear diary, today we unlinked nothing. " * 100)

    assert "database" in told(tmp_path, "serve")


def test_a_wrong_password_and_a_database_that_is_not_there(
    postgresql: Postgresql, tmp_path: Path
) -> None:
    wrong = told(tmp_path, "serve", database_url=a_url(postgresql.port))
    missing = told(tmp_path, "serve", database_url=postgresql.url("nowhere"))

    assert "password" in wrong
    assert "nowhere" in missing
    assert postgresql.password not in missing


def test_a_revision_that_there_is_not(database_url: str, tmp_path: Path) -> None:
    ended = erp_link("migrate", "9999", cwd=tmp_path, data_dir=tmp_path, database_url=database_url)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
