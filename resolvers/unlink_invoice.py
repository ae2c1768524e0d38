"""Mutation.unlinkInvoice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from domain.erps import AskedLater, ErpLink, ErpTrouble, Trouble
from domain.rows import NOTHING, Selection
from domain.unlinking import (
    AttemptOutcome,
    Candidate,
    ErpUnavailable,
    Gone,
    InvoiceNotFound,
    StillInErp,
    StillThere,
    UnlinkAttempt,
    UnlinkCase,
    Unlinked,
    UnlinkOutcome,
    UnlinkPending,
    UnlinkRefusal,
    examine,
    verdict,
    without_asking,
)
from resolvers.attempts import as_last_known, as_seen_there, trace, unavailable
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_requests import SYNCED_ANEW, end_overdue

ROUNDS = 3
"""How often a link that moved while its ERP was asked is judged anew."""


async def unlink_invoice(
    context: Context, key: NodeKey | None, wanted: Selection = NOTHING
) -> UnlinkOutcome:
    """End the link between an invoice and its ERP record, if the viewer and the ERP allow it.

    `wanted` is what is to be there of an invoice that was unlinked.
    Every attempt in a company of the viewer's leaves a trace, whatever comes of it.
    """
    if key is None or key.kind != "SubcontractorInvoice":
        return InvoiceNotFound()
    company_id, invoice_id = key.company_id, int(key.local_id)
    if context.reader is None and context.viewer.company(company_id) is None:
        return InvoiceNotFound()
    for _ in range(ROUNDS):
        by = context.reader or context.viewer.id
        case = await context.services.ledger.case(company_id, invoice_id, by)
        if case is None and context.reader is not None:
            return await unlink_invoice(await context.looked_up(), key, wanted)
        outcome = await _round(context, company_id, invoice_id, case, wanted)
        if outcome is not None:
            return outcome
    moving = ErpUnavailable(None, Trouble.STALE, SYNCED_ANEW)
    await _refuse(context, company_id, invoice_id, moving)
    return moving


async def _round(
    context: Context,
    company_id: int,
    invoice_id: int,
    case: UnlinkCase | None,
    wanted: Selection,
) -> UnlinkOutcome | None:
    """Judge the invoice as it is now; None when its link moved before it could be ended."""
    if case is not None:
        context = context.by(case.person_id, case.person_name)
    examined = examine(case)
    if not isinstance(examined, Candidate):
        await _refuse(context, company_id, invoice_id, examined, case.link if case else None)
        return examined
    try:
        finding = await _ask(context.services, examined)
    except AskedLater:
        return await _wait(context, examined)
    except ErpTrouble as doubt:
        refusal = unavailable(examined.integration.erp, doubt)
        await _refuse(context, company_id, invoice_id, refusal, examined.link)
        return refusal
    if isinstance(finding, StillThere):
        return await _still_in_erp(context, examined, finding)
    return await _unlink(context, examined, finding, wanted)


async def _ask(services: Services, candidate: Candidate) -> Gone | StillThere:
    """Ask the ERP about the record and the canary at once, within the deadline."""
    integration, link = candidate.integration, candidate.link
    if (gone := without_asking(integration)) is not None:
        return gone
    canary = {integration.canary.record_id} - {link.record_id} if integration.canary else ()
    asked_at = datetime.now(UTC)
    async with services.erp_deadline():
        answer = await services.erps.of(integration).look_up([link.record_id, *canary])
    return verdict(integration, link, answer, asked_at)


async def _wait(context: Context, candidate: Candidate) -> UnlinkPending:
    """Have the ERP's agent asked, by one request for each link: the one that waits, if one does."""
    services, link = context.services, candidate.link
    outcome, evidence = AttemptOutcome.UNLINK_PENDING, "the agent of the ERP is awaited"
    attempt = _attempt(context, link.company_id, link.invoice_id, link, outcome, evidence)
    waits_until = attempt.at + timedelta(seconds=services.agent_deadline_seconds)
    request = await services.requests.open(attempt, waits_until)
    while await end_overdue(services, [request], now=attempt.at):
        request = await services.requests.open(attempt, waits_until)
    return UnlinkPending(request)


async def _still_in_erp(context: Context, candidate: Candidate, finding: StillThere) -> StillInErp:
    sighting, link = finding.sighting, candidate.link
    outcome = AttemptOutcome.STILL_IN_ERP
    attempt = _attempt(context, link.company_id, link.invoice_id, link, outcome, sighting.evidence)
    await context.services.ledger.record(attempt, sighting)
    seen = as_seen_there(link, sighting)
    return StillInErp(seen, candidate.integration, sighting.state, sighting.address)


async def _unlink(
    context: Context, candidate: Candidate, finding: Gone, wanted: Selection
) -> Unlinked | None:
    sighting, link = finding.sighting, candidate.link
    outcome = AttemptOutcome.UNLINKED
    attempt = _attempt(context, link.company_id, link.invoice_id, link, outcome, finding.evidence)
    invoice = await context.services.ledger.unlink(attempt, sighting, wanted)
    if invoice is None:
        return None
    known = as_last_known(link, sighting) if sighting else link
    return Unlinked(invoice, replace(known, ended_at=attempt.at))


async def _refuse(
    context: Context,
    company_id: int,
    invoice_id: int,
    refusal: UnlinkRefusal,
    link: ErpLink | None = None,
) -> None:
    """Keep the trace of a refusal that came without a look at the record."""
    outcome, evidence = trace(refusal)
    attempt = _attempt(context, company_id, invoice_id, link, outcome, evidence)
    await context.services.ledger.record(attempt)


def _attempt(
    context: Context,
    company_id: int,
    invoice_id: int,
    link: ErpLink | None,
    outcome: AttemptOutcome,
    evidence: str,
) -> UnlinkAttempt:
    return UnlinkAttempt(
        company_id=company_id,
        id=uuid4(),
        invoice_id=invoice_id,
        link=link,
        at=datetime.now(UTC),
        person_id=context.viewer.id,
        by=context.viewer.name,
        outcome=outcome,
        evidence=evidence,
    )
