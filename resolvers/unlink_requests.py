"""Unlinks that wait for an agent: what it is to ask its ERP, and what comes of the answers.

How an agent of an ERP that can only be polled is served (`domain.unlink_requests`):

1. Its integration's `Erp` raises AskedLater, so that an unlink opens a request.
2. When the agent calls, `waiting_unlinks` tells what it is to look up. The caller takes the moment
   after that and before it hands the question out: `asked_at`.
3. When the agent's answer comes, the caller turns it into sightings, `as_of` no moment before their
   ERP was read, and gives them to `finish_unlinks`. If an answer carries no time, it is `asked_at`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from domain.erps import ErpTrouble, Sighting, Trouble
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import (
    AttemptOutcome,
    Candidate,
    ErpUnavailable,
    Gone,
    StillInErp,
    StillThere,
    UnlinkAttempt,
    Unlinked,
    UnlinkRefusal,
    examine,
    verdict,
    without_asking,
)
from resolvers.attempts import as_last_known, as_seen_there, trace, unavailable
from resolvers.context import Services

Said = Sequence[Sighting] | ErpTrouble
"""What came of one question about the `record_ids` of a request: a sighting of each, or why the
ERP gave no definite answer. Trouble ends the request, too: leave out what is to be asked again."""

ROUNDS = 3
"""How often a request that moved while it was judged is judged anew."""
SYNCED_ANEW = "the invoice was synced anew in the meantime"


async def waiting_unlinks(
    services: Services, company_id: int, integration_id: int, limit: int
) -> Sequence[UnlinkRequest]:
    """What the integration's agent is to look up now, oldest first; each names its `record_ids`.

    The same are told again until they are finished, to whichever agent calls.
    """
    while True:
        found = await services.requests.not_ended(
            company_id, integration_id=integration_id, limit=limit
        )
        if not await end_overdue(services, found, datetime.now(UTC)):
            return found


async def finish_unlinks(
    services: Services,
    company_id: int,
    integration_id: int,
    said: Mapping[UUID, Said],
    asked_at: datetime,
) -> Mapping[UUID, UnlinkRequest]:
    """Finish each of these requests by what the ERP said of it, as the person who asked for it.

    `said` is by the ids of requests that `waiting_unlinks` told for this very question, which was
    handed to the agent at `asked_at`, or later. Answers the requests as they are then.
    Nothing changes where an id is of another company's or integration's request, or of one that
    was ended before, or opened after `asked_at`. Raises StoreUnavailable.
    """
    found = await services.requests.find(company_id, [*said])
    own = [each for each in found.values() if each.link.integration.id == integration_id]
    return {each.id: await _finish(services, each, said[each.id], asked_at) for each in own}


async def find_requests(
    services: Services, company_id: int, ids: Sequence[UUID]
) -> Mapping[UUID, UnlinkRequest]:
    """Requests by id, as they are now; unknown ids are absent from the answer."""
    found = await services.requests.find(company_id, ids)
    if await end_overdue(services, [*found.values()], datetime.now(UTC)):
        found = await services.requests.find(company_id, ids)
    return found


async def unlink_history(
    services: Services, company_id: int, invoice_ids: Sequence[int], limit: int
) -> Mapping[int, Sequence[UnlinkAttempt]]:
    """The attempts on each invoice, newest first; also that of a request whose time is over now."""
    found = await services.ledger.attempts(company_id, invoice_ids, limit)
    some = [id for id, attempts in found.items() if _may_wait(attempts, limit)]
    if some:
        now = datetime.now(UTC)
        overdue = await services.requests.overdue(company_id, some, now)
        if await end_overdue(services, overdue, now):
            found = await services.ledger.attempts(company_id, invoice_ids, limit)
    return found


def _may_wait(attempts: Sequence[UnlinkAttempt], limit: int) -> bool:
    """Whether a request about the invoice was opened, which may be before what is seen here."""
    opened = any(each.outcome is AttemptOutcome.UNLINK_PENDING for each in attempts)
    return opened or len(attempts) == limit


async def end_overdue(services: Services, requests: Sequence[UnlinkRequest], now: datetime) -> bool:
    """End those that no agent answered in time; whether there were any.

    They were stale before: this writes it down, with the moment when their time was over.
    """
    overdue = [each for each in requests if each.is_overdue(now)]
    for each in overdue:
        patience = (each.waits_until - each.asked_at).total_seconds()
        detail = f"no agent of the ERP answered within {patience:g} s"
        late = ErpUnavailable(each.link.integration.erp, Trouble.TIMEOUT, detail)
        await _end(services, each, _Judged.refused(late), each.waits_until)
    return bool(overdue)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a request is to end as, and what its trace is to say."""

    outcome: Unlinked | UnlinkRefusal
    kind: AttemptOutcome
    evidence: str
    sighting: Sighting | None = None

    @classmethod
    def refused(cls, refusal: UnlinkRefusal) -> "_Judged":
        return cls(refusal, *trace(refusal))


async def _finish(
    services: Services, request: UnlinkRequest, said: Said, asked_at: datetime
) -> UnlinkRequest:
    """The request as it is then; judged anew when it or its link moved before it could end.

    One that moves again and again waits for the next answer.
    """
    for _ in range(ROUNDS):
        if request.ended_at is not None or asked_at < request.asked_at:
            return request
        now = datetime.now(UTC)
        if not await end_overdue(services, [request], now):
            judged = await _judge(services, request, said, asked_at)
            await _end(services, request, judged, now)
        request = (await services.requests.find(request.company_id, [request.id]))[request.id]
    return request


async def _judge(
    services: Services, request: UnlinkRequest, said: Said, asked_at: datetime
) -> _Judged:
    """By the same rules as an unlink that is answered at once, with all that they look at now."""
    company_id, invoice_id = request.company_id, request.link.invoice_id
    case = await services.ledger.case_later(company_id, invoice_id, request.person_id)
    examined = examine(case)
    if not isinstance(examined, Candidate):
        return _Judged.refused(examined)
    link, erp = examined.link, examined.integration.erp
    if link.id != request.link.id:
        return _Judged.refused(ErpUnavailable(erp, Trouble.STALE, SYNCED_ANEW))
    try:
        finding = _read(examined, said, asked_at)
    except ErpTrouble as doubt:
        return _Judged.refused(unavailable(erp, doubt))
    if isinstance(finding, StillThere):
        seen = finding.sighting
        still = StillInErp(
            as_seen_there(link, seen), examined.integration, seen.state, seen.address
        )
        return _Judged(still, AttemptOutcome.STILL_IN_ERP, seen.evidence, seen)
    known = as_last_known(link, finding.sighting) if finding.sighting else link
    unlinked = Unlinked(request.invoice, known)
    return _Judged(unlinked, AttemptOutcome.UNLINKED, finding.evidence, finding.sighting)


def _read(candidate: Candidate, said: Said, asked_at: datetime) -> Gone | StillThere:
    """Raises ErpTrouble, as `domain.unlinking.verdict` does."""
    integration = candidate.integration
    if (gone := without_asking(integration)) is not None:
        return gone
    if isinstance(said, ErpTrouble):
        raise said
    return verdict(integration, candidate.link, said, asked_at)


async def _end(services: Services, request: UnlinkRequest, judged: _Judged, at: datetime) -> None:
    """Once, whoever else tries: then nothing is written."""
    attempt = UnlinkAttempt(
        company_id=request.company_id,
        id=uuid4(),
        invoice_id=request.link.invoice_id,
        link=request.link,
        at=at,
        person_id=request.person_id,
        by=request.by,
        outcome=judged.kind,
        evidence=judged.evidence,
    )
    await services.requests.end(request, attempt, judged.outcome, judged.sighting)
