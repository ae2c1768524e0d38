"""Make the pictures of the README and of docs/ anew: `python -m tests.browser.screenshot`.

Their type is Liberation Sans where it is installed (Debian: fonts-liberation).
"""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from domain.erps import RecordState
from tests.browser.erp_link import ErpLink, build_pages, running_erp_link, synced_invoices
from tests.browser.graphiql import GraphiQL
from tests.browser.invoices import Invoices
from tests.browser.window import new_window
from tests.servers.chromium import running_chromium

DOCS = Path(__file__).parents[2] / "docs"
NARROW = {"width": 360, "height": 740}


async def picture(page: Page, name: str) -> None:
    await page.mouse.move(0, 0)  # scrollbars and rows show where the mouse is
    await page.screenshot(path=DOCS / f"{name}.png", animations="disabled", caret="hide")


async def take_the_page(browser: Browser, service: ErpLink) -> None:
    """The list, the question, red, green, the panel; narrow, dark, and for who may not unlink."""
    by_number = {each.number: each for each in synced_invoices(RecordState.OPEN)}
    gone, there = by_number["26-0273"], by_number["CPP8955"]
    service.delete(gone)
    async with new_window(browser) as window:
        invoices = Invoices(window, service.origin)
        await invoices.open_as("ada")
        await expect(window.page.get_by_text("Live", exact=True)).to_be_visible()
        await picture(window.page, "page-list")
        await invoices.unlink_button(there).click()
        await expect(invoices.confirmation).to_be_visible()
        await picture(window.page, "page-confirmation")
        await invoices.confirm()
        await invoices.sees_red(there)
        await picture(window.page, "page-red")
        await invoices.alert.get_by_role("button", name="Dismiss").click()
        await invoices.unlink(gone)
        await invoices.sees_green(gone)
        await expect(invoices.row(gone)).to_have_count(0)
        await picture(window.page, "page-green")
    async with new_window(browser, color_scheme="dark") as window:
        invoices = Invoices(window, service.origin)
        await invoices.open_as("ada")
        await invoices.open_panel(there)
        await picture(window.page, "page-panel-dark")
    async with new_window(browser, viewport=NARROW) as window:
        invoices = Invoices(window, service.origin)
        await invoices.open_as("ada")
        await picture(window.page, "page-narrow")
    async with new_window(browser) as window:
        invoices = Invoices(window, service.origin)
        await invoices.open_as("emil")
        await invoices.unlink_button(there).hover()
        await expect(window.page.get_by_role("tooltip")).to_be_visible()
        await window.page.screenshot(path=DOCS / "page-may-not.png", animations="disabled")


async def take_graphiql(browser: Browser, service: ErpLink) -> None:
    """The mutation, its variables, and the answer once the bill is deleted."""
    async with new_window(browser) as window:
        graphiql = GraphiQL(window.page)
        await graphiql.open(service.link_of("ada"))
        me = await graphiql.ask("WhoAmI")
        listed = await graphiql.ask("SyncedInvoices", companyId=me["viewer"]["companies"][0]["id"])
        invoice = listed["syncedInvoices"]["nodes"][0]
        await graphiql.ask("Unlink", invoiceId=invoice["id"])
        service.run("demo-erp", "delete", invoice["erpLink"]["recordId"])
        await graphiql.ask("Unlink", invoiceId=invoice["id"])
        await window.page.mouse.move(0, 0)
        await expect(window.page.locator(".scrollbar.visible, .squiggly-error")).to_have_count(0)
        await picture(window.page, "graphiql")


async def take(service: ErpLink) -> None:
    async with running_chromium() as browser:
        await take_the_page(browser, service)
        await take_graphiql(browser, service)


def main() -> None:
    build_pages()
    with running_erp_link() as service:
        asyncio.run(take(service))
    for each in sorted(DOCS.glob("*.png")):
        print(f"{each}: {each.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
