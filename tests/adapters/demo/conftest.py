"""A migrated, empty database of each kind, and the demo ERP beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database, open_database
from adapters.store.migrate import migrate


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'erp-link.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    opened = open_database(url)
    await migrate(opened)
    yield opened
    await opened.engine.dispose()


@pytest.fixture
def bills(tmp_path: Path) -> DemoBills:
    return DemoBills.of(tmp_path)
