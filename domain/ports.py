"""What the resolvers need from the outside, and what they may rely on."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.budget import Allowance, Standing
from domain.changes import InvoiceChange
from domain.erps import Canary, ErpIntegration, ErpLink, RecordId, Sighting
from domain.invoices import Commitment, Company, Project, SubcontractorInvoice, Vendor
from domain.pages import Page, PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.permissions import Grants, Reader, Viewer
from domain.rows import NOTHING, Selection
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import UnlinkAttempt, UnlinkCase, Unlinked, UnlinkRefusal


class StoreUnavailable(ConnectionError):
    """The store cannot be reached, or has no room now. Nothing is known to have been done."""

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__("The store cannot be used at the moment: ask again.")
        self.retry_after_seconds = retry_after_seconds


class Erp(Protocol):
    """One company's connection to an ERP. Never writes there."""

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """Say of each record, in one batch with one set of credentials, what the ERP says now.

        Answers one sighting per id, in the order asked. Raises ErpTrouble when the answer is
        not a definite one: that is about the whole batch. Raises AskedLater when it is an ERP that
        can only be polled: then nothing was asked.
        """
        ...

    async def choose_canary(self) -> Canary | None:
        """A record that this connection can see and that is unlikely to go away.

        None when the ERP shows no record at all. Raises as `look_up` does.
        """
        ...


class Erps(Protocol):
    def of(self, integration: ErpIntegration) -> Erp:
        """The connection of an integration. Raises ErpTrouble(NOT_CONFIGURED) if there is none."""
        ...


class CompanyDirectory(Protocol):
    """Who a person is, which companies are theirs, and what they may do there."""

    async def viewer(self, issuer: str, subject: str) -> Viewer | None:
        """The person whom an issuer calls so; None when the directory does not know them."""
        ...

    def remembered(self, reader: Reader) -> Viewer | None:
        """The person as `viewer` told lately; by now they may be another, or of other companies.

        Good for what is nobody's secret, such as whose budget is charged. None: ask `viewer`.
        """
        ...

    async def companies(self) -> Sequence[Company]:
        """All companies, by id: for the command line, never for a viewer."""
        ...

    async def grants(self, company_id: int, person_id: int) -> Grants:
        """What the person may do in the company now; nothing at all if they are not of it."""
        ...


class InvoiceStore(Protocol):
    """A company's invoices and links. Every method names the one company it reads or writes."""

    async def invoices(
        self, company_id: int, ids: Sequence[int]
    ) -> Mapping[int, SubcontractorInvoice]:
        """The invoices by id; unknown ids are absent from the answer."""
        ...

    async def selected(
        self, company_id: int, ids: Sequence[int], wanted: Selection, reader: Reader | None = None
    ) -> Mapping[int, SubcontractorInvoice]:
        """As `invoices`, but of each only what is wanted is there, and its id.

        Nothing, when there is a reader who is not of the company at that very moment.
        """
        ...

    async def page(
        self,
        company_id: int,
        keep: SyncedInvoiceFilter,
        order: SyncedInvoiceOrder,
        request: PageRequest,
        wanted: Selection,
        reader: Reader | None = None,
    ) -> Page:
        """One page of the synced invoices, of each what is wanted.

        Empty, when there is a reader who is not of the company at that very moment.
        Raises ValueError for a position of another order.
        """
        ...

    async def count(self, company_id: int, keep: SyncedInvoiceFilter) -> int:
        """How many synced invoices there are."""
        ...

    async def projects(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Project]: ...

    async def vendors(self, company_id: int, ids: Sequence[int]) -> Mapping[int, Vendor]: ...

    async def commitments(
        self, company_id: int, ids: Sequence[int]
    ) -> Mapping[int, Commitment]: ...

    async def all_projects(self, company_id: int) -> Sequence[Project]:
        """Every project of the company, in no order."""
        ...

    async def all_vendors(self, company_id: int) -> Sequence[Vendor]:
        """Every vendor of the company, in no order."""
        ...

    async def integrations(self, company_id: int) -> Sequence[ErpIntegration]:
        """The company's connections to ERPs, by id."""
        ...

    async def links(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, ErpLink]: ...


class UnlinkLedger(Protocol):
    """What happened to links: every attempt to unlink, and what ERPs said of records."""

    async def case(self, company_id: int, invoice_id: int, by: int | Reader) -> UnlinkCase | None:
        """What an attempt of a person, by their id or as an issuer calls them, is judged by now.

        None for an unknown invoice, and for a person who is not of the company, or not any more.
        """
        ...

    async def case_later(
        self, company_id: int, invoice_id: int, person_id: int
    ) -> UnlinkCase | None:
        """The same for a person who asked earlier, and is not the one who calls now.

        None also for a machine whose token would not let it in any more.
        """
        ...

    async def attempts(
        self, company_id: int, invoice_ids: Sequence[int], limit: int
    ) -> Mapping[int, Sequence[UnlinkAttempt]]:
        """The attempts on each invoice, newest first, at most `limit` each."""
        ...

    async def record(self, attempt: UnlinkAttempt, sighting: Sighting | None = None) -> None:
        """Keep the trace of an attempt that did not unlink, with what the ERP said if it did."""
        ...

    async def unlink(
        self,
        attempt: UnlinkAttempt,
        sighting: Sighting | None = None,
        wanted: Selection = NOTHING,
    ) -> SubcontractorInvoice | None:
        """End the very link that the attempt judged, and record the attempt, in one transaction.

        Answers the invoice as it is then; only what is wanted of it is there, and its id. None,
        and nothing is written, when that link is not the invoice's active one any more.
        """
        ...

    async def saw(
        self, company_id: int, sightings: Sequence[tuple[SubcontractorInvoice, Sighting]]
    ) -> None:
        """Keep what an ERP said of the records of synced invoices as their last known state."""
        ...

    async def keep_canary(self, integration: ErpIntegration, canary: Canary) -> None:
        """Store the record that proves that an integration sees records at all."""
        ...


class UnlinkRequests(Protocol):
    """Unlinks that wait for the agent of an ERP that can only be polled."""

    async def open(self, attempt: UnlinkAttempt, waits_until: datetime) -> UnlinkRequest:
        """The request about the attempt's link that waits already, or else a new one.

        The attempt is recorded with it, in one transaction; not if the one that waits is overdue:
        that has to be ended first.
        """
        ...

    async def find(self, company_id: int, ids: Sequence[UUID]) -> Mapping[UUID, UnlinkRequest]: ...

    async def not_ended(
        self, company_id: int, *, integration_id: int, limit: int
    ) -> Sequence[UnlinkRequest]:
        """Those that wait for an integration's agent, oldest first; overdue ones are among them."""
        ...

    async def overdue(
        self, company_id: int, invoice_ids: Sequence[int], now: datetime
    ) -> Sequence[UnlinkRequest]:
        """Those about these invoices whose time is over, and that nobody has ended yet."""
        ...

    async def end(
        self,
        request: UnlinkRequest,
        attempt: UnlinkAttempt,
        outcome: Unlinked | UnlinkRefusal,
        sighting: Sighting | None = None,
    ) -> bool:
        """End the request, and record the attempt, in one transaction; an unlink is done in it too.

        False, and nothing is written, when the request was ended meanwhile, or when it would end
        as an unlink and its link is not the invoice's active one any more.
        """
        ...


class InvoiceChanges(Protocol):
    """What happens to synced invoices, in every process, told as it happens."""

    def watch(
        self, company_id: int, person_id: int
    ) -> AbstractAsyncContextManager[AsyncIterator[InvoiceChange]]:
        """Every change of the company's that is committed from now on, each once.

        Ends when the person is not of the company, or not any more. Raises FellBehind when the
        changes are taken too slowly. Changes of one moment come in any order.
        """
        ...


class CostBudget(Protocol):
    """What each caller, person or machine, may still ask for. Refills steadily."""

    @property
    def allowance(self) -> Allowance:
        """What everyone has."""
        ...

    async def take(self, person_id: int, cost: int) -> Standing | None:
        """Take the cost, all of it or nothing, and say what is left.

        None when that cannot be told in time: then the request runs, since a guard that is down
        must not be what stops the service. Raises nothing.
        """
        ...
