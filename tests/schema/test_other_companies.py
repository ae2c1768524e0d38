"""I5: by no path does anything of another company reach a viewer, nor a viewer it.

Whatever takes an id is tried with one of the other company's, by someone of one company and by
someone of none. The answer must be, byte for byte, that to a well-formed id which names nothing.
Both companies give their records the same ids, so a look-up that forgot the company would find
something.
"""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from domain.erps import RecordState
from tests.builders import DOCKS, HARBOR, INTEGRATION, QUARRY
from tests.fakes import contents, without_attempts
from tests.schema import books
from tests.schema.conftest import HARBOR_ID, PAGE, UNLINK, Clerk, an_id, numbers

NOBODYS = 999
QUARRY_ID = an_id("Company", QUARRY, QUARRY)
ONLY_QUARRYS = 14

FIND_LINKS = """query($company: ID!) { syncedInvoices(companyId: $company) {
  nodes { id erpLink { id } } } }"""

LOOK = """query($id: ID!, $company: ID!) {
  node(id: $id) { __typename id
    ... on Company { name } ... on Project { projectName: name } ... on Vendor { name }
    ... on Commitment { title } ... on ErpIntegration { erp } ... on ErpLink { recordId }
    ... on SubcontractorInvoice { invoiceNumber }
    ... on UnlinkRequest { by link { recordId } invoice { invoiceNumber } outcome { __typename } } }
  nodes(ids: [$id, $id]) { __typename id }
  company(id: $id) { name erpIntegrations { name }
    companyProjects: projects { name } companyVendors: vendors { name } }
  subcontractorInvoice(id: $id) { number vendor { name } erpLink { recordId }
    unlinkHistory { by } }
  syncedInvoices(companyId: $id) { totalCount nodes { number } pageInfo { hasNextPage } }
  viewer { grants(companyId: $id) {
    erpIntegrations canPushToAccounting commitments { level project { name } } } }
  projects: syncedInvoices(companyId: $company, filter: {projectIds: [$id]}) { ...Kept }
  vendors: syncedInvoices(companyId: $company, filter: {vendorIds: [$id]}) { ...Kept }
  commitments: syncedInvoices(companyId: $company, filter: {commitmentIds: [$id]}) { ...Kept }
}
fragment Kept on SubcontractorInvoiceConnection { totalCount nodes { number } }"""
TRY = """mutation($id: ID!) { unlinkInvoice(input: {invoiceId: $id}) {
  __typename ... on UnlinkRefusal { message code } } }"""


@dataclass(frozen=True)
class Foreign:
    """An id of the other company's, and those that name nothing in its place."""

    id: str
    nothing: tuple[str, ...]


async def foreign_ids(clerk: Clerk) -> list[Foreign]:
    data = await clerk.service.data(FIND_LINKS, {"company": QUARRY_ID}, "quinn")
    nodes = data["syncedInvoices"]["nodes"]
    link_ids = {node["id"]: node["erpLink"]["id"] for node in nodes}
    a_link = link_ids[an_id("SubcontractorInvoice", QUARRY, 1)]
    locals_ = {
        "Company": QUARRY,
        "Project": DOCKS,
        "Vendor": 1,
        "Commitment": 1,
        "ErpIntegration": INTEGRATION,
        "SubcontractorInvoice": 1,
    }
    told = [
        Foreign(
            an_id(kind, QUARRY, local),
            (
                an_id(kind, NOBODYS, NOBODYS if kind == "Company" else local),
                an_id(kind, HARBOR, NOBODYS),
            ),
        )
        for kind, local in locals_.items()
    ]
    nowhere = (an_id("ErpLink", HARBOR, "0" * 32), an_id("ErpLink", NOBODYS, "0" * 32))
    told.append(Foreign(a_link, nowhere))
    return [*told, a_request()]


def a_request() -> Foreign:
    """Quarry's, which Harbor has one of the same number of."""
    return Foreign(
        an_id("UnlinkRequest", QUARRY, books.REQUEST.hex),
        (an_id("UnlinkRequest", HARBOR, "0" * 32), an_id("UnlinkRequest", NOBODYS, "0" * 32)),
    )


async def borrowed_ids(clerk: Clerk) -> list[Foreign]:
    """Ids that put what is Quarry's alone into Harbor."""
    data = await clerk.service.data(
        "query($id: ID!) { subcontractorInvoice(id: $id) { erpLink { id } } }",
        {"id": an_id("SubcontractorInvoice", QUARRY, ONLY_QUARRYS)},
        "quinn",
    )
    quarrys = data["subcontractorInvoice"]["erpLink"]["id"]
    uuid = _inside(quarrys).rpartition(":")[2]
    invoice = Foreign(
        an_id("SubcontractorInvoice", HARBOR, ONLY_QUARRYS),
        (an_id("SubcontractorInvoice", HARBOR, NOBODYS),),
    )
    link = Foreign(an_id("ErpLink", HARBOR, uuid), (an_id("ErpLink", HARBOR, "0" * 32),))
    return [invoice, link]


def _inside(id: str) -> str:
    return urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode()


def as_any(answer: httpx2.Response) -> bytes:
    """An answer to the byte, but for what no two have alike: the request's id, the budget left."""
    nameless = answer.content.replace(answer.headers["x-request-id"].encode(), b"...")
    return re.sub(rb'"remaining":[0-9]+,"resetAt":"[^"]+"', b"...", nameless)


async def answers(clerk: Clerk, id: str, person: str) -> tuple[bytes, bytes]:
    """What is answered, to the byte, to everything that takes an id."""
    look = await clerk.service.post(LOOK, {"id": id, "company": HARBOR_ID}, person)
    attempt = await clerk.service.post(TRY, {"id": id}, person)
    assert (look.status_code, attempt.status_code) == (200, 200)
    return as_any(look), as_any(attempt)


@pytest.mark.parametrize("person", ["ann", "nora"])
async def test_another_companys_id_answers_as_one_that_names_nothing(
    clerk: Clerk, person: str
) -> None:
    before = await contents(clerk.database, QUARRY)
    harbor_before = await contents(clerk.database, HARBOR)
    foreign = [*await foreign_ids(clerk), *(await borrowed_ids(clerk) if person == "ann" else [])]
    for each in foreign:
        found = await answers(clerk, each.id, person)
        for nothing in each.nothing:
            assert found == await answers(clerk, nothing, person), each
        assert b"uarry" not in found[0] + found[1]
        assert b"errors" not in found[0] + found[1]

    assert clerk.erp.asked == []
    assert await contents(clerk.database, QUARRY) == before
    harbor_after = await contents(clerk.database, HARBOR)
    if person == "nora":
        assert harbor_after == harbor_before
    else:
        assert without_attempts(harbor_after) == without_attempts(harbor_before)


async def test_the_owner_sees_something_by_each_of_these_ids(reader: Clerk) -> None:
    """Lest the comparison above be one of nothing with nothing."""
    for each in await foreign_ids(reader):
        look = await reader.service.post(LOOK, {"id": each.id, "company": QUARRY_ID}, "quinn")
        body = look.json()
        found = {name for name, value in body["data"].items() if value not in NOTHING}
        assert found >= {"node", "nodes"}
        assert body["data"]["node"]["id"] == each.id


NOTHING: tuple[Any, ...] = (None, {"totalCount": 0, "nodes": []}, [None, None])


async def test_someone_of_both_companies_still_unlinks_only_where_they_may(clerk: Clerk) -> None:
    """Olga has every grant at Quarry, and too few at Harbor."""
    clerk.erp.states = {"BILL-1": RecordState.DELETED}
    harbors = an_id("SubcontractorInvoice", HARBOR, 1)
    quarrys = an_id("SubcontractorInvoice", QUARRY, 1)
    before = without_attempts(await contents(clerk.database, HARBOR))

    at_harbor = await clerk.service.data(UNLINK, {"invoice": harbors}, "olga")
    at_quarry = await clerk.service.data(UNLINK, {"invoice": quarrys}, "olga")

    assert at_harbor["unlinkInvoice"]["__typename"] == "PermissionDenied"
    assert at_quarry["unlinkInvoice"]["__typename"] == "Success"
    assert without_attempts(await contents(clerk.database, HARBOR)) == before


async def test_an_unlink_in_one_company_writes_nothing_in_the_other(clerk: Clerk) -> None:
    clerk.erp.states = {"BILL-1": RecordState.DELETED}
    before = await contents(clerk.database, QUARRY)

    assert (await clerk.unlink(1))["__typename"] == "Success"

    assert await contents(clerk.database, QUARRY) == before


async def test_a_company_shows_its_own_and_all_of_its_own(reader: Clerk) -> None:
    assert sorted(numbers(await reader.page("ann", HARBOR_ID))) == list(range(1, 12))
    assert sorted(numbers(await reader.page("quinn", QUARRY_ID))) == [*range(101, 112), 114]
    assert (await reader.page("olga", HARBOR_ID))["totalCount"] == 11
    assert (await reader.page("olga", QUARRY_ID))["totalCount"] == 12


async def test_another_companys_cursor_is_but_a_place_in_ones_own_list(reader: Clerk) -> None:
    """It says what its own text says, and nothing of what is there in the other company."""
    for field in ("SYNCED_AT", "BILLING_DATE", "INVOICE_NUMBER", "CURRENT_PAYMENT_DUE"):
        for direction in ("ASC", "DESC"):
            order = {"field": field, "direction": direction}
            theirs = await reader.page("quinn", QUARRY_ID, order=order, first=100)
            mine = await reader.step(order=order, first=100)
            for edge in theirs["edges"][::4]:
                after = await reader.step(order=order, first=100, after=edge["cursor"])
                before = await reader.step(order=order, last=100, before=edge["cursor"])

                kept = numbers(after)
                assert kept == numbers(mine)[len(mine["edges"]) - len(kept) :]
                assert set(numbers(before)) | set(kept) >= set(numbers(mine)) - {
                    edge["node"]["number"] - 100
                }
                assert after["pageInfo"]["hasNextPage"] is False
                assert after["pageInfo"]["hasPreviousPage"] is (len(kept) < 11)


async def test_every_cursor_answers_nothing_where_the_company_is_not_ones_own(
    reader: Clerk,
) -> None:
    mine = (await reader.page(first=1))["pageInfo"]["endCursor"]
    theirs = (await reader.page("quinn", QUARRY_ID, first=1))["pageInfo"]["endCursor"]
    for person in ("ann", "nora"):
        for cursor in (mine, theirs):
            for where in ({"after": cursor}, {"before": cursor}):
                bodies = {
                    as_any(await reader.service.post(PAGE, {"company": id, **where}, person))
                    for id in (QUARRY_ID, an_id("Company", NOBODYS, NOBODYS), "nonsense")
                }
                assert len(bodies) == 1
                assert b'"syncedInvoices":null' in bodies.pop()


async def test_what_is_wrong_with_a_request_is_said_of_any_company_alike(reader: Clerk) -> None:
    slips: list[dict[str, Any]] = [
        {"first": 0},
        {"after": "nonsense"},
        {"filter": {"search": "a\nb"}},
    ]
    for wrong in slips:
        bodies = {
            as_any(await reader.service.post(PAGE, {"company": id, **wrong}, "ann"))
            for id in (HARBOR_ID, QUARRY_ID, an_id("Company", NOBODYS, NOBODYS))
        }
        assert len(bodies) == 1
