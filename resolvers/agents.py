"""What the agent of an ERP that can only be polled is to ask there, and what comes of the answers.

An unlink waits for it; a new link is looked at once, as after an import; and before all that a
canary is chosen, without which no answer counts.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from domain.agents import AgentSession, AgentSessions, Question
from domain.erps import ErpIntegration, ErpTrouble, RecordId, Sighting
from resolvers.check_integration import LOOKED_UP
from resolvers.context import Services
from resolvers.unlink_requests import finish_unlinks, waiting_unlinks

MOST_RECORDS = 100
"""Asked about at once, besides the canary."""
NEW_LINKS = 10 * MOST_RECORDS
"""Looked through at once: there may be some among them that cannot be asked about."""


async def next_question(
    services: Services,
    agents: AgentSessions,
    integration: ErpIntegration,
    session: AgentSession | None,
    askable: Callable[[RecordId], bool],
) -> Question | None:
    """What is to be asked next; None: nothing. The canary comes last among the records.

    Nothing is asked twice in one session. `askable` says which records the ERP can have at all.
    """
    asked = session.asked if session else frozenset[RecordId]()
    if integration.canary is None and not (session and session.canary_asked):
        return Question(uuid4(), datetime.now(UTC), ())
    waiting = await waiting_unlinks(
        services, integration.company_id, integration.id, MOST_RECORDS + len(asked)
    )
    wanted = [each.link.record_id for each in waiting]
    wanted += await agents.never_looked_up(integration, NEW_LINKS)
    fresh = [each for each in dict.fromkeys(wanted) if each not in asked and askable(each)]
    if not fresh:
        return None
    last = [integration.canary.record_id] if integration.canary else []
    records = [each for each in fresh[:MOST_RECORDS] if each not in last]
    return Question(uuid4(), datetime.now(UTC), (*records, *last))


async def answered(
    services: Services,
    agents: AgentSessions,
    integration: ErpIntegration,
    question: Question,
    said: Sequence[Sighting] | ErpTrouble,
) -> None:
    """Finish the unlinks that waited for this answer, and keep what it says of new links.

    Trouble ends the unlinks too: what the ERP would not say, it is asked again when somebody asks.
    """
    company_id, asked = integration.company_id, set(question.record_ids)
    waiting = await waiting_unlinks(services, company_id, integration.id, 2 * MOST_RECORDS)
    finished = {request.id: said for request in waiting if asked.issuperset(request.record_ids)}
    await finish_unlinks(services, company_id, integration.id, finished, question.asked_at)
    canary = integration.canary
    if canary is not None and not isinstance(said, ErpTrouble) and canary.is_seen_in(said):
        await _keep_new(services, agents, integration, said)


async def _keep_new(
    services: Services,
    agents: AgentSessions,
    integration: ErpIntegration,
    said: Sequence[Sighting],
) -> None:
    seen = {each.record_id: each for each in said}
    new = await agents.never_looked_up(integration, NEW_LINKS)
    ids = [invoice_id for record_id, invoice_id in new.items() if record_id in seen]
    found = await services.invoices.selected(integration.company_id, ids, LOOKED_UP)
    pairs = [
        (invoice, seen[invoice.link.record_id])
        for invoice in found.values()
        if invoice.link is not None
        and invoice.link.integration.id == integration.id
        and invoice.link.record_id in seen
    ]
    await services.ledger.saw(integration.company_id, pairs)
