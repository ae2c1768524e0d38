"""Is an ERP reachable, do we see records there, and what state are the linked ones in?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordState, Trouble
from domain.invoices import SubcontractorInvoice
from domain.pages import Page, PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.ports import Erp
from resolvers.context import Services

BATCH = 100


@dataclass(frozen=True, slots=True)
class IntegrationCheck:
    """What a check found: the canary, and how many linked records were seen or not."""

    integration: ErpIntegration
    canary: Canary
    seen: int
    not_seen: int


async def check_integration(
    services: Services,
    integration: ErpIntegration,
    *,
    only_unseen: bool = False,
    new_canary: bool = False,
) -> IntegrationCheck:
    """See the canary, choosing one at first, then look the linked records up.

    Keeps what the ERP said as each link's last known state; ends no link. `only_unseen` leaves
    out the records that were seen before. Raises ErpTrouble when the ERP gives no definite
    answer, or shows no record that could serve as canary.
    """
    erp = services.erps.of(integration)
    canary = await _canary(
        services, erp, replace(integration, canary=None) if new_canary else integration
    )
    seen = not_seen = 0
    request: PageRequest | None = PageRequest(BATCH)
    while request is not None:
        page = await services.invoices.page(
            integration.company_id, SyncedInvoiceFilter(), SyncedInvoiceOrder(), request
        )
        linked = [
            invoice
            for _, invoice in page.entries
            if invoice.link is not None
            and invoice.link.integration_id == integration.id
            and not (only_unseen and invoice.link.seen_at)
        ]
        states = await _look(services, erp, integration, linked)
        seen += sum(state is not RecordState.ABSENT for state in states)
        not_seen += sum(state is RecordState.ABSENT for state in states)
        request = _next(page)
    return IntegrationCheck(replace(integration, canary=canary), canary, seen, not_seen)


def _next(page: Page) -> PageRequest | None:
    return PageRequest(BATCH, after=page.entries[-1][0]) if page.has_next else None


async def _canary(services: Services, erp: Erp, integration: ErpIntegration) -> Canary:
    async with services.erp_deadline():
        if integration.canary is not None:
            (sighting,) = await erp.look_up([integration.canary.record_id])
            if sighting.fingerprint == integration.canary.fingerprint:
                return integration.canary
            raise ErpTrouble(
                Trouble.NOT_VISIBLE,
                f"record {integration.canary.record_id}, which must be visible, was not seen: "
                "is this still the same ERP, company and user?",
            )
        canary = await erp.choose_canary()
    if canary is None:
        raise ErpTrouble(Trouble.NOT_VISIBLE, "the ERP shows us no record at all")
    await services.ledger.keep_canary(integration, canary)
    return canary


async def _look(
    services: Services,
    erp: Erp,
    integration: ErpIntegration,
    invoices: Sequence[SubcontractorInvoice],
) -> list[RecordState]:
    record_ids = [invoice.link.record_id for invoice in invoices if invoice.link is not None]
    if not record_ids:
        return []
    async with services.erp_deadline():
        sightings = await erp.look_up(record_ids)
    pairs = list(zip(invoices, sightings, strict=True))
    await services.ledger.saw(integration.company_id, pairs)
    return [sighting.state for sighting in sightings]
