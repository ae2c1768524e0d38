"""The list once something on it was unlinked, or tried to be."""

from tests.builders import HARBOR
from tests.schema.conftest import Clerk, an_id, numbers
from tests.schema.test_paging import each_order, in_order

SHOWN = """mutation($id: ID!) { unlinkInvoice(input: {invoiceId: $id}) {
  ... on StillInErp { link { documentNumber } } } }"""


async def test_an_invoice_is_found_by_the_document_number_that_an_unlink_has_shown(
    clerk: Clerk,
) -> None:
    clerk.erp.documents["BILL-9"] = "RE-77"

    shown = await clerk.service.data(SHOWN, {"id": an_id("SubcontractorInvoice", HARBOR, 9)}, "ann")

    assert shown == {"unlinkInvoice": {"link": {"documentNumber": "RE-77"}}}
    assert await clerk.listed(search="re-77") == [9]


@each_order
async def test_the_cursor_of_an_invoice_that_was_unlinked_meanwhile_still_holds_its_place(
    clerk: Clerk, field: str, direction: str
) -> None:
    await clerk.integration_becomes(deletionRequired=False)
    order = {"field": field, "direction": direction}
    expected = in_order(field, direction)
    page = await clerk.page(order=order, first=4)
    cursor = page["pageInfo"]["endCursor"]

    assert (await clerk.unlink(expected[3]))["__typename"] == "Success"

    after = await clerk.page(order=order, first=3, after=cursor)
    assert numbers(after) == expected[4:7]
    assert after["pageInfo"]["hasPreviousPage"] is True
    before = await clerk.page(order=order, last=3, before=cursor)
    assert numbers(before) == expected[:3]
    assert before["pageInfo"]["hasNextPage"] is True
    assert before["pageInfo"]["hasPreviousPage"] is False


async def test_nothing_is_before_a_page_once_the_only_invoice_before_it_is_unlinked(
    clerk: Clerk,
) -> None:
    await clerk.integration_becomes(deletionRequired=False)
    (first, *rest) = in_order("SYNCED_AT", "DESC")
    cursor = (await clerk.page(first=1))["pageInfo"]["endCursor"]

    assert (await clerk.unlink(first))["__typename"] == "Success"

    page = await clerk.page(first=100, after=cursor)
    assert numbers(page) == rest
    assert page["pageInfo"]["hasPreviousPage"] is False
    assert page["totalCount"] == len(rest)
