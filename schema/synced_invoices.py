"""What the list of synced invoices can be asked for: its filter and its order."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

import strawberry

from domain import pages
from domain.erps import RecordState
from domain.invoices import InvoiceStatus
from domain.pages import OrderField
from schema.errors import BadUserInput
from schema.ids import local_id

T = TypeVar("T")
MOST_CHOICES = 100
LONGEST_SEARCH = 200


@strawberry.enum(description="Which way a list runs.")
class OrderDirection(Enum):
    ASC = "asc"
    DESC = "desc"


@strawberry.input(description="From `start` up to and including `end`; either may be left out.")
class DateRange:
    start: date | None = strawberry.field(default=None, description="The first day.")
    end: date | None = strawberry.field(default=None, description="The last day.")


@strawberry.input(description="From `start` up to and including `end`; either may be left out.")
class DateTimeRange:
    start: datetime | None = strawberry.field(default=None, description="The first moment.")
    end: datetime | None = strawberry.field(default=None, description="The last moment.")


@strawberry.input(description="What to keep. Every part that is given must hold.")
class SyncedInvoiceFilter:
    project_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Invoices of any of these projects."
    )
    vendor_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Invoices of any of these vendors."
    )
    commitment_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Invoices on any of these commitments."
    )
    statuses: list[InvoiceStatus] | None = strawberry.field(
        default=None, description="Invoices with any of these statuses."
    )
    record_states: list[RecordState] | None = strawberry.field(
        default=None, description="Invoices whose ERP record was last seen in any of these states."
    )
    billing_date: DateRange | None = strawberry.field(
        default=None, description="Invoices billed for a day in this range."
    )
    synced_at: DateTimeRange | None = strawberry.field(
        default=None, description="Invoices synced in this range."
    )
    search: str | None = strawberry.field(
        default=None,
        description="Invoices in whose number, invoice number, vendor or ERP document number "
        "every one of these words occurs, in any case.",
    )

    def kept(self, company_id: int) -> pages.SyncedInvoiceFilter:
        """Raises BadUserInput, naming the part that cannot be used."""
        check_search("filter.search", self.search)
        return pages.SyncedInvoiceFilter(
            project_ids=_ids("filter.projectIds", self.project_ids, "Project", company_id),
            vendor_ids=_ids("filter.vendorIds", self.vendor_ids, "Vendor", company_id),
            commitment_ids=_ids(
                "filter.commitmentIds", self.commitment_ids, "Commitment", company_id
            ),
            statuses=_few("filter.statuses", self.statuses),
            record_states=_few("filter.recordStates", self.record_states),
            billing_date=pages.Range(self.billing_date.start, self.billing_date.end)
            if self.billing_date
            else None,
            synced_at=pages.Range(self.synced_at.start, self.synced_at.end)
            if self.synced_at
            else None,
            search=self.search,
        )


@strawberry.input(description="How to order a list of synced invoices.")
class SyncedInvoiceOrder:
    field: OrderField = strawberry.field(description="What to order by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.DESC, description="Which way."
    )

    def order(self) -> pages.SyncedInvoiceOrder:
        return pages.SyncedInvoiceOrder(self.field, self.direction is OrderDirection.DESC)


def check_search(argument: str, search: str | None) -> None:
    """Raises BadUserInput for words that cannot be searched for."""
    if search is not None and (len(search) > LONGEST_SEARCH or not search.isprintable()):
        raise BadUserInput(argument, f"must be at most {LONGEST_SEARCH} printable characters")


def _few(argument: str, choices: Sequence[T] | None) -> Sequence[T] | None:
    if choices is not None and len(choices) > MOST_CHOICES:
        raise BadUserInput(argument, f"must be at most {MOST_CHOICES}")
    return choices


def _ids(
    argument: str, ids: Sequence[str] | None, kind: str, company_id: int
) -> Sequence[int] | None:
    """The ids of this company; others name nothing here, and so match nothing."""
    few = _few(argument, ids)
    if few is None:
        return None
    return [local for id in few if (local := local_id(id, kind, company_id)) is not None]
