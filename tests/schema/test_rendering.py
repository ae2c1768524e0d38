"""Documents that chance would seldom write: where plans are kept, merged, or must not be used."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import get_named_type, is_object_type
from sqlalchemy import delete

from adapters.store.engine import Database
from adapters.store.rows import INTEGRATIONS
from bench.operations import DOCUMENTS
from schema.executor import RowExecutor
from schema.rendering import RENDERINGS
from tests.builders import HARBOR, QUARRY
from tests.databases import Templates
from tests.schema import odd_books
from tests.schema.both_ways import BothWays, both_ways, schema_executed_by
from tests.schema.conftest import HARBOR_ID, an_id

SCHEMA = schema_executed_by(RowExecutor)._schema
QUARRY_ID = an_id("Company", QUARRY, QUARRY)
WHOLE = an_id("SubcontractorInvoice", HARBOR, odd_books.WHOLE)
BARE = an_id("SubcontractorInvoice", HARBOR, 4)
UNSYNCED = an_id("SubcontractorInvoice", HARBOR, 12)
LOST = an_id("SubcontractorInvoice", QUARRY, 2)
"""Its status is none."""


@pytest.fixture
async def both(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[BothWays]:
    url = templates.copy(kind, "odd books", odd_books.fill, tmp_path)
    async with both_ways(url, tmp_path) as opened:
        yield opened


async def test_the_documents_of_the_benchmark_are_rendered_and_never_executed(
    both: BothWays,
) -> None:
    variables = {"companyId": HARBOR_ID, "id": WHOLE, "first": 50, "filter": {"search": "kestrel"}}
    for name in ("q1", "q2", "q3"):
        before = RENDERINGS.rendered, RENDERINGS.executed
        await both.answer(both.ours, DOCUMENTS[name], variables)
        assert (RENDERINGS.rendered, RENDERINGS.executed) == (before[0] + 1, before[1])
        await both.data(DOCUMENTS[name], variables)


@pytest.mark.parametrize("spread", ["...F0", "erpLink { integration { __typename } } ...F0"])
async def test_fragments_that_spread_each_other_twice_take_no_time(
    both: BothWays, spread: str
) -> None:
    """Written out, it is the same field more often than could ever be read."""
    chain = [
        f"fragment F{n} on SubcontractorInvoice {{ ...F{n + 1} ...F{n + 1} }}" for n in range(45)
    ]
    last = "fragment F45 on SubcontractorInvoice { number }"
    query = f"query($id: ID!) {{ subcontractorInvoice(id: $id) {{ {spread} }} }}"

    data = await both.data("\n".join([query, *chain, last]), {"id": WHOLE})

    assert data["subcontractorInvoice"]["number"] == odd_books.WHOLE


@pytest.mark.parametrize("first", [True, False])
async def test_what_was_left_out_once_is_there_when_it_is_included(
    both: BothWays, first: bool
) -> None:
    document = """query($id: ID!, $with: Boolean!) { subcontractorInvoice(id: $id) {
      vendor { name } vendor @include(if: $with) { id name2: name }
      erpLink { ... @include(if: $with) { recordId } ...Link @skip(if: $with) id }
      summary { totalRetainage @include(if: $with) { amount } currentPaymentDue { amount } }
      project @skip(if: $with) { id } } }
    fragment Link on ErpLink { integration { name @skip(if: $with) id } }"""
    for value in (first, not first, first):
        data = await both.data(document, {"id": WHOLE, "with": value})
        invoice = data["subcontractorInvoice"]
        assert [*invoice["vendor"]] == (["name", "id", "name2"] if value else ["name"])
        assert [*invoice["erpLink"]] == (["recordId", "id"] if value else ["integration", "id"])
        assert ("project" in invoice) is not value
        assert ("totalRetainage" in invoice["summary"]) is value


async def test_two_operations_of_a_document_have_plans_of_their_own(both: BothWays) -> None:
    document = """
    query One($id: ID!) { subcontractorInvoice(id: $id) { ...Its } }
    query Two($id: ID!) { subcontractorInvoice(id: $id) { status ...Its vendor { id } } }
    fragment Its on SubcontractorInvoice { number vendor { name } }"""
    for name in ("One", "Two", "One", "Two"):
        answer = await both.agreed(document, {"id": WHOLE}, name)
        data = json.loads(answer.split("\n")[0])["subcontractorInvoice"]
        assert [*data] == (
            ["number", "vendor"] if name == "One" else ["status", "number", "vendor"]
        )


async def test_one_operation_answers_for_other_invoices_orders_and_companies(
    both: BothWays,
) -> None:
    document = """query($id: ID!, $company: ID!, $order: SyncedInvoiceOrder, $last: Int) {
      subcontractorInvoice(id: $id) { invoiceNumber erpLink { recordId } billingDate }
      syncedInvoices(companyId: $company, orderBy: $order, last: $last) {
        edges { cursor node { invoiceNumber periodEnd vendor { name } } }
        pageInfo { startCursor endCursor hasNextPage } } }"""
    answers = []
    for id in (WHOLE, BARE, UNSYNCED, LOST, WHOLE):
        for company in (HARBOR_ID, QUARRY_ID):
            for field in ("SYNCED_AT", "BILLING_DATE", "INVOICE_NUMBER", "CURRENT_PAYMENT_DUE"):
                order = {"field": field, "direction": "ASC"}
                variables = {"id": id, "company": company, "order": order, "last": 3}
                answers.append(json.dumps(await both.data(document, variables)))
    assert len({*answers}) == len(answers) * 4 // 5


async def test_names_of_other_fields_are_names_like_any(both: BothWays) -> None:
    document = """query($id: ID!) { subcontractorInvoice(id: $id) {
      number: invoiceNumber invoiceNumber: status render: vendor { row: name null: id v1: name }
      k0: __typename locked: final final: locked _: erpStatus
      erpLink { erp: recordId recordId: erp integration: id } } }"""

    data = await both.data(document, {"id": WHOLE})

    invoice = data["subcontractorInvoice"]
    assert [*invoice] == [
        *("number", "invoiceNumber", "render", "k0", "locked", "final", "_", "erpLink")
    ]
    assert invoice["erpLink"]["erp"] == f"BILL-{odd_books.WHOLE}"
    assert invoice["k0"] == "SubcontractorInvoice"


async def test_an_object_of_which_only_its_type_is_asked_is_there_or_null(both: BothWays) -> None:
    document = """query($id: ID!) { subcontractorInvoice(id: $id) {
      totalClaimedAmount { __typename } erpLink { __typename } summary { __typename }
      vendor { __typename } } }"""
    all_there = await both.data(document, {"id": WHOLE})
    some = await both.data(document, {"id": UNSYNCED})

    assert all_there["subcontractorInvoice"]["erpLink"] == {"__typename": "ErpLink"}
    assert some["subcontractorInvoice"]["erpLink"] is None
    assert some["subcontractorInvoice"]["totalClaimedAmount"] is None
    assert some["subcontractorInvoice"]["summary"] == {"__typename": "G702Summary"}


async def test_one_invoice_that_cannot_be_shown_is_told_by_its_place_in_the_list(
    both: BothWays,
) -> None:
    document = """query($company: ID!, $all: Boolean!) {
      syncedInvoices(companyId: $company, first: 20) { nodes {
        number percentComplete status @include(if: $all)
        summary { totalRetainage { amount } completedWorkRetainagePercent } } } }"""
    before = RENDERINGS.executed
    nullable = await both.agreed(
        document.replace("number", ""), {"company": QUARRY_ID, "all": False}
    )
    whole = await both.agreed(document, {"company": QUARRY_ID, "all": True})

    assert RENDERINGS.executed > before
    data, *errors, _ = nullable.split("\n")
    assert len(json.loads(data)["syncedInvoices"]["nodes"]) == 12
    paths = {tuple(json.loads(each)["path"][3:]) for each in errors}
    assert paths == {
        ("percentComplete",),
        ("summary", "completedWorkRetainagePercent"),
        ("summary", "totalRetainage", "amount"),
    }
    assert len(errors) == 3
    data, *errors, _ = whole.split("\n")
    assert json.loads(data) == {"syncedInvoices": None}


async def test_all_that_can_be_shown_of_an_invoice_is_the_same_wherever_it_is_shown(
    both: BothWays,
) -> None:
    shown = f"{{ {_all_of(SCHEMA.type_map['SubcontractorInvoice'])} }}"
    listed = 'query($c: ID!) { syncedInvoices(companyId: $c, filter: {search: "INV"}, first: 5) {'
    found = await both.data(f"{listed} nodes {{ id }} }} }}", {"c": HARBOR_ID})
    ids = [each["id"] for each in found["syncedInvoices"]["nodes"]]

    variables: dict[str, Any] = {"c": HARBOR_ID, "ids": [*ids, WHOLE], "whole": WHOLE}
    list_ = await both.data(f"{listed} nodes {shown} }} }}", variables)
    nodes = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on SubcontractorInvoice {shown} }} }}"
    each = (await both.data(nodes, variables))["nodes"]
    one = f"query($whole: ID!) {{ subcontractorInvoice(id: $whole) {shown} }}"

    assert list_["syncedInvoices"]["nodes"] == each[:-1]
    assert (await both.data(one, variables))["subcontractorInvoice"] == each[-1]
    assert len(ids) == 5


def _all_of(type_: Any) -> str:
    inner = {name: get_named_type(each.type) for name, each in type_.fields.items()}
    return " ".join(
        f"{name} {{ {_all_of(each)} }}" if is_object_type(each) else name
        for name, each in inner.items()
    )


async def test_an_object_that_lacks_what_none_may_lack_is_null_and_an_error(
    both: BothWays,
) -> None:
    """As where a row was deleted past all foreign keys."""
    await _without_integrations(both.database)

    answer = await both.agreed(
        """query($id: ID!) { subcontractorInvoice(id: $id) { number
        erpLink { recordId integration { name } } } }""",
        {"id": WHOLE},
    )

    data, error, _ = answer.split("\n")
    assert json.loads(data)["subcontractorInvoice"] == {"number": odd_books.WHOLE, "erpLink": None}
    place = ["subcontractorInvoice", "erpLink", "integration"]
    assert json.loads(error)["path"] == place


async def _without_integrations(database: Database) -> None:
    gone = delete(INTEGRATIONS).where(INTEGRATIONS.c.company_id == HARBOR)
    is_sqlite = database.engine.dialect.name == "sqlite"
    unguarded = "foreign_keys = OFF" if is_sqlite else "session_replication_role = replica"
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.exec_driver_sql(f"{'PRAGMA' if is_sqlite else 'SET'} {unguarded}")
        await alone.execute(gone)
        await alone.invalidate()


async def test_where_all_is_in_order_nothing_is_executed(both: BothWays) -> None:
    before = RENDERINGS.executed
    for id in (WHOLE, BARE, UNSYNCED):
        await both.data(
            """query($id: ID!) { subcontractorInvoice(id: $id) { number status percentComplete
            unlinkHistory { at } erpLink { recordState checkedAt syncedBy } periodStart
            summary { totalRetainage { amount } } currentPaymentDue { amount } } }""",
            {"id": id},
        )
    assert RENDERINGS.executed == before
