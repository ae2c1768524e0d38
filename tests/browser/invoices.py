"""The page with a person in front of it: all is found by what it is and what it is called."""

import re

from playwright.async_api import Locator, expect

from tests.browser.erp_link import Synced
from tests.browser.window import Window

# A browser, a service and a test on one busy machine: what is seen at last is what counts.
expect.set_options(timeout=15_000)

RED = "The requisition is still in your ERP system. Please delete it before retrying."
GREEN = "Successfully Unlinked"
IS_FOCUSED = "each => each === document.activeElement"
HEADING = "Subcontractor Invoices - Synced with ERP"
NAMES = {"ada": "Ada Whitfield", "ben": "Ben Okafor", "carmen": "Carmen Ortiz"} | {
    "dev": "Dev Raman",
    "emil": "Emil Lindqvist",
    "fatima": "Fatima Haddad",
    "grace": "Grace Tallman",
    "hugo": "Hugo Lefebvre",
}


class Invoices:
    """The page at /, and what people do there."""

    def __init__(self, window: Window, origin: str) -> None:
        self.window = window
        self.page = page = window.page
        self.origin = origin
        self.green = page.get_by_role("status").filter(has_text=GREEN)
        self.alert = page.get_by_role("alert")
        self.search_box = page.get_by_role("searchbox", name="Search invoices")
        self.confirmation = page.get_by_role("alertdialog", name="Unlink invoice")
        self.sign_in_again = page.get_by_role("alertdialog", name="Sign in again")
        self.live = page.get_by_text("Live", exact=True)
        self.panel = page.get_by_role("complementary", name=re.compile("^Invoice"))
        self.rows = (
            page.get_by_role("table").get_by_role("row").filter(has=page.get_by_role("cell"))
        )

    async def open(self, address: str = "/") -> None:
        await self.page.goto(self.origin + address)

    async def leave(self) -> None:
        """Close it, before the service ends."""
        await self.page.close()

    async def sign_in(self, person: str = "ada") -> None:
        await self.page.get_by_role("button", name=f"Sign in as {NAMES[person]}").click()

    async def open_as(self, person: str, address: str = "/") -> None:
        """Sign in, and wait for the list."""
        await self.open(address)
        await self.sign_in(person)
        await self.sees_list()

    async def sees_list(self) -> None:
        await expect(self.page.get_by_role("heading", name=HEADING)).to_be_visible()
        await expect(self.rows.first).to_be_visible()

    async def search(self, text: str) -> None:
        await self.search_box.fill(text)

    async def find(self, invoice: Synced) -> None:
        """Search until nothing else is there."""
        await self.search(invoice.number)
        await expect(self.rows).to_have_count(1)
        await expect(self.row(invoice)).to_be_visible()

    def row(self, invoice: Synced) -> Locator:
        return self.row_of(invoice.number)

    def row_of(self, number: str) -> Locator:
        return self.rows.filter(has=self.page.get_by_role("link", name=number, exact=True))

    async def numbers(self) -> list[str]:
        """Of all invoices on this page of the list."""
        return await self.rows.get_by_role("link").all_inner_texts()

    def unlink_button(self, invoice: Synced) -> Locator:
        return self.page.get_by_role("button", name=f"Unlink {invoice.number}", exact=True)

    async def unlink(self, invoice: Synced) -> None:
        """Both clicks: in the row, and in the dialog that asks."""
        await self.unlink_button(invoice).click()
        await self.confirm()

    async def confirm(self) -> None:
        await self.confirmation.get_by_role("button", name="Unlink", exact=True).click()
        await expect(self.confirmation).to_have_count(0)

    async def sees_red(self, invoice: Synced) -> None:
        await expect(self.alert).to_contain_text(RED)
        await expect(self.alert).to_contain_text(invoice.number)

    async def sees_green(self, invoice: Synced) -> None:
        await expect(self.green).to_contain_text(invoice.number)

    async def open_panel(self, invoice: Synced) -> None:
        await self.page.get_by_role("link", name=invoice.number, exact=True).click()
        await expect(self.panel.get_by_role("heading", name="History")).to_be_visible()

    def history(self) -> Locator:
        """What was tried and done to the invoice in the panel, the newest first."""
        return self.panel.get_by_role("listitem").filter(has=self.page.locator("time"))

    async def tab_to(self, target: Locator) -> None:
        """Press Tab until it has the focus, as somebody does who has no mouse."""
        await expect(target).to_be_visible()
        for _ in range(200):
            # Behind a list of choices that is open, nothing else is there for anybody.
            if await target.count() and await target.evaluate(IS_FOCUSED):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"nobody gets to {target} by Tab")

    async def colour_of(self, invoice: Synced) -> str:
        """Of what was answered for an invoice: that of the line at its side."""
        banner = self.page.locator(".banner").filter(has_text=invoice.number)
        colour: str = await banner.evaluate("each => getComputedStyle(each).borderLeftColor")
        return colour

    async def fits(self) -> bool:
        """Whether nothing of the page is beyond its edge, so that nobody has to scroll sideways."""
        fits: bool = await self.page.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
        return fits
