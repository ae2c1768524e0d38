"""The big company, once on each database."""

from pathlib import Path

import pytest

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
