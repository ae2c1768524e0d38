"""The statement of one page of the list, and of how many there are. Values are parameters."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    Tuple,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)

from adapters.store.filters import FilterShape, conditions, shape_of, values_of
from adapters.store.nearest import BY_ID, nearest
from adapters.store.rows import INVOICES, LINKS
from adapters.store.search import matching, occurring
from adapters.store.selecting import Selecting
from adapters.store.statements import referred
from adapters.store.tables import InvoiceRow
from domain.pages import OrderField, PageRequest, Position, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.rows import Layout, Place, Selection

SORT_KEYS: dict[OrderField, Column[Any]] = {
    OrderField.SYNCED_AT: INVOICES.c.synced_at,
    OrderField.BILLING_DATE: INVOICES.c.billing_date_key,
    OrderField.INVOICE_NUMBER: INVOICES.c.invoice_number_key,
    OrderField.CURRENT_PAYMENT_DUE: INVOICES.c.current_payment_due_key,
}
AFTER, BEFORE = "after", "before"
LINK = Selection.of("link")


class Bound(NamedTuple):
    """One end of a page: which one, and whether it is at an invoice without a date."""

    name: str
    undated: bool


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page is asked for but for the values: pages of one shape share their statement."""

    keep: FilterShape
    order: SyncedInvoiceOrder
    backward: bool
    size: int
    """A number of its own for each: how far to walk is what a plan is chosen by."""
    bounds: tuple[Bound, ...]

    @classmethod
    def of(
        cls, keep: SyncedInvoiceFilter, order: SyncedInvoiceOrder, request: PageRequest
    ) -> "PageShape":
        return cls(
            shape_of(keep),
            order,
            request.backward,
            request.size,
            tuple(Bound(name, position.key == date.min) for name, position in _positions(request)),
        )


def page_values(company_id: int, keep: SyncedInvoiceFilter, request: PageRequest) -> dict[str, Any]:
    """The values of the parameters of `page` and of `beyond`."""
    values = {"company_id": company_id, **values_of(keep)}
    for name, position in _positions(request):
        values |= {f"{name}_key": position.key, f"{name}_id": position.invoice_id}
    return values


def page(
    shape: PageShape, wanted: Selection, dialect: Dialect, *, for_reader: bool = False
) -> tuple[Select[Any], Layout]:
    """One page and one invoice more, with whether there is any behind each given position.

    Walks the index of the order from the position: a deep page costs what the first one does.
    The last two columns are those of `beyond`.
    """
    key = SORT_KEYS[shape.order.field]
    selecting = Selecting(InvoiceRow, dialect)
    invoice = selecting.layout(wanted.together(LINK) if shape.keep.asks_of_links else wanted)
    position = _position(shape.order.field, selecting.place(key), selecting.place(INVOICES.c.id))
    downward = shape.order.descending is not shape.backward
    sides = [_Side(shape.order, bound).within() for bound in shape.bounds]
    statement = selecting.statement(for_reader=for_reader).add_columns(*_beyond(shape))
    if shape.keep.search.looked_up:
        listed = _narrow(select(), shape.keep).where(*sides)
        these = nearest(listed, shape.keep.search, (key, INVOICES.c.id), downward, shape.size + 1)
        statement = statement.where(INVOICES.c.id.in_(these)).with_hint(INVOICES, BY_ID, "sqlite")
    else:
        statement = statement.where(*conditions(shape.keep), *occurring(shape.keep.search), *sides)
    statement = statement.order_by(
        *(column.desc() if downward else column.asc() for column in (key, INVOICES.c.id))
    ).limit(literal_column(str(shape.size + 1)))
    return statement, Layout({"position": position, "invoice": invoice})


def beyond(shape: PageShape) -> Select[Any]:
    """Whether there are invoices up to `after`, and whether there are from `before` on."""
    return select().add_columns(*_beyond(shape))


def count(shape: FilterShape) -> Select[Any]:
    """How many synced invoices a filter keeps."""
    return _narrow(select(func.count()), shape).where(*matching(shape.search))


def _positions(request: PageRequest) -> list[tuple[str, Position]]:
    positions = ((AFTER, request.after), (BEFORE, request.before))
    return [(name, position) for name, position in positions if position is not None]


def _position(field: OrderField, key: Place, id: Place) -> Place:
    def made(value: Any, invoice_id: int) -> Position:
        return Position(field, key.make(value) if key.make else value, invoice_id)

    return Place((*key.indexes, *id.indexes), made)


def _narrow(selected: Select[Any], shape: FilterShape) -> Select[Any]:
    """The synced invoices of a company that a filter keeps, but for its search, by themselves."""
    source: FromClause = INVOICES
    if shape.asks_of_links:
        source = INVOICES.join(LINKS, referred(INVOICES, "link_id", LINKS))
    company = INVOICES.c.company_id == bindparam("company_id")
    return selected.select_from(source).where(company, *conditions(shape))


def _beyond(shape: PageShape) -> list[ColumnElement[bool]]:
    found = {bound.name: _nearest(shape, bound) for bound in shape.bounds}
    return [found.get(name, literal_column("false")) for name in (AFTER, BEFORE)]


def _nearest(shape: PageShape, bound: Bound) -> ColumnElement[bool]:
    """Whether there is one at the position or on the other side of it.

    The nearest is looked for, not any: the order makes the planner walk the index from the
    position, where EXISTS would let it read the table until it comes across one.
    """
    side = _Side(shape.order, bound)
    keys = (SORT_KEYS[shape.order.field], INVOICES.c.id)
    listed = _narrow(select(), shape.keep).where(side.beyond())
    found = nearest(listed, shape.keep.search, keys, side.upward, 1)
    return found.scalar_subquery().is_not(None)


@dataclass(frozen=True, slots=True)
class _Side:
    """The two sides of a position in an order: where the page is, and the rest with it."""

    order: SyncedInvoiceOrder
    bound: Bound

    @property
    def upward(self) -> bool:
        """Whether the page is where the keys are greater."""
        return (self.bound.name == AFTER) is not self.order.descending

    def within(self) -> ColumnElement[bool]:
        here, there = self._compared()
        return here > there if self.upward else here < there

    def beyond(self) -> ColumnElement[bool]:
        here, there = self._compared()
        return here <= there if self.upward else here >= there

    def _compared(self) -> tuple[Tuple, Tuple]:
        key, name = SORT_KEYS[self.order.field], self.bound.name
        # asyncpg would send date.min as -infinity: less than the key of an invoice without a date.
        value = (
            literal_column(f"'{date.min}'", key.type)
            if self.bound.undated
            else bindparam(f"{name}_key", type_=key.type)
        )
        return tuple_(key, INVOICES.c.id), tuple_(value, bindparam(f"{name}_id", type_=BigInteger))
