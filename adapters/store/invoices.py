"""Reading a company's invoices and what they belong to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Table, select

from adapters.store import rows, statements
from adapters.store.engine import Database
from domain.erps import ErpIntegration, ErpLink
from domain.invoices import Commitment, Project, SubcontractorInvoice, Vendor
from domain.pages import Page, PageRequest, Position, SyncedInvoiceFilter, SyncedInvoiceOrder

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SqlInvoiceStore:
    """`domain.ports.InvoiceStore` over SQLite and PostgreSQL."""

    database: Database

    async def invoices(
        self, company_id: int, ids: Sequence[int]
    ) -> Mapping[int, SubcontractorInvoice]:
        wanted = statements.invoices(company_id).where(rows.INVOICES.c.id.in_(ids))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return {invoice.id: invoice for invoice in map(rows.invoice, found)}

    async def page(
        self,
        company_id: int,
        keep: SyncedInvoiceFilter,
        order: SyncedInvoiceOrder,
        request: PageRequest,
    ) -> Page:
        statement = statements.page(company_id, keep, order, request)
        async with self.database.reading() as connection:
            found = list((await connection.execute(statement)).all())
            if not found:
                flags = statements.beyond(company_id, keep, order, request)
                behind, ahead = tuple((await connection.execute(select(*flags))).one())
            else:
                behind, ahead = found[0][1:3]
        more = len(found) > request.size
        found = found[: request.size]
        if request.backward:
            found.reverse()
        entries = [(Position(row[0], row[3 + ID]), rows.invoice(row[3:])) for row in found]
        if request.backward:
            return Page(entries, has_next=bool(ahead), has_previous=more or bool(behind))
        return Page(entries, has_next=more or bool(ahead), has_previous=bool(behind))

    async def count(self, company_id: int, keep: SyncedInvoiceFilter) -> int:
        async with self.database.reading() as connection:
            counted: int = (
                await connection.execute(statements.count(company_id, keep))
            ).scalar_one()
        return counted

    async def projects(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Project]:
        return await self._by_id(rows.PROJECTS, rows.project, company_id, ids)

    async def vendors(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Vendor]:
        return await self._by_id(rows.VENDORS, rows.vendor, company_id, ids)

    async def commitments(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Commitment]:
        return await self._by_id(rows.COMMITMENTS, rows.commitment, company_id, ids)

    async def integrations(self, company_id: int) -> Sequence[ErpIntegration]:
        table = rows.INTEGRATIONS
        wanted = select(table).where(statements.inside(company_id, table)).order_by(table.c.id)
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
        return [rows.integration(dict(row)) for row in found]

    async def links(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, ErpLink]:
        wanted = statements.links(company_id).where(rows.LINKS.c.id.in_(ids))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        links = [rows.link(rows.split(row, (rows.LINKS,))[0], row.erp) for row in found]
        return {link.id: link for link in links}

    async def _by_id(
        self, table: Table, read: Callable[[rows.Values], T], company_id: int, ids: Sequence[int]
    ) -> Mapping[int, T]:
        wanted = select(table).where(statements.inside(company_id, table), table.c.id.in_(ids))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
        return {row["id"]: read(dict(row)) for row in found}


ID = list(rows.INVOICES.c.keys()).index("id")
