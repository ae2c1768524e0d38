"""Vendors, commitments and projects, as the rows of a file name them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.requisitions import Requisition
from adapters.imports.statements import Values, add_missing, change, chunks
from adapters.store.rows import COMMITMENTS, PROJECTS, VENDORS
from adapters.store.statements import inside

Words = tuple[tuple[str, str], ...]
"""Columns and their texts, for as many as were given."""


@dataclass(slots=True)
class Names:
    """What one file says of one table. Where rows differ, the one updated last is believed."""

    table: Table
    said: dict[int, tuple[datetime, Words]] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)

    def hear(self, id: int, given: dict[str, str], at: datetime) -> bool:
        """Take note of one row; says whether it is the first to name this one."""
        words = tuple(given.items())
        before = self.said.get(id)
        if before is None:
            self.said[id] = at, words
            return True
        if words and words != before[1]:
            self.disputed.add(id)
            if at >= before[0] or not before[1]:
                self.said[id] = at, words
        return False

    async def settle(self, connection: AsyncConnection, company_id: int) -> set[int]:
        """Rename what is called otherwise in the database; answers what was renamed."""
        renamed = set()
        for ids in chunks(self.said):
            query = select(self.table).where(
                inside(company_id, self.table), self.table.c.id.in_(ids)
            )
            rows = [dict(row) for row in (await connection.execute(query)).mappings()]
            new = [row | dict(self.said[row["id"]][1]) for row in rows]
            other = [after for before, after in zip(rows, new, strict=True) if before != after]
            await change(connection, self.table, ("company_id", "id"), other)
            renamed |= {row["id"] for row in other}
        return renamed


@dataclass(slots=True)
class FileNames:
    """The vendors, commitments and projects of one file."""

    vendors: Names = field(default_factory=lambda: Names(VENDORS))
    commitments: Names = field(default_factory=lambda: Names(COMMITMENTS))
    projects: Names = field(default_factory=lambda: Names(PROJECTS))

    async def add(
        self, connection: AsyncConnection, company_id: int, batch: Iterable[Requisition]
    ) -> None:
        """Take note of a batch, and insert what is not there yet."""
        missing: dict[Table, list[Values]] = {VENDORS: [], COMMITMENTS: [], PROJECTS: []}
        for requisition in batch:
            for names, id, given in self._named(requisition):
                if names.hear(id, given, requisition.updated_at):
                    key = {"company_id": company_id, "id": id}
                    missing[names.table].append(key | _complete(names.table, id, given))
        for table, rows in missing.items():
            await add_missing(connection, table, rows)

    async def settle(self, connection: AsyncConnection, company_id: int) -> set[int]:
        """Rename what has another name now; answers the vendors whose invoices that may touch."""
        await self.commitments.settle(connection, company_id)
        await self.projects.settle(connection, company_id)
        return await self.vendors.settle(connection, company_id) | self.vendors.disputed

    def _named(self, requisition: Requisition) -> Iterable[tuple[Names, int, dict[str, str]]]:
        columns = requisition.columns
        yield self.vendors, columns["vendor_id"], {"name": requisition.vendor_name}
        yield self.commitments, columns["commitment_id"], requisition.commitment
        yield self.projects, columns["project_id"], requisition.project


def _complete(table: Table, id: int, given: dict[str, str]) -> Values:
    if table is PROJECTS:
        return {"name": f"Project {id}", "number": None} | given
    return dict(given)
