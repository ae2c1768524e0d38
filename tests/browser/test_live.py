"""What others do meanwhile is seen as it happens."""

from playwright.async_api import expect

from tests.browser.conftest import OpenPage, Take
from tests.browser.erp_link import ErpLink, Synced
from tests.browser.invoices import Invoices


async def test_a_row_unlinked_by_somebody_else_goes_grey_and_says_who_did_it(
    erp_link: ErpLink, invoices: Invoices, open_page: OpenPage, take: Take
) -> None:
    invoice = take()
    erp_link.delete(invoice)
    other = await open_page()
    await both_see(invoice, ada=invoices, dev=other)

    await invoices.unlink(invoice)

    await invoices.sees_green(invoice)
    await expect(other.row(invoice)).to_contain_text("Unlinked by Ada Whitfield")
    await expect(other.unlink_button(invoice)).to_have_count(0)


async def test_a_state_that_is_seen_anew_is_seen_by_all(
    invoices: Invoices, open_page: OpenPage, take: Take
) -> None:
    invoice = take()
    other = await open_page()
    await both_see(invoice, ada=invoices, ben=other)
    checked = other.row(invoice).get_by_role("cell").nth(-2).get_by_role("time")
    before = await checked.get_attribute("datetime")
    assert before is not None

    await invoices.unlink(invoice)
    await invoices.sees_red(invoice)

    await expect(checked).not_to_have_attribute("datetime", before)


async def both_see(invoice: Synced, **windows: Invoices) -> None:
    for person, page in windows.items():
        await page.open_as(person)
        await page.find(invoice)
        await expect(page.live).to_be_visible()
