"""Is an ERP reachable, do we see records there, and what state are the linked ones in?"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.erps import ErpIntegration, ErpTrouble, RecordState, Trouble
from domain.invoices import SubcontractorInvoice
from domain.pages import Page, PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.ports import Erp
from domain.rows import Selection
from resolvers.context import Services

BATCH = 100
QUESTIONS = 50
"""About one batch. Three records that spoil it are found with fewer, wherever they are."""
LOOKED_UP = Selection.of(
    "link.id", "link.integration.id", "link.record_id", "link.document_number", "link.seen_at"
)


@dataclass(frozen=True, slots=True)
class IntegrationCheck:
    """Of how many linked records the ERP said what."""

    seen: int
    not_there: int
    in_doubt: int

    def __str__(self) -> str:
        said = f"{self.seen} records seen, {self.not_there} not there"
        return f"{said}, {self.in_doubt} in doubt" if self.in_doubt else said


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
    answer, or shows no record that could serve as canary; AskedLater when it can only be polled.
    """
    erp = services.erps.of(integration)
    await _see_canary(
        services, erp, replace(integration, canary=None) if new_canary else integration
    )
    found: Counter[RecordState | None] = Counter()
    request: PageRequest | None = PageRequest(BATCH)
    while request is not None:
        page = await services.invoices.page(
            integration.company_id, SyncedInvoiceFilter(), SyncedInvoiceOrder(), request, LOOKED_UP
        )
        linked = _linked(page, integration, only_unseen)
        found.update(await _states(services, erp, integration, linked))
        request = _next(page)
    not_there, in_doubt = found[RecordState.ABSENT], found[None]
    return IntegrationCheck(found.total() - not_there - in_doubt, not_there, in_doubt)


def _linked(
    page: Page, integration: ErpIntegration, only_unseen: bool
) -> list[SubcontractorInvoice]:
    return [
        invoice
        for invoice in (entry.invoice for entry in page.entries)
        if invoice.link is not None
        and invoice.link.integration.id == integration.id
        and not (only_unseen and invoice.link.seen_at)
    ]


def _next(page: Page) -> PageRequest | None:
    return PageRequest(BATCH, after=page.entries[-1].position) if page.has_next else None


async def _see_canary(services: Services, erp: Erp, integration: ErpIntegration) -> None:
    async with services.erp_deadline():
        if integration.canary is not None:
            if integration.canary.is_seen_in(await erp.look_up([integration.canary.record_id])):
                return
            raise ErpTrouble(
                Trouble.NOT_VISIBLE,
                f"record {integration.canary.record_id}, which must be visible, was not seen: "
                "is this still the same ERP, company and user?",
            )
        canary = await erp.choose_canary()
    if canary is None:
        raise ErpTrouble(Trouble.NOT_VISIBLE, "the ERP shows us no record at all")
    await services.ledger.keep_canary(integration, canary)


async def _states(
    services: Services,
    erp: Erp,
    integration: ErpIntegration,
    invoices: Sequence[SubcontractorInvoice],
) -> list[RecordState | None]:
    """What the ERP says of the records of a batch. None: of this one it says nothing definite.

    One record that cannot be this ERP's spoils the answer for its whole batch; so each half is
    then asked about, and its halves, until QUESTIONS are asked: what is left then is in doubt.
    """
    states, left = list[RecordState | None](), deque([invoices])
    for _ in range(QUESTIONS):
        if not left:
            break
        asked = left.popleft()
        try:
            states += await _look(services, erp, integration, asked)
        except ErpTrouble as trouble:
            if trouble.trouble not in (Trouble.NOT_VISIBLE, Trouble.UNEXPECTED_ANSWER):
                raise
            if len(asked) == 1:
                states.append(None)
            else:
                half = len(asked) // 2
                left += asked[:half], asked[half:]
    return states + [None for some in left for _ in some]


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
