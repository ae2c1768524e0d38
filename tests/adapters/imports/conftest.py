"""A company to import requisitions into."""

import pytest

from adapters.imports import import_directory
from adapters.store.engine import Database
from tests.adapters.imports.builders import a_directory


@pytest.fixture
async def company(database: Database) -> Database:
    """The database, with the directory of one company in it."""
    await import_directory(database, a_directory())
    return database
