"""The statements of the list. Each names one company, in every table that it joins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Tuple,
    and_,
    func,
    literal,
    select,
    tuple_,
)

from adapters.store.rows import COMMITMENTS, INTEGRATIONS, INVOICES, LINKS, PROJECTS, VENDORS
from domain.pages import (
    OrderField,
    PageRequest,
    Position,
    Range,
    SyncedInvoiceFilter,
    SyncedInvoiceOrder,
)

SORT_KEYS: dict[OrderField, Column[Any]] = {
    OrderField.SYNCED_AT: INVOICES.c.synced_at,
    OrderField.BILLING_DATE: INVOICES.c.billing_date_key,
    OrderField.INVOICE_NUMBER: INVOICES.c.invoice_number_key,
    OrderField.CURRENT_PAYMENT_DUE: INVOICES.c.current_payment_due_key,
}


WHOLE = [c for t in (INVOICES, PROJECTS, VENDORS, COMMITMENTS, LINKS, INTEGRATIONS) for c in t.c]
"""The columns that `adapters.store.rows.invoice` reads."""


def inside(company_id: int, table: Table) -> ColumnElement[bool]:
    """The predicate that every statement on a company's data begins with."""
    return table.c.company_id == company_id


def referred(source: Table, column: str, target: Table) -> ColumnElement[bool]:
    """A join inside one company: the company is equated too, never the id alone."""
    return and_(target.c.company_id == source.c.company_id, target.c.id == source.c[column])


def everything() -> FromClause:
    """An invoice with its project, vendor, commitment, link and integration."""
    return (
        INVOICES.join(PROJECTS, referred(INVOICES, "project_id", PROJECTS))
        .join(VENDORS, referred(INVOICES, "vendor_id", VENDORS))
        .join(COMMITMENTS, referred(INVOICES, "commitment_id", COMMITMENTS))
        .outerjoin(LINKS, referred(INVOICES, "link_id", LINKS))
        .outerjoin(INTEGRATIONS, referred(LINKS, "integration_id", INTEGRATIONS))
    )


def invoices(company_id: int) -> Select[Any]:
    """Whole invoices of one company, as `adapters.store.rows.invoice` reads them."""
    return select(*WHOLE).select_from(everything()).where(inside(company_id, INVOICES))


def kept(keep: SyncedInvoiceFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter, on the synced invoices."""
    conditions: list[ColumnElement[bool]] = [INVOICES.c.link_id.is_not(None)]
    choices: tuple[tuple[Column[Any], Sequence[Any] | None], ...] = (
        (INVOICES.c.project_id, keep.project_ids),
        (INVOICES.c.vendor_id, keep.vendor_ids),
        (INVOICES.c.commitment_id, keep.commitment_ids),
        (INVOICES.c.status, keep.statuses and [status.value for status in keep.statuses]),
        (LINKS.c.record_state, keep.record_states and [s.value for s in keep.record_states]),
    )
    conditions += [column.in_(values) for column, values in choices if values is not None]
    conditions += _within(INVOICES.c.billing_date, keep.billing_date)
    conditions += _within(INVOICES.c.synced_at, keep.synced_at)
    for word in (keep.search or "").casefold().split():
        conditions.append(INVOICES.c.search_text.contains(word, autoescape=True))
    return conditions


def _within(column: Column[Any], bounds: Range[Any] | None) -> list[ColumnElement[bool]]:
    if bounds is None:
        return []
    conditions = []
    if bounds.start is not None:
        conditions.append(column >= bounds.start)
    if bounds.end is not None:
        conditions.append(column <= bounds.end)
    return conditions


def count(company_id: int, keep: SyncedInvoiceFilter) -> Select[Any]:
    return _narrow(select(func.count()), company_id, keep)


def _narrow(selected: Select[Any], company_id: int, keep: SyncedInvoiceFilter) -> Select[Any]:
    """The synced invoices that a filter keeps, without what they belong to."""
    source: FromClause = INVOICES
    if keep.record_states is not None:
        source = INVOICES.join(LINKS, referred(INVOICES, "link_id", LINKS))
    return selected.select_from(source).where(inside(company_id, INVOICES), *kept(keep))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a position in an order, without the position itself; or the rest, with it."""

    order: SyncedInvoiceOrder
    forward: bool

    def of(self, position: Position) -> ColumnElement[bool]:
        here, there = self._compared(position)
        return here > there if self.forward is not self.order.descending else here < there

    def opposite(self, position: Position) -> ColumnElement[bool]:
        here, there = self._compared(position)
        return here <= there if self.forward is not self.order.descending else here >= there

    def _compared(self, position: Position) -> tuple[Tuple, Tuple]:
        key = SORT_KEYS[self.order.field]
        # asyncpg would send date.min as -infinity: less than the key of an invoice without a date.
        value = literal(position.key, key.type, literal_execute=position.key == date.min)
        return tuple_(key, INVOICES.c.id), tuple_(value, literal(position.invoice_id, BigInteger))


def _any(
    company_id: int, keep: SyncedInvoiceFilter, side: Side, position: Position
) -> ColumnElement[bool]:
    """Whether there is one at the position or on the other side of it.

    The nearest is looked for, not any: the order makes the planner walk the index from the
    position, where EXISTS would let it read the table until it comes across one.
    """
    found = _narrow(select(literal(1)), company_id, keep).where(side.opposite(position))
    upward = side.forward is side.order.descending
    columns = (SORT_KEYS[side.order.field], INVOICES.c.id)
    nearest = found.order_by(*(c.asc() if upward else c.desc() for c in columns)).limit(1)
    return nearest.correlate(None).scalar_subquery().is_not(None)


def _sides(order: SyncedInvoiceOrder, request: PageRequest) -> list[tuple[Position, Side]]:
    sides = (
        (request.after, Side(order, forward=True)),
        (request.before, Side(order, forward=False)),
    )
    return [(position, side) for position, side in sides if position is not None]


def beyond(
    company_id: int, keep: SyncedInvoiceFilter, order: SyncedInvoiceOrder, request: PageRequest
) -> list[ColumnElement[bool]]:
    """Whether there are invoices up to `after`, and whether there are from `before` on."""
    found = {
        side.forward: _any(company_id, keep, side, position)
        for position, side in _sides(order, request)
    }
    return [found.get(forward, literal(False)) for forward in (True, False)]


def links(company_id: int) -> Select[Any]:
    """Links, ended ones too, each with the name of its ERP after its own columns."""
    joined = LINKS.join(INTEGRATIONS, referred(LINKS, "integration_id", INTEGRATIONS))
    return select(*LINKS.c, INTEGRATIONS.c.erp).select_from(joined).where(inside(company_id, LINKS))


def page(
    company_id: int, keep: SyncedInvoiceFilter, order: SyncedInvoiceOrder, request: PageRequest
) -> Select[Any]:
    """One page and one invoice more, with whether there is any behind each given position.

    Walks the index of the order from the position: a deep page costs what the first one does.
    Columns: the position's key, the two of `beyond`, then those of `invoices`.
    """
    key = SORT_KEYS[order.field]
    downward = order.descending is not request.backward
    return (
        select(key, *beyond(company_id, keep, order, request), *WHOLE)
        .select_from(everything())
        .where(inside(company_id, INVOICES), *kept(keep))
        .where(*(side.of(position) for position, side in _sides(order, request)))
        .order_by(*(column.desc() if downward else column.asc() for column in (key, INVOICES.c.id)))
        .limit(request.size + 1)
    )
