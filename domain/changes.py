"""What happens to a company's synced invoices, as those who watch are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.erps import ErpLink
from domain.invoices import SubcontractorInvoice


class ChangeKind(Enum):
    UNLINKED = "unlinked"
    LINKED = "linked"
    """Synced with the ERP, for the first time or again."""
    RECORD_STATE_SEEN = "record_state_seen"
    """The ERP was asked about the record, and said what state it is in."""


@dataclass(frozen=True, slots=True)
class InvoiceChange:
    """One change, with the invoice and the link as they were when the change was read.

    `by` is the name of the person who made it, where a person did.
    """

    kind: ChangeKind
    at: datetime
    by: str | None
    invoice: SubcontractorInvoice
    link: ErpLink


class FellBehind(Exception):
    """Changes came faster than they were taken, and some are lost to the one who watches."""
