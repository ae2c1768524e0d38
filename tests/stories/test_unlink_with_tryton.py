"""An accountant, the service on PostgreSQL, and a real Tryton: no bill is ever paid twice."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.store.engine import open_database
from schema.ids import node_id
from tests.builders import HARBOR, INTEGRATION, a_directory, a_person, a_requisition, bring_in
from tests.databases import Templates, nothing
from tests.servers.postgresql import Postgresql
from tests.servers.tryton import Tryton
from tests.service import Service, check_all, running_service

UNLINK = """
mutation ($id: ID!) {
  unlinkInvoice(input: {invoiceId: $id}) {
    __typename
    ... on Success { message invoice { locked } formerLink { recordState } }
    ... on UnlinkRefusal { message }
    ... on StillInErp { recordState link { documentNumber } }
    ... on ErpUnavailable { reason }
  }
}
"""
BOOKS = """
query ($company: ID!, $id: ID!) {
  syncedInvoices(companyId: $company) { totalCount }
  subcontractorInvoice(id: $id) { locked unlinkHistory { outcome } }
}
"""
SYNCED = 41
STILL = "The requisition is still in your ERP system. Please delete it before retrying."


@dataclass(frozen=True)
class Books:
    """Harbor Builders' books, with one invoice that is synced with a Tryton bill."""

    service: Service

    async def unlink(self) -> dict[str, Any]:
        id = node_id("SubcontractorInvoice", HARBOR, SYNCED)
        answer: dict[str, Any] = (await self.service.data(UNLINK, {"id": id}))["unlinkInvoice"]
        return answer

    async def history(self) -> tuple[bool, int, list[str]]:
        """Whether the invoice is locked, how many are synced, and what was tried."""
        id = node_id("SubcontractorInvoice", HARBOR, SYNCED)
        company = node_id("Company", HARBOR, HARBOR)
        data = await self.service.data(BOOKS, {"company": company, "id": id})
        invoice = data["subcontractorInvoice"]
        outcomes = [attempt["outcome"] for attempt in invoice["unlinkHistory"]]
        return invoice["locked"], data["syncedInvoices"]["totalCount"], outcomes

    async def still_linked(self, *outcomes: str) -> bool:
        return await self.history() == (True, 1, list(outcomes))


Opened = Callable[..., AbstractAsyncContextManager[Books]]


@pytest.fixture
def books(tryton: Tryton, postgresql: Postgresql, templates: Templates, tmp_path: Path) -> Opened:
    """Open the books on a bill: imported and looked at, as `erp-link import` does."""
    url = templates.copy("postgresql", "empty", nothing, tmp_path)

    @asynccontextmanager
    async def opened(bill: int, key: str = "integration", **rules: bool) -> AsyncIterator[Books]:
        tryton.post(tryton.draft_bill("opening balance"))
        integration = {"erp": "tryton", **rules}
        directory = a_directory([a_person("ada")], integration=integration)
        database = open_database(url)
        await bring_in(database, directory, [a_requisition(SYNCED, origin_id=str(bill))])
        await database.engine.dispose()
        async with running(tryton, url, tmp_path) as service:
            await check_all(service.services)
        async with running(tryton, url, tmp_path, key) as service:
            yield Books(service)

    return opened


def running(
    tryton: Tryton, url: str, folder: Path, key: str = "integration"
) -> AbstractAsyncContextManager[Service]:
    reach = {"url": tryton.url, "company": str(tryton.company), "key": tryton.keys.get(key, key)}
    return running_service(url, folder, connections={f"{HARBOR}/{INTEGRATION}": reach})


async def test_a_posted_bill_is_still_in_the_erp(tryton: Tryton, books: Opened) -> None:
    bill = tryton.draft_bill("SUB-1")
    tryton.post(bill)

    async with books(bill) as opened:
        answer = await opened.unlink()

        assert (answer["__typename"], answer["message"]) == ("StillInErp", STILL)
        assert answer["recordState"] == "OPEN"
        assert answer["link"]["documentNumber"]
        assert await opened.still_linked("STILL_IN_ERP")


async def test_a_draft_that_is_deleted_there_is_unlinked(tryton: Tryton, books: Opened) -> None:
    bill = tryton.draft_bill("SUB-2")

    async with books(bill) as opened:
        red = await opened.unlink()
        tryton.delete(bill)
        green = await opened.unlink()

        assert (red["message"], red["recordState"]) == (STILL, "DRAFT")
        assert green["message"] == "Successfully Unlinked"
        assert green["invoice"] == {"locked": False}
        assert await opened.history() == (False, 0, ["UNLINKED", "STILL_IN_ERP"])


async def test_a_draft_deleted_before_anyone_tried_is_unlinked(
    tryton: Tryton, books: Opened
) -> None:
    bill = tryton.draft_bill("SUB-3")

    async with books(bill) as opened:
        tryton.delete(bill)

        assert (await opened.unlink())["message"] == "Successfully Unlinked"


@pytest.mark.parametrize(("void_counts", "expected"), [(False, "StillInErp"), (True, "Success")])
async def test_a_cancelled_bill_goes_by_the_integrations_own_rule(
    tryton: Tryton, books: Opened, void_counts: bool, expected: str
) -> None:
    bill = tryton.draft_bill("SUB-4")
    tryton.post(bill)
    tryton.cancel(bill)

    async with books(bill, voidCountsAsGone=void_counts) as opened:
        assert (await opened.unlink())["__typename"] == expected
        assert (await opened.history())[0] is not void_counts


async def test_i1_a_bill_of_a_company_we_cannot_see_is_never_gone(
    tryton: Tryton, books: Opened
) -> None:
    bill = tryton.bill_in_other_company("SUB-5")

    async with books(bill) as opened:
        answer = await opened.unlink()

        assert (answer["__typename"], answer["reason"]) == ("ErpUnavailable", "NOT_VISIBLE")
        assert await opened.still_linked("ERP_UNAVAILABLE")


async def test_i1_a_key_that_no_longer_sees_our_bills_proves_nothing(
    tryton: Tryton, books: Opened
) -> None:
    bill = tryton.draft_bill("SUB-6")

    async with books(bill, key="stranger") as opened:
        answer = await opened.unlink()

        assert (answer["__typename"], answer["reason"]) == ("ErpUnavailable", "NOT_VISIBLE")
        assert await opened.still_linked("ERP_UNAVAILABLE")


@pytest.mark.parametrize(("key", "reason"), [("0" * 128, "UNAUTHORIZED"), ("nobody", "FORBIDDEN")])
async def test_i1_a_key_that_is_refused_proves_nothing(
    tryton: Tryton, books: Opened, key: str, reason: str
) -> None:
    async with books(tryton.draft_bill("SUB-7"), key=key) as opened:
        answer = await opened.unlink()

        assert (answer["__typename"], answer["reason"]) == ("ErpUnavailable", reason)
        assert await opened.still_linked("ERP_UNAVAILABLE")


async def test_i1_a_stopped_tryton_proves_nothing(tryton: Tryton, books: Opened) -> None:
    async with books(tryton.draft_bill("SUB-8")) as opened:
        with tryton.stopped():
            answer = await opened.unlink()

        assert (answer["__typename"], answer["reason"]) == ("ErpUnavailable", "UNREACHABLE")
        assert await opened.still_linked("ERP_UNAVAILABLE")


async def test_i6_a_hung_tryton_is_given_up_within_the_deadline(
    tryton: Tryton, books: Opened
) -> None:
    async with books(tryton.draft_bill("SUB-9")) as opened:
        with tryton.hung():
            began = time.monotonic()
            answer = await opened.unlink()
            waited = time.monotonic() - began

        assert (answer["__typename"], answer["reason"]) == ("ErpUnavailable", "TIMEOUT")
        assert 7 < waited < 12  # the default deadline is 8 s; the rest is the machine's
        assert await opened.still_linked("ERP_UNAVAILABLE")
