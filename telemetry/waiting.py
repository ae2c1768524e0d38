"""Around the port of unlinks that wait for an agent: that they do, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.erps import Sighting
from domain.ports import UnlinkRequests
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import UnlinkAttempt, Unlinked, UnlinkRefusal
from telemetry.asking import tell_unlink
from telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class ObservedRequests:
    """`UnlinkRequests` that tells of each attempt, once it is written."""

    requests: UnlinkRequests
    known: frozenset[str]
    metrics: Metrics

    async def open(self, attempt: UnlinkAttempt, waits_until: datetime) -> UnlinkRequest:
        request = await self.requests.open(attempt, waits_until)
        if not request.is_overdue(attempt.at):
            tell_unlink(attempt, self.known, self.metrics)
        return request

    async def end(
        self,
        request: UnlinkRequest,
        attempt: UnlinkAttempt,
        outcome: Unlinked | UnlinkRefusal,
        sighting: Sighting | None = None,
    ) -> bool:
        is_ended = await self.requests.end(request, attempt, outcome, sighting)
        if is_ended:
            tell_unlink(attempt, self.known, self.metrics)
        return is_ended

    async def find(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, UnlinkRequest]:
        return await self.requests.find(company_id, ids)

    async def not_ended(
        self, company_id: int, *, integration_id: int, limit: int
    ) -> Sequence[UnlinkRequest]:
        return await self.requests.not_ended(company_id, integration_id=integration_id, limit=limit)

    async def overdue(
        self, company_id: int, invoice_ids: Sequence[int], now: datetime
    ) -> Sequence[UnlinkRequest]:
        return await self.requests.overdue(company_id, invoice_ids, now)
