"""Companies whose connections are stored."""

import pytest

from adapters.store.engine import Database
from tests.builders import HARBOR, QUARRY, a_directory, a_person, bring_in


@pytest.fixture
async def books(database: Database) -> Database:
    """Two companies with an integration of the same id."""
    for company in (HARBOR, QUARRY):
        await bring_in(database, a_directory([a_person("ada")], company))
    return database
