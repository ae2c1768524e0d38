"""The planner is told of what a big import brings, while it runs and when it is done."""

from typing import Any

import pytest
from sqlalchemy import event, text

from adapters.store.engine import Database
from tests.adapters.imports.builders import a_requisition
from tests.adapters.imports.stored import bring_in

KNOWN = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'",
    "postgresql": "SELECT reltuples FROM pg_class WHERE relname = 'subcontractor_invoices'",
}


@pytest.fixture
def looks(company: Database) -> list[str]:
    """Every ANALYZE that is run."""
    seen: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("ANALYZE"):
            seen.append(statement)

    event.listen(company.engine.sync_engine, "before_cursor_execute", listen)
    return seen


async def test_after_a_big_import_the_planner_knows_the_tables(
    company: Database, looks: list[str], kind: str
) -> None:
    await bring_in(company, *(a_requisition(id=id) for id in range(1, 1102)))

    async with company.reading() as connection:
        known = await connection.scalar(text(KNOWN[kind]))
    assert known == {"sqlite": 1, "postgresql": 1101}[kind]
    assert len(looks) == {"sqlite": 1, "postgresql": 2}[kind]


async def test_a_small_import_leaves_the_planner_alone(company: Database, looks: list[str]) -> None:
    await bring_in(company, *(a_requisition(id=id) for id in range(1, 101)))

    assert looks == []
