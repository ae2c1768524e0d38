"""Unlinks that cannot be answered at once, because their ERP can only be polled.

Nobody can ask such an ERP: an agent beside it asks us now and then what there is to look up, and
brings the answers. Until then a request waits, and the link is as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from domain.erps import ErpLink, RecordId
from domain.invoices import SubcontractorInvoice

if TYPE_CHECKING:  # what an unlink ends as may be that it waits
    from domain.unlinking import Unlinked, UnlinkRefusal


class UnlinkRequestState(Enum):
    WAITING = "waiting"
    """For an agent's answer. The invoice is linked as before."""
    ANSWERED = "answered"
    """An agent answered, and the unlink ended one way or the other."""
    STALE = "stale"
    """No agent answered in time. The invoice stayed linked."""


@dataclass(frozen=True, slots=True)
class UnlinkRequest:
    """A person's request to unlink, as long as the answer of an agent is awaited, and after.

    It is about that very `link`; a link that replaces it is none of its business. `invoice` is the
    invoice as it is when the request is read. What is not answered before `waits_until` is stale
    from then on, whether or not anybody has written that down (`ended_at`) yet.
    """

    company_id: int
    id: UUID
    link: ErpLink
    invoice: SubcontractorInvoice
    person_id: int
    by: str
    asked_at: datetime
    waits_until: datetime
    ended_at: datetime | None = None
    outcome: "Unlinked | UnlinkRefusal | None" = None
    """What it ended as; None as long as it waits. Never that it waits still."""

    @property
    def record_ids(self) -> Sequence[RecordId]:
        """What an agent is to look up, in one question: the link's record, and the canary."""
        canary = self.link.integration.canary
        return list(dict.fromkeys([self.link.record_id, *([canary.record_id] if canary else [])]))

    @property
    def state(self) -> UnlinkRequestState:
        """As it was when the request was read: see `is_overdue`."""
        if self.ended_at is None:
            return UnlinkRequestState.WAITING
        if self.ended_at >= self.waits_until:
            return UnlinkRequestState.STALE
        return UnlinkRequestState.ANSWERED

    @property
    def answered_at(self) -> datetime | None:
        return self.ended_at if self.state is UnlinkRequestState.ANSWERED else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time is over, and nobody has written that down yet."""
        return self.ended_at is None and self.waits_until <= now
