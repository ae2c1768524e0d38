"""What others do meanwhile is seen as it happens; a line that is lost is told, and heals."""

from playwright.async_api import expect

from tests.browser.conftest import OpenPage, OpenWindow, Take
from tests.browser.erp_link import ErpLink
from tests.browser.invoices import Invoices, Synced


async def test_a_row_unlinked_by_somebody_else_goes_grey_and_says_who_did_it(
    erp_link: ErpLink, invoices: Invoices, open_page: OpenPage, take: Take
) -> None:
    invoice = take()
    erp_link.run("demo-erp", "delete", invoice.record)
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


async def test_a_lost_line_is_told_and_heals_and_nothing_is_missed(
    open_window: OpenWindow, own_erp_link: ErpLink, pages: None
) -> None:
    window = await open_window(own_erp_link.origin)
    invoices = Invoices(window.page, own_erp_link.origin)
    await invoices.open_as("ada")
    live = window.page.get_by_text("Live", exact=True)
    await expect(live).to_be_visible()
    invoice = Synced.of(next(e for e in own_erp_link.bills() if e["state"] == "draft"))
    own_erp_link.run("demo-erp", "delete", invoice.record)
    await invoices.find(invoice)

    own_erp_link.stop()
    await expect(window.page.get_by_text("Connection lost")).to_be_visible()
    own_erp_link.start()

    await expect(live).to_be_visible()
    await invoices.unlink(invoice)
    await invoices.sees_green(invoice)
    window.forgive("WebSocket connection to .* failed")


async def both_see(invoice: Synced, **windows: Invoices) -> None:
    for person, page in windows.items():
        await page.open_as(person)
        await page.find(invoice)
        await expect(page.page.get_by_text("Live", exact=True)).to_be_visible()
