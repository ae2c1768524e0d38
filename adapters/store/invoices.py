"""Reading a company's invoices and what they belong to."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from adapters.store import lists, rows, statements
from adapters.store.engine import Database
from adapters.store.filters import FilterShape, among, shape_of, values_of
from adapters.store.prepared import Prepared
from adapters.store.selecting import Selecting
from adapters.store.tables import InvoiceRow
from domain.erps import ErpIntegration, ErpLink
from domain.invoices import Commitment, Project, SubcontractorInvoice, Vendor
from domain.pages import Page, PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.permissions import Reader
from domain.rows import Layout, Rows, Selection

T = TypeVar("T")
MOST_KEPT = 500
"""Statements of each kind that are kept; each may be prepared on every connection."""


class SqlInvoiceStore:
    """`domain.ports.InvoiceStore` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        kept = lru_cache(MOST_KEPT)
        self._page_of = kept(self._prepare_page)
        self._beyond_of = kept(self._prepare_beyond)
        self._count_of = kept(self._prepare_count)
        self._selected_of = kept(self._prepare_selected)
        self._layouts: dict[Any, Layout] = {}
        self._dialect = database.engine.dialect

    async def invoices(
        self, company_id: int, ids: Sequence[int]
    ) -> Mapping[int, SubcontractorInvoice]:
        wanted = statements.invoices(company_id).where(rows.INVOICES.c.id.in_(ids))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return {invoice.id: invoice for invoice in map(rows.invoice, found)}

    async def selected(
        self, company_id: int, ids: Sequence[int], wanted: Selection, reader: Reader | None = None
    ) -> Mapping[int, SubcontractorInvoice]:
        statement, layout = self._selected_of(wanted, len(ids) == 1, reader is not None)
        values = {"company_id": company_id, "ids": ids[0] if len(ids) == 1 else ids}
        found = await self.database.rows(statement, values | _named(reader))
        return {invoice.id: invoice for invoice in Rows(layout, found)}

    async def page(
        self,
        company_id: int,
        keep: SyncedInvoiceFilter,
        order: SyncedInvoiceOrder,
        request: PageRequest,
        wanted: Selection,
        reader: Reader | None = None,
    ) -> Page:
        shape = lists.PageShape.of(keep, order, request)
        values = lists.page_values(company_id, keep, request) | _named(reader)
        statement, layout = self._page_of(shape, wanted, reader is not None)
        found = list(await self.database.rows(statement, values))
        if reader is not None and not found:
            return Page(Rows(layout, ()), has_next=False, has_previous=False)
        flags = found or await self.database.rows(self._beyond_of(shape), values)
        *_, behind, ahead = flags[0]
        more = len(found) > request.size
        found = found[: request.size]
        if request.backward:
            found.reverse()
            return Page(Rows(layout, found), bool(ahead), has_previous=more or bool(behind))
        return Page(Rows(layout, found), more or bool(ahead), has_previous=bool(behind))

    async def count(self, company_id: int, keep: SyncedInvoiceFilter) -> int:
        values = {"company_id": company_id, **values_of(keep)}
        ((counted,),) = await self.database.rows(self._count_of(shape_of(keep)), values)
        return int(counted)

    async def projects(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Project]:
        return await self._by_id(rows.PROJECTS, rows.project, company_id, ids)

    async def vendors(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Vendor]:
        return await self._by_id(rows.VENDORS, rows.vendor, company_id, ids)

    async def commitments(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Commitment]:
        return await self._by_id(rows.COMMITMENTS, rows.commitment, company_id, ids)

    async def all_projects(self, company_id: int) -> Sequence[Project]:
        return await self._all(rows.PROJECTS, rows.project, company_id)

    async def all_vendors(self, company_id: int) -> Sequence[Vendor]:
        return await self._all(rows.VENDORS, rows.vendor, company_id)

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
        split = (rows.split(row, (rows.LINKS, rows.INTEGRATIONS)) for row in found)
        return {link.id: link for link in (rows.link(*values) for values in split)}

    async def _all(
        self, table: Table, read: Callable[[rows.Values], T], company_id: int
    ) -> Sequence[T]:
        wanted = select(table).where(statements.inside(company_id, table))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
        return [read(dict(row)) for row in found]

    async def _by_id(
        self, table: Table, read: Callable[[rows.Values], T], company_id: int, ids: Sequence[int]
    ) -> Mapping[int, T]:
        wanted = select(table).where(statements.inside(company_id, table), table.c.id.in_(ids))
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
        return {row["id"]: read(dict(row)) for row in found}

    def _prepare_page(
        self, shape: lists.PageShape, wanted: Selection, for_reader: bool
    ) -> tuple[Prepared, Layout]:
        statement, layout = lists.page(shape, wanted, self._dialect, for_reader=for_reader)
        # One for all shapes that lay it out so: what is made for a layout is made but once.
        like = (wanted, shape.order.field, shape.keep.asks_of_links)
        prepared = Prepared(statement, self._dialect, is_quick=not shape.keep.search.looked_up)
        return prepared, self._layout_of(like, layout)

    def _layout_of(self, like: Any, layout: Layout) -> Layout:
        if len(self._layouts) >= MOST_KEPT:
            self._layouts.clear()
        return self._layouts.setdefault(like, layout)

    def _prepare_beyond(self, shape: lists.PageShape) -> Prepared:
        is_quick = not shape.keep.search.looked_up
        return Prepared(lists.beyond(shape), self._dialect, is_quick=is_quick)

    def _prepare_count(self, shape: FilterShape) -> Prepared:
        return Prepared(lists.count(shape), self._dialect, is_quick=False)

    def _prepare_selected(
        self, wanted: Selection, alone: bool, for_reader: bool
    ) -> tuple[Prepared, Layout]:
        selecting = Selecting(InvoiceRow, self._dialect)
        layout = self._layout_of(wanted, selecting.layout(wanted))
        id = rows.INVOICES.c.id
        these = id == bindparam("ids", type_=id.type) if alone else among(id, "ids")
        statement = selecting.statement(for_reader=for_reader).where(these)
        return Prepared(statement, self._dialect), layout


def _named(reader: Reader | None) -> dict[str, Any]:
    return {} if reader is None else {"issuer": reader.issuer, "subject": reader.subject}
