"""The service over the books of two companies, with an ERP that the tests play."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.store.engine import Database, open_database
from tests.builders import HARBOR, a_directory, bring_in
from tests.databases import Templates
from tests.fakes import FakeErp, service_asking
from tests.schema import books
from tests.service import Service


def an_id(kind: str, company_id: int, local_id: int | str) -> str:
    """An id as someone could forge it who knows how ours are made."""
    packed = f"{kind}:{company_id}:{local_id}".encode()
    return urlsafe_b64encode(packed).decode().rstrip("=")


HARBOR_ID = an_id("Company", HARBOR, HARBOR)

PAGE = """
query Page($company: ID!, $filter: SyncedInvoiceFilter, $order: SyncedInvoiceOrder,
           $first: Int, $after: String, $last: Int, $before: String) {
  syncedInvoices(companyId: $company, filter: $filter, orderBy: $order,
                 first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { cursor node { number } }
    nodes { number }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
WALK = PAGE.replace("totalCount", "").replace("nodes { number }", "")
"""A page without what costs time."""

UNLINK = """
mutation Unlink($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) {
    __typename
    ... on Success { message }
    ... on UnlinkRefusal { message code }
  }
}
"""


def numbers(page: dict[str, Any]) -> list[int]:
    """Which invoices are on a page, in order."""
    found = [edge["node"]["number"] for edge in page["edges"]]
    assert found == [node["number"] for node in page.get("nodes", [])] or "nodes" not in page
    return found


@dataclass(frozen=True)
class Clerk:
    """The service, asked by people of either company; and what the database holds."""

    service: Service
    erp: FakeErp
    database: Database

    async def page(
        self, person: str = "ann", company: str = HARBOR_ID, **variables: Any
    ) -> dict[str, Any]:
        data = await self.service.data(PAGE, {"company": company, **variables}, person)
        page: dict[str, Any] = data["syncedInvoices"]
        return page

    async def step(self, **variables: Any) -> dict[str, Any]:
        """A page of Harbor's, for one who walks through many."""
        data = await self.service.data(WALK, {"company": HARBOR_ID, **variables}, "ann")
        page: dict[str, Any] = data["syncedInvoices"]
        return page

    async def listed(self, **keep: Any) -> list[int]:
        """Harbor's invoices that a filter keeps, by number; `totalCount` must agree."""
        page = await self.page(filter=keep, first=100)
        assert page["totalCount"] == len(page["edges"])
        return sorted(numbers(page))

    async def unlink(self, number: int, person: str = "ann") -> dict[str, Any]:
        """Try to unlink an invoice of Harbor's; answers what became of it, with its message."""
        invoice = an_id("SubcontractorInvoice", HARBOR, number)
        data = await self.service.data(UNLINK, {"invoice": invoice}, person)
        outcome: dict[str, Any] = data["unlinkInvoice"]
        return outcome

    async def integration_becomes(self, **but: Any) -> None:
        """Harbor's rules change, as its directory tells them."""
        await bring_in(self.database, a_directory(books.HARBOR_PEOPLE, integration=but))

    async def bad_input(self, query: str = PAGE, **variables: Any) -> dict[str, Any]:
        """The one error of a request that cannot be used; nothing unexpected happened."""
        error: dict[str, Any] = await self.service.error(
            query, {"company": HARBOR_ID} | variables if query is PAGE else variables, "ann"
        )
        assert error.get("extensions", {}).get("code") != "INTERNAL_SERVER_ERROR", error
        return error


@pytest.fixture
async def clerk(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Clerk]:
    async with _clerk_at(templates.copy(kind, "books", books.fill, tmp_path), tmp_path) as at_work:
        yield at_work


@pytest.fixture
async def reader(
    kind: str,
    templates: Templates,
    shared: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> AsyncIterator[Clerk]:
    """For tests that write nothing: they share one database of each kind, which saves time."""
    if kind not in shared:
        folder = tmp_path_factory.mktemp("books")
        shared[kind] = templates.copy(kind, "books", books.fill, folder)
    async with _clerk_at(shared[kind], tmp_path) as at_work:
        yield at_work


@pytest.fixture(scope="session")
def shared() -> dict[str, str]:
    """The URL of the database that readers share, by kind."""
    return {}


@asynccontextmanager
async def _clerk_at(url: str, tmp_path: Path) -> AsyncIterator[Clerk]:
    erp = FakeErp(dict(books.HARBOR_STATES), dict(books.HARBOR_DOCUMENTS))
    database = open_database(url)
    async with service_asking(erp, url, tmp_path) as service:
        yield Clerk(service, erp, database)
    await database.engine.dispose()
