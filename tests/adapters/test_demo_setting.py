"""Where tokens of the demo people are accepted: where nothing looks like production."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.settings import Settings

ISSUERS = '[{"issuer": "https://login.example"}]'
POSTGRESQL = "postgresql+asyncpg://erp_link@db.example/erp_link"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "DATABASE_URL", "OIDC_ISSUERS", "DEMO"):
        monkeypatch.delenv(f"ERP_LINK_{name}", raising=False)


@pytest.mark.parametrize(
    ("environment", "taken"),
    [
        ({}, True),
        ({"OIDC_ISSUERS": ""}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "127.0.0.2"}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "::"}, False),
        ({"HOST": "10.0.0.7"}, False),
        ({"HOST": "erp-link.example"}, False),
        ({"DATABASE_URL": POSTGRESQL}, False),
        ({"DATABASE_URL": POSTGRESQL, "OIDC_ISSUERS": ""}, False),
        ({"DATABASE_URL": POSTGRESQL, "OIDC_ISSUERS": "[]"}, False),
        ({"DATABASE_URL": "sqlite+aiosqlite:////srv/books.sqlite"}, False),
        ({"OIDC_ISSUERS": ISSUERS}, False),
        ({"OIDC_ISSUERS": ISSUERS, "DEMO": "false"}, False),
        ({"DEMO": "false"}, False),
        ({"DEMO": "true", "HOST": "0.0.0.0"}, True),
        ({"DEMO": "true", "DATABASE_URL": POSTGRESQL}, True),
    ],
)
def test_demo_tokens_are_taken_where_nothing_looks_like_production_or_it_is_said_so(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], taken: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"ERP_LINK_{name}", value)

    assert Settings().takes_demo_tokens is taken


@pytest.mark.parametrize(
    "environment", [{"DEMO": "true", "OIDC_ISSUERS": ISSUERS}, {"DEMO": ""}, {"DEMO": "maybe"}]
)
def test_a_demo_beside_issuers_or_half_said_is_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"ERP_LINK_{name}", value)

    with pytest.raises(ValidationError) as refused:
        Settings()
    [problem] = refused.value.errors()
    assert problem["loc"] == ("demo",)
