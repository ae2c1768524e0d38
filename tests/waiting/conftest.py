"""The service over the books of two companies, whose ERPs can only be polled, and their agent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.store.engine import Database, open_database
from tests.builders import HARBOR, Document, a_directory, a_requisition, bring_in
from tests.databases import Templates
from tests.fakes import FakeErp, service_asking
from tests.schema import books
from tests.schema.conftest import an_id
from tests.service import Service
from tests.waiting.agents import Agent, PolledErp

ENDED = """
fragment Ended on UnlinkInvoiceResult {
  __typename
  ... on Success { message invoice { number locked } formerLink { recordId endedAt } }
  ... on UnlinkRefusal { message code }
  ... on StillInErp { recordState advice }
  ... on PermissionDenied { missing { permission required current where } }
  ... on ErpUnavailable { reason retryAfterSeconds }
}
fragment Waiting on UnlinkRequest {
  id state by askedAt waitsUntil answeredAt
  invoice { number locked } link { recordId recordState }
}
"""
UNLINK = (
    """
mutation Unlink($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) {
    ...Ended ... on UnlinkPending { request { ...Waiting outcome { __typename } } }
  }
}"""
    + ENDED
)
REQUEST = (
    """
query Request($id: ID!) {
  node(id: $id) { ... on UnlinkRequest { ...Waiting outcome { ...Ended } } }
}"""
    + ENDED
)
INVOICE = """
query Invoice($id: ID!, $first: Int!) {
  subcontractorInvoice(id: $id) {
    locked erpLink { id recordId recordState checkedAt }
    unlinkHistory(first: $first) { at by outcome evidence }
  }
}"""


@dataclass(frozen=True)
class Office:
    """Where people ask, and the agent calls."""

    service: Service
    agent: Agent
    database: Database

    async def unlink(self, number: int = 1, person: str = "ann") -> dict[str, Any]:
        """What the mutation answers about an invoice of Harbor's."""
        data = await self.service.data(UNLINK, {"invoice": invoice_id(number)}, person)
        answer: dict[str, Any] = data["unlinkInvoice"]
        return answer

    async def asks(self, number: int = 1, person: str = "ann") -> str:
        """Opens a request, or finds the one that waits; its id."""
        answer = await self.unlink(number, person)
        assert answer["__typename"] == "UnlinkPending"
        id: str = answer["request"]["id"]
        return id

    async def request(self, id: str, person: str = "ann") -> Any:
        return (await self.service.data(REQUEST, {"id": id}, person))["node"]

    async def outcome(self, id: str) -> Any:
        """What an agent's answer made of a request."""
        found = await self.request(id)
        assert found["state"] == "ANSWERED"
        assert found["answeredAt"] is not None
        return found["outcome"]

    async def invoice(self, number: int = 1, person: str = "ann", first: int = 20) -> Any:
        variables = {"id": invoice_id(number), "first": first}
        return (await self.service.data(INVOICE, variables, person))["subcontractorInvoice"]

    async def history(self, number: int = 1) -> list[tuple[str, str]]:
        """Who tried, and how it ended, newest first."""
        attempts = (await self.invoice(number))["unlinkHistory"]
        return [(each["by"], each["outcome"]) for each in attempts]

    async def people_become(self, *people: Document) -> None:
        await bring_in(self.database, a_directory(people))

    async def rules_become(self, **but: object) -> None:
        await bring_in(self.database, a_directory(books.HARBOR_PEOPLE, integration=but))

    async def is_synced_anew(
        self, number: int, record_id: str, at: str = "2026-06-01T00:00:00Z"
    ) -> None:
        """What a re-sync brings: the same invoice, as another record of the ERP."""
        again = a_requisition(number, origin_id=record_id, updated_at=at)
        await bring_in(self.database, a_directory(books.HARBOR_PEOPLE), [again])


def invoice_id(number: int, company_id: int = HARBOR) -> str:
    return an_id("SubcontractorInvoice", company_id, number)


@asynccontextmanager
async def an_office(url: str, folder: Path, **settings: Any) -> AsyncIterator[Office]:
    database = open_database(url)
    books_there = FakeErp(dict(books.HARBOR_STATES), dict(books.HARBOR_DOCUMENTS))
    async with service_asking(PolledErp(), url, folder, **settings) as service:
        yield Office(service, Agent(service.services, books_there), database)
    await database.engine.dispose()


@pytest.fixture
def office_url(kind: str, templates: Templates, tmp_path: Path) -> str:
    return templates.copy(kind, "books where nobody waits", books.enter, tmp_path)


@pytest.fixture
async def office(office_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(office_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def impatient(office_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Whoever asks there is given no time: by the next look, the request is stale."""
    async with an_office(office_url, tmp_path, agent_deadline_seconds=0.000001) as opened:
        yield opened
