"""Harbor Builders with a QuickBooks Desktop, and Quarry Works with another, on both databases."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from adapters.settings import Settings
from adapters.store.engine import Database, open_database
from adapters.tokens import DemoIssuer
from adapters.web_connector.qwc import file_id, username
from app import create_app
from domain.erps import RecordState
from resolvers.context import Services
from schema.ids import node_id
from serving.draining import Draining
from tests.adapters.erps.vendors.quickbooks_desktop import (
    BILLS,
    DELETED,
    PASSWORD,
    PATH,
    Bill,
    CompanyFile,
    a_company_file,
)
from tests.builders import (
    HARBOR,
    INTEGRATION,
    QUARRY,
    a_directory,
    a_person,
    a_requisition,
    bring_in,
)
from tests.endpoint.lines import served
from tests.web_connector.connector import Connector, company_shown

THEIR_PATH = r"C:\Books\Quarry Works.qbw"
THEIR_PASSWORD = "another-password-of-quarry"
OPEN, GONE, PARTLY, VOIDED, ODD = 41, 42, 43, 44, 45
"""Invoices, by what became of their bills. The bill of the last can be none of QuickBooks'."""
RECORDS = {
    OPEN: BILLS[RecordState.OPEN].txn_id,
    GONE: DELETED,
    PARTLY: BILLS[RecordState.PARTLY_PAID].txn_id,
    VOIDED: BILLS[RecordState.VOIDED].txn_id,
    ODD: "BILL-45",
}

UNLINK = """
mutation ($id: ID!) {
  unlinkInvoice(input: {invoiceId: $id}) {
    __typename
    ... on Success { message }
    ... on UnlinkRefusal { message code }
    ... on StillInErp { recordState }
    ... on ErpUnavailable { reason }
    ... on UnlinkPending { request { id state } }
  }
}
"""
REQUEST = """
query ($id: ID!) {
  node(id: $id) {
    ... on UnlinkRequest {
      state answeredAt
      outcome {
        __typename
        ... on Success { message }
        ... on UnlinkRefusal { message code }
        ... on StillInErp { recordState }
        ... on ErpUnavailable { reason }
      }
    }
  }
}
"""
INVOICE = """
query ($id: ID!) {
  subcontractorInvoice(id: $id) {
    locked erpLink { recordState } unlinkHistory { by outcome evidence }
  }
}
"""


@dataclass
class Desk:
    """The service on a socket, a person at its front end, and the office computers."""

    address: str
    http: httpx2.AsyncClient
    services: Services
    database: Database
    books: CompanyFile
    """Harbor's, in QuickBooks."""

    def connector(self, company_id: int = HARBOR, **but: Any) -> Connector:
        """The Web Connector of a company, as it is set up there."""
        ours = company_id == HARBOR
        told: dict[str, Any] = {
            "address": f"{self.address}/web-connector",
            "username": username(company_id, INTEGRATION),
            "password": PASSWORD if ours else THEIR_PASSWORD,
            "company_file": self.books if ours else a_company_file(THEIR_PATH),
            "shown": company_shown(file_id(company_id, INTEGRATION)),
        }
        return Connector(**told | but)

    async def ask(self, query: str, **variables: Any) -> Any:
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        told = answer.json()
        assert "errors" not in told, told
        return told["data"]

    async def unlink(self, invoice: int) -> dict[str, Any]:
        id = node_id("SubcontractorInvoice", HARBOR, invoice)
        answer: dict[str, Any] = (await self.ask(UNLINK, id=id))["unlinkInvoice"]
        return answer

    async def pending(self, invoice: int) -> str:
        """The id of the request that an unlink leaves behind."""
        answer = await self.unlink(invoice)
        assert answer["__typename"] == "UnlinkPending", answer
        assert answer["request"]["state"] == "WAITING"
        id: str = answer["request"]["id"]
        return id

    async def ended(self, request: str) -> tuple[str, Any]:
        """The state of a request, and what it ended as."""
        node = (await self.ask(REQUEST, id=request))["node"]
        return node["state"], node["outcome"]

    async def invoice(self, invoice: int) -> tuple[bool, list[str]]:
        """Whether it is locked, and how the attempts to unlink it ended, newest first."""
        id = node_id("SubcontractorInvoice", HARBOR, invoice)
        found = (await self.ask(INVOICE, id=id))["subcontractorInvoice"]
        return found["locked"], [each["outcome"] for each in found["unlinkHistory"]]

    async def known(self, invoice: int) -> str | None:
        """The state that the invoice's bill was last known in."""
        id = node_id("SubcontractorInvoice", HARBOR, invoice)
        found = (await self.ask(INVOICE, id=id))["subcontractorInvoice"]
        state: str | None = found["erpLink"]["recordState"]
        return state


Opened = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
async def desks(database_url: str, tmp_path: Path) -> Opened:
    """Opens the service over the same books, each time in a process of its own as it were."""
    integration = {"erp": "quickbooks_desktop"}
    database = open_database(database_url)
    people = [a_person("ann"), a_person("ben")]
    for company_id in (HARBOR, QUARRY):
        rows = [a_requisition(id, origin_id=record) for id, record in RECORDS.items()]
        await bring_in(database, a_directory(people, company_id, integration), rows)
    await database.engine.dispose()
    books = a_company_file()

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Desk]:
        async with running(database_url, tmp_path, books, **settings) as desk:
            yield desk

    return opened


@pytest.fixture
async def desk(desks: Opened) -> AsyncIterator[Desk]:
    """Before the Web Connector ever called."""
    async with desks() as opened:
        yield opened


@pytest.fixture
async def known(desk: Desk) -> Desk:
    """After its first visit, which was before the accountant deleted anything."""
    desk.books.deleted.clear()
    desk.books.add(Bill(DELETED))
    await desk.connector().visit()
    assert await desk.known(GONE) == "OPEN"
    return desk


@asynccontextmanager
async def running(
    url: str, folder: Path, books: CompanyFile, **settings: Any
) -> AsyncIterator[Desk]:
    connections = {
        f"{HARBOR}/{INTEGRATION}": {"password": PASSWORD, "company_file": PATH},
        f"{QUARRY}/{INTEGRATION}": {"password": THEIR_PASSWORD, "company_file": THEIR_PATH},
    }
    told: dict[str, Any] = {"demo": True, "connections": connections} | settings
    chosen = Settings(database_url=SecretStr(url), data_dir=folder, **told)
    draining = Draining()
    app = create_app(chosen, draining)
    async with app.router.lifespan_context(app) as state:
        assert state is not None

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        issuer: DemoIssuer = state["issuer"]
        bearer = {"Authorization": f"Bearer {issuer.token('ann')}"}
        async with served(with_state, draining) as (_, port):
            address = f"http://127.0.0.1:{port}"
            async with httpx2.AsyncClient(base_url=address, headers=bearer, timeout=20) as http:
                yield Desk(address, http, state["services"], state["database"], books)
