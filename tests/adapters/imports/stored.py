"""What the database holds, read plainly."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Table, select

from adapters.imports import ImportRefused, Problem, RequisitionsReport, import_requisitions
from adapters.store.engine import Database
from adapters.store.rows import table
from adapters.store.tables import LinkRow
from tests.adapters.imports.builders import COMPANY, rows

Found = Mapping[str, Any]


async def bring_in(database: Database, *values: object, **but: Any) -> RequisitionsReport:
    return await import_requisitions(database, rows(*values), COMPANY, **but)


async def all_of(database: Database, model: Any, company_id: int = COMPANY) -> list[Found]:
    """A company's rows of a table, in the order of its key."""
    its_table: Table = table(model)
    query = select(its_table).where(its_table.c.company_id == company_id)
    async with database.reading() as connection:
        found = await connection.execute(query.order_by(*its_table.primary_key))
        return [dict(row) for row in found.mappings()]


async def only(database: Database, model: Any) -> Found:
    [found] = await all_of(database, model)
    return found


async def refused(database: Database, *values: object, **but: Any) -> tuple[Problem, ...]:
    """What an import is refused for."""
    with pytest.raises(ImportRefused) as refusal:
        await bring_in(database, *values, **but)
    return refusal.value.problems


async def active_link(database: Database) -> Found:
    [link] = [link for link in await all_of(database, LinkRow) if link["ended_at"] is None]
    return link
