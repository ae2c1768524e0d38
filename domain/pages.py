"""What a list of synced invoices can be asked for: filter, order, and a page by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Generic, TypeVar

from domain.erps import RecordState
from domain.invoices import InvoiceStatus, SubcontractorInvoice

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Range(Generic[T]):
    """From `start` up to and including `end`; either end may be open."""

    start: T | None = None
    end: T | None = None


@dataclass(frozen=True, slots=True)
class SyncedInvoiceFilter:
    """What to keep; every part that is given must hold."""

    project_ids: Sequence[int] | None = None
    vendor_ids: Sequence[int] | None = None
    commitment_ids: Sequence[int] | None = None
    statuses: Sequence[InvoiceStatus] | None = None
    record_states: Sequence[RecordState] | None = None
    billing_date: Range[date] | None = None
    synced_at: Range[datetime] | None = None
    search: str | None = None


class OrderField(Enum):
    SYNCED_AT = "synced_at"
    BILLING_DATE = "billing_date"
    INVOICE_NUMBER = "invoice_number"
    CURRENT_PAYMENT_DUE = "current_payment_due"


@dataclass(frozen=True, slots=True)
class SyncedInvoiceOrder:
    field: OrderField = OrderField.SYNCED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an ordered list: the sort key, as text, and the invoice id that breaks ties."""

    key: str
    invoice_id: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`size` invoices after or before a position; `backward` takes the last ones instead."""

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, each invoice with its position."""

    entries: Sequence[tuple[Position, SubcontractorInvoice]]
    has_next: bool
    has_previous: bool
