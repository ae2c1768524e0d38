"""The big company, once on each database; and an empty database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store.engine import Database, open_database
from tests.adapters.store.big_company import Imported, import_all, write_files


@pytest.fixture(scope="session")
def big_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big")
    write_files(folder)
    return folder


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def big(
    request: pytest.FixtureRequest, big_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Imported:
    folder = tmp_path_factory.mktemp("imported")
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{folder / 'erp-link.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    return import_all(url, big_files, folder)


@pytest.fixture
async def empty(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Database]:
    """A database without anything in it."""
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    opened = open_database(url)
    yield opened
    await opened.engine.dispose()
