"""`erp-link token`: a token of a demo person, where it opens something."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.tokens import KEY_FILE, DemoIssuer
from command_line.commands import app


def token(subject: str) -> Result:
    return CliRunner().invoke(app, ["token", "--as", subject], catch_exceptions=False)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, and no other setting."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "DATABASE_URL", "OIDC_ISSUERS", "DEMO"):
        monkeypatch.delenv(f"ERP_LINK_{name}", raising=False)
    monkeypatch.setenv("ERP_LINK_DATA_DIR", str(tmp_path))
    return tmp_path


def test_prints_a_token_and_nothing_else(folder: Path) -> None:
    ended = token("ada")

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert DemoIssuer.open(folder).verify(ended.stdout.removesuffix("\n")).subject == "ada"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMO", "false"),
        ("HOST", "0.0.0.0"),
        ("DATABASE_URL", "postgresql+asyncpg://erp_link@db.example/erp_link"),
        ("OIDC_ISSUERS", '[{"issuer": "https://login.example"}]'),
    ],
)
def test_makes_no_token_and_no_key_where_it_would_open_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ERP_LINK_{name}", value)

    ended = token("ada")

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("erp-link: ")
    assert "demo tokens open nothing" in ended.stderr
    assert not (folder / KEY_FILE).exists()
