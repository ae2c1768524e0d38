"""What a list of synced invoices can be asked for: filter, order, and a page by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

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


SortKey = datetime | date | str | Decimal


class Position(NamedTuple):
    """A place in an ordered list: the sort key, and the invoice id that breaks ties."""

    field: OrderField
    key: SortKey
    invoice_id: int

    @classmethod
    def of(cls, field: OrderField, text: str, invoice_id: int) -> Self:
        """A position from its key's text. Raises ValueError when that is no key of the field."""
        if not 0 <= invoice_id < 2**63:
            raise ValueError("no such invoice id")
        match field:
            case OrderField.SYNCED_AT:
                return cls(field, _instant(text), invoice_id)
            case OrderField.BILLING_DATE:
                return cls(field, date.fromisoformat(text), invoice_id)
            case OrderField.INVOICE_NUMBER:
                return cls(field, _storable(text), invoice_id)
            case OrderField.CURRENT_PAYMENT_DUE:
                return cls(field, _cents(text), invoice_id)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such instant") from None


def _storable(text: str) -> str:
    text.encode()  # refuses lone surrogates
    if "\0" in text:
        raise ValueError("no text holds a NUL")
    return text


def _cents(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or abs(amount) >= 10**14 or amount != round(amount, 2):
        raise ValueError("not an amount")
    return amount


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`size` invoices after or before a position; `backward` takes the last ones instead."""

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None


class Entry(Protocol):
    """An invoice of which what was selected is there, and its place in the list."""

    @property
    def position(self) -> Position: ...

    @property
    def invoice(self) -> SubcontractorInvoice: ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    entries: Sequence[Entry]
    has_next: bool
    has_previous: bool
