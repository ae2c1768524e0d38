"""Make the README's picture anew: `python -m tests.browser.screenshot`."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from tests.browser.erp_link import ErpLink, build_pages, running_erp_link
from tests.browser.graphiql import GraphiQL
from tests.browser.window import new_window
from tests.servers.chromium import running_chromium

PICTURE = Path(__file__).parents[2] / "docs" / "graphiql.png"


async def take(service: ErpLink) -> None:
    """The mutation, its variables, and the answer once the bill is deleted."""
    async with running_chromium() as browser, new_window(browser) as window:
        graphiql = GraphiQL(window.page)
        await graphiql.open(service.link_of("ada"))
        me = await graphiql.ask("WhoAmI")
        listed = await graphiql.ask("SyncedInvoices", companyId=me["viewer"]["companies"][0]["id"])
        invoice = listed["syncedInvoices"]["nodes"][0]
        await graphiql.ask("Unlink", invoiceId=invoice["id"])
        service.run("demo-erp", "delete", invoice["erpLink"]["recordId"])
        await graphiql.ask("Unlink", invoiceId=invoice["id"])
        await window.page.mouse.move(0, 0)  # scrollbars show where the mouse is
        await expect(window.page.locator(".scrollbar.visible, .squiggly-error")).to_have_count(0)
        await window.page.screenshot(path=PICTURE, animations="disabled", caret="hide")


def main() -> None:
    build_pages()
    with running_erp_link() as service:
        asyncio.run(take(service))
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
