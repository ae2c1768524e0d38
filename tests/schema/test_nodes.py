"""Everything with an id can be asked for again by the id it tells."""

from typing import Any

import pytest

from tests.builders import HARBOR, a_directory, a_requisition, bring_in
from tests.schema import books
from tests.schema.conftest import HARBOR_ID, Clerk, an_id

EVERYTHING = """
query Everything($company: ID!, $invoice: ID!) {
  company(id: $company) { __typename id name currency erpIntegrations {
    __typename id erp name unlinkSupported deletionRequired voidCountsAsGone reversalCountsAsGone
    notes documentationUrl } }
  subcontractorInvoice(id: $invoice) {
    __typename id number invoiceNumber status
    vendor { __typename id name }
    project { __typename id name projectNumber: number }
    commitment { __typename id title type }
    erpLink { __typename id erp recordId documentNumber recordState endedAt }
  }
}
"""
NODE = """
query Node($id: ID!) {
  node(id: $id) {
    __typename id
    ... on Company { name currency erpIntegrations {
      __typename id erp name unlinkSupported deletionRequired voidCountsAsGone
      reversalCountsAsGone notes documentationUrl } }
    ... on ErpIntegration { erp name unlinkSupported deletionRequired voidCountsAsGone
      reversalCountsAsGone notes documentationUrl }
    ... on SubcontractorInvoice { number invoiceNumber status
      vendor { __typename id name }
      project { __typename id name projectNumber: number }
      commitment { __typename id title type }
      erpLink { __typename id erp recordId documentNumber recordState endedAt } }
    ... on Vendor { name }
    ... on Project { name projectNumber: number }
    ... on Commitment { title type }
    ... on ErpLink { erp recordId documentNumber recordState endedAt }
    ... on UnlinkRequest { state by askedAt waitsUntil answeredAt link { id }
      requestOf: invoice { id } outcome { __typename } }
  }
}
"""
NODES = NODE.replace("$id: ID!", "$ids: [ID!]!").replace("node(id: $id)", "nodes(ids: $ids)")
INVOICE = an_id("SubcontractorInvoice", HARBOR, 1)
REQUEST = an_id("UnlinkRequest", HARBOR, books.REQUEST.hex)


async def everything(reader: Clerk) -> list[dict[str, Any]]:
    """One object of each kind, as it is shown where it belongs."""
    data = await reader.service.data(EVERYTHING, {"company": HARBOR_ID, "invoice": INVOICE}, "ann")
    company, invoice = data["company"], data["subcontractorInvoice"]
    only_as_nodes = await reader.service.data(NODES, {"ids": [REQUEST]}, "ann")
    return [
        company,
        *company["erpIntegrations"],
        invoice,
        *(invoice[name] for name in ("vendor", "project", "commitment", "erpLink")),
        *only_as_nodes["nodes"],
    ]


async def test_every_type_is_refetched_by_the_id_it_tells(reader: Clerk) -> None:
    shown = await everything(reader)

    assert [each["__typename"] for each in shown] == [
        "Company",
        "ErpIntegration",
        "SubcontractorInvoice",
        "Vendor",
        "Project",
        "Commitment",
        "ErpLink",
        "UnlinkRequest",
    ]
    for each in shown:
        refetched = await reader.service.data(NODE, {"id": each["id"]}, "ann")
        assert refetched == {"node": each}


async def test_no_type_is_a_node_that_was_not_tried(reader: Clerk) -> None:
    data = await reader.service.data(
        '{ __type(name: "Node") { possibleTypes { name } } }', None, "ann"
    )

    tried = {each["__typename"] for each in await everything(reader)}
    assert {each["name"] for each in data["__type"]["possibleTypes"]} == tried


async def test_nodes_answers_in_the_order_asked_with_null_for_what_is_not_there(
    reader: Clerk,
) -> None:
    ids = [each["id"] for each in await everything(reader)]
    asked = [*ids, an_id("Vendor", HARBOR, 999), "nonsense", *reversed(ids), ids[0]]

    data = await reader.service.data(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": asked}, "ann"
    )

    expected = [{"id": id} if id in ids else None for id in asked]
    assert data["nodes"] == expected


async def test_a_hundred_nodes_may_be_asked_for_and_none_at_all(reader: Clerk) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    hundred = await reader.service.data(query, {"ids": [INVOICE] * 100}, "ann")
    none = await reader.service.data(query, {"ids": []}, "ann")

    assert hundred["nodes"] == [{"id": INVOICE}] * 100
    assert none["nodes"] == []


async def test_an_ended_link_can_still_be_asked_for(clerk: Clerk) -> None:
    """I3: unlinking ends a link, it never erases it."""
    await clerk.integration_becomes(deletionRequired=False)
    link = next(each for each in await everything(clerk) if each["__typename"] == "ErpLink")
    await clerk.unlink(1)

    data = await clerk.service.data(NODE, {"id": link["id"]}, "ann")

    assert data["node"]["endedAt"] is not None
    assert data["node"] | {"endedAt": None} == link


async def test_a_typed_field_answers_only_for_its_own_type(reader: Clerk) -> None:
    shown = await everything(reader)
    for each in shown:
        data = await reader.service.data(
            "query($id: ID!) { company(id: $id) { id } subcontractorInvoice(id: $id) { id } }",
            {"id": each["id"]},
            "ann",
        )
        kind = each["__typename"]
        assert data["company"] == ({"id": each["id"]} if kind == "Company" else None)
        assert data["subcontractorInvoice"] == (
            {"id": each["id"]} if kind == "SubcontractorInvoice" else None
        )


WHOLE = """
query Whole($id: ID!) {
  subcontractorInvoice(id: $id) {
    number invoiceNumber status erpStatus billingDate periodStart periodEnd paymentDate submittedAt
    percentComplete final createdAt updatedAt locked
    totalClaimedAmount { amount currency } currentPaymentDue { amount currency }
    summary { originalContractSum { amount currency } completedWorkRetainagePercent
      currentPaymentDue { amount } totalRetainage { amount } }
    erpLink { syncedAt syncedBy }
    unlinkHistory { at }
  }
}
"""


async def test_an_invoice_shows_what_the_requisition_said(clerk: Clerk) -> None:
    """Exact amounts as text, days as days, moments in UTC; null for what was not said."""
    requisition = a_requisition(
        50,
        invoice_number="№ 50",
        status="pending_owner_approval",
        erp_status="synced",
        requisition_start="2026-03-01",
        requisition_end="2026-03-31",
        payment_date="2026-04-30",
        submitted_at="2026-04-01",
        percent_complete="96.36%",
        final=True,
        total_claimed_amount="1250.10",
        created_at="2026-04-01T10:00:00+02:00",
        updated_at="2026-04-02T10:00:00.120000Z",
        currency_configuration={"currency_iso_code": "CAD"},
        summary={
            "original_contract_sum": "99999999999999.99",
            "completed_work_retainage_percent": "7.5%",
            "current_payment_due": "-0.05",
        },
    )
    await bring_in(clerk.database, a_directory(books.HARBOR_PEOPLE), [requisition])

    data = await clerk.service.data(WHOLE, {"id": an_id("SubcontractorInvoice", HARBOR, 50)}, "ann")

    assert data["subcontractorInvoice"] == {
        "number": 50,
        "invoiceNumber": "№ 50",
        "status": "PENDING_OWNER_APPROVAL",
        "erpStatus": "synced",
        "billingDate": "2026-03-31",
        "periodStart": "2026-03-01",
        "periodEnd": "2026-03-31",
        "paymentDate": "2026-04-30",
        "submittedAt": "2026-04-01",
        "percentComplete": "96.36",
        "final": True,
        "createdAt": "2026-04-01T08:00:00Z",
        "updatedAt": "2026-04-02T10:00:00.120000Z",
        "locked": True,
        "totalClaimedAmount": {"amount": "1250.10", "currency": "CAD"},
        "currentPaymentDue": {"amount": "-0.05", "currency": "CAD"},
        "summary": {
            "originalContractSum": {"amount": "99999999999999.99", "currency": "CAD"},
            "completedWorkRetainagePercent": "7.5",
            "currentPaymentDue": {"amount": "-0.05"},
            "totalRetainage": None,
        },
        "erpLink": {"syncedAt": "2026-04-02T10:00:00.120000Z", "syncedBy": None},
        "unlinkHistory": [],
    }


@pytest.mark.parametrize("number", [4, 5])
async def test_what_a_requisition_does_not_say_is_null(reader: Clerk, number: int) -> None:
    data = await reader.service.data(
        WHOLE, {"id": an_id("SubcontractorInvoice", HARBOR, number)}, "ann"
    )

    invoice = data["subcontractorInvoice"]
    for name in ("invoiceNumber", "billingDate", "periodStart", "totalClaimedAmount"):
        assert invoice[name] is None
    assert invoice["currentPaymentDue"] is None
    assert invoice["summary"]["currentPaymentDue"] is None
    assert invoice["final"] is False
