"""Pages of synced invoices: the Relay connection, and arguments turned into a page request."""

import json
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import strawberry

from domain.pages import Entry, Page, PageRequest, Position, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.rows import Selection
from resolvers.synced_invoices import count_synced_invoices
from schema.cost import costs
from schema.errors import BadUserInput
from schema.invoice import SubcontractorInvoice
from schema.reading import read
from schema.request import Info

DEFAULT_SIZE = 25
BIGGEST_PAGE = 100
LONGEST_CURSOR = 2000
URL_SAFE = bytes.maketrans(b"+/", b"-_")
NOTHING = Selection({})
TO_COUNT = 10


def cursor(position: Position) -> str:
    """A place in the list, in text that says which list it is of."""
    field, key, invoice_id = position
    # `field.value` would look it up by a property of the enum's class.
    parts = (field._value_, key if isinstance(key, date) else str(key), invoice_id)
    return b2a_base64(orjson.dumps(parts), newline=False).translate(URL_SAFE, b"=").decode()


def _first(entries: Sequence[Entry]) -> str | None:
    return cursor(entries[0].position) if entries else None


def _last(entries: Sequence[Entry]) -> str | None:
    return cursor(entries[-1].position) if entries else None


@strawberry.type(description="Where a page stands in the whole list.")
class PageInfo:
    has_next_page: bool = read("has_next", description="Whether there is anything after the page.")
    has_previous_page: bool = read(
        "has_previous", description="Whether there is anything before the page."
    )
    start_cursor: str | None = read(
        "entries", by=_first, description="The cursor of the first edge."
    )
    end_cursor: str | None = read("entries", by=_last, description="The cursor of the last edge.")


@strawberry.type(description="An invoice and its place in the list.")
class SubcontractorInvoiceEdge:
    cursor: str = read(
        "position", by=cursor, description="Its place: opaque, for `after` and `before`."
    )
    node: SubcontractorInvoice = read("invoice", description="The invoice.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, and of which list it is."""

    page: Page
    company_id: int
    keep: SyncedInvoiceFilter


def of_each_invoice(wanted: Selection) -> Selection:
    """What a selection of `Listed` wants of the invoices."""
    for name in ("page", "entries", "invoice"):
        wanted = wanted.get(name, NOTHING)
    return wanted


@strawberry.type(description="A page of subcontractor invoices.")
class SubcontractorInvoiceConnection:
    edges: list[SubcontractorInvoiceEdge] = read(
        "page.entries", description="The invoices of this page, each with its cursor."
    )
    nodes: list[SubcontractorInvoice] = read(
        "page.entries.invoice", description="The invoices of this page."
    )
    page_info: PageInfo = read("page", description="Where this page stands.")

    @strawberry.field(
        description="How many invoices all pages hold. Counted only when selected.",
        metadata=costs(TO_COUNT),
    )
    async def total_count(self, info: Info, listed: strawberry.Parent[Listed]) -> int:
        return await count_synced_invoices(info.context.context, listed.company_id, listed.keep)


@dataclass(frozen=True, slots=True)
class PageArguments:
    """The four arguments of a Relay connection, as the client gave them."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None

    def request(self, order: SyncedInvoiceOrder) -> PageRequest:
        """Raises BadUserInput, naming the argument that cannot be used."""
        if self.first is not None and self.last is not None:
            raise BadUserInput("last", "give either first or last, not both")
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not 1 <= size <= BIGGEST_PAGE:
                raise BadUserInput(name, f"must be from 1 to {BIGGEST_PAGE}")
        return PageRequest(
            size=self.first or self.last or DEFAULT_SIZE,
            backward=self.last is not None,
            after=_position("after", self.after, order),
            before=_position("before", self.before, order),
        )


def _position(argument: str, cursor: str | None, order: SyncedInvoiceOrder) -> Position | None:
    if cursor is None:
        return None
    match _unpacked(cursor):
        case [str(field), str(key), int(invoice_id)] if not isinstance(invoice_id, bool):
            if field != order.field.value:
                raise BadUserInput(argument, "this cursor is of a list in another order")
            try:
                return Position.of(order.field, key, invoice_id)
            except ValueError:
                pass
    raise BadUserInput(argument, "not a cursor of this list")


def _unpacked(cursor: str) -> Any:
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        return None
    try:
        return json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
