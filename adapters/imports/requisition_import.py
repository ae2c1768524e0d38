"""Importing requisitions: all of a file, or nothing of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.changes import Change, change_of, is_stale
from adapters.imports.companies import Target, target
from adapters.imports.json_values import Row
from adapters.imports.names import FileNames
from adapters.imports.problems import ImportRefused, Problem, Problems
from adapters.imports.report import RequisitionsReport, counted
from adapters.imports.requisitions import Requisition, read_requisition
from adapters.imports.statistics import MANY, Statistics, refresh_statistics
from adapters.imports.stored import Stored, lock, stored
from adapters.imports.writing import write, write_search_texts
from adapters.store.engine import Database
from adapters.store.rows import LINKS
from adapters.store.statements import inside

MOST_ROWS = 1000
MOST_LINES = 10_000
"""How much one batch holds at most, give or take one requisition."""


async def import_requisitions(
    database: Database,
    rows: Iterable[Row],
    company_id: int,
    integration_id: int | None = None,
    on_row: Callable[[], None] = lambda: None,
) -> RequisitionsReport:
    """Bring requisitions in, in one transaction; `on_row` is called for each that was read.

    `integration_id` says which ERP their records are in; the company's only one needs no saying.
    Raises ImportRefused, with all that is wrong, when nothing was kept.
    """
    async with database.writing() as connection:
        where = await target(connection, company_id, integration_id)
        importing = _Import(connection, where, Statistics(connection))
        for batch in _batches(importing.read(rows, on_row)):
            await importing.take(batch)
        importing.problems.refuse_if_any()
        vendors = await importing.names.settle(connection, company_id)
        await write_search_texts(connection, company_id, vendors)
    report = RequisitionsReport(**importing.counts)
    if report.created + report.updated > MANY:
        await refresh_statistics(database)
    return report


def _batches(requisitions: Iterator[Requisition]) -> Iterator[list[Requisition]]:
    batch: list[Requisition] = []
    lines = 0
    for requisition in requisitions:
        batch.append(requisition)
        lines += len(requisition.lines)
        if len(batch) >= MOST_ROWS or lines >= MOST_LINES:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


@dataclass(slots=True)
class _Import:
    """One file on its way in. Once there is a problem nothing is written any more."""

    connection: AsyncConnection
    target: Target
    statistics: Statistics
    problems: Problems = field(default_factory=Problems)
    counts: Counter[str] = field(default_factory=Counter)
    names: FileNames = field(default_factory=FileNames)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    lines: dict[int, int] = field(default_factory=dict)
    """Where each requisition is in the file."""
    records: dict[str, int] = field(default_factory=dict)
    """Where each ERP record is in the file."""
    ended: set[UUID] = field(default_factory=set)
    """The links that rows before have replaced."""

    def read(self, rows: Iterable[Row], on_row: Callable[[], None]) -> Iterator[Requisition]:
        """The sound rows. What is wrong with the others goes to the problems."""
        try:
            for row in rows:
                on_row()
                found = read_requisition(row, self.target.currency)
                if isinstance(found, Requisition):
                    self.problems.add(self._wrong_in_the_file(found))
                    yield found
                else:
                    self.problems.add(found)
        except ImportRefused as refusal:
            self.problems.add(refusal.problems)

    def _wrong_in_the_file(self, requisition: Requisition) -> Iterator[Problem]:
        id, line, record = requisition.id, requisition.line, requisition.origin_id
        if id in self.lines:
            yield Problem(line, "id", f"requisition {id} is in line {self.lines[id]} already")
        self.lines[id] = line
        if record is None:
            return
        if not self.records:
            yield from self.target.refusal_of_links()
        if record in self.records:
            before = self.records[record]
            yield Problem(line, "origin_id", f"{record} is the record of line {before} already")
        self.records[record] = line

    async def take(self, batch: Sequence[Requisition]) -> None:
        """Find out what a batch changes, and write it."""
        company_id, integration_id = self.target.company_id, self.target.integration_id
        changes = await self._changes(batch)
        self.problems.add(await self._taken_records(changes))
        if self.problems:
            return
        self.counts += counted(changes)
        self.counts["stale"] += len(batch) - len(changes)
        fresh = [change.requisition for change in changes]
        await self.names.add(self.connection, company_id, fresh)
        needed = [change for change in changes if change]
        await write(self.connection, company_id, integration_id, needed, self.now)
        await self.statistics.wrote(len(needed))

    async def _changes(self, batch: Sequence[Requisition]) -> list[Change]:
        """What the rows change that are not stale, decided under lock where anything changes."""
        company_id = self.target.company_id
        known = await stored(self.connection, company_id, batch)
        there = [requisition for requisition in batch if requisition.id in known]
        ids = [change.requisition.id for change in _decided(there, known, company_id) if change]
        if ids and await lock(self.connection, company_id, ids):
            known |= await stored(
                self.connection, company_id, [r for r in there if r.id in set(ids)]
            )
        return _decided(batch, known, company_id)

    async def _taken_records(self, changes: Sequence[Change]) -> list[Problem]:
        """The rows that claim a record which is another invoice's."""
        wanted = {change.begun.record_id for change in changes if change.begun}
        holders = await self._holders(wanted) if wanted else {}
        problems = []
        for change in changes:
            link_id, invoice_id = holders.get(
                change.begun.record_id if change.begun else "", (None, 0)
            )
            if link_id is not None and link_id not in self.ended:
                reason = f"{change.requisition.origin_id} is the record of requisition {invoice_id}"
                problems.append(Problem(change.requisition.line, "origin_id", reason))
            if change.ended:
                self.ended.add(change.ended)
        return problems

    async def _holders(self, records: set[str]) -> dict[str, tuple[UUID, int]]:
        """The active links of ERP records, with their invoices."""
        company_id, integration_id = self.target.company_id, self.target.integration_id
        found = await self.connection.execute(
            select(LINKS.c.record_id, LINKS.c.id, LINKS.c.invoice_id).where(
                inside(company_id, LINKS),
                LINKS.c.integration_id == integration_id,
                LINKS.c.record_id.in_(records),
                LINKS.c.ended_at.is_(None),
            )
        )
        return {record: (id, invoice_id) for record, id, invoice_id in found}


def _decided(
    requisitions: Sequence[Requisition], known: dict[int, Stored], company_id: int
) -> list[Change]:
    pairs = [(each, known.get(each.id) or Stored()) for each in requisitions]
    return [
        change_of(requisition, stored, company_id)
        for requisition, stored in pairs
        if not is_stale(requisition, stored)
    ]
