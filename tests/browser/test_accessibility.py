"""Everybody can work with the page: axe finds nothing in any state of it, and all of it fits."""

import re
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.axe import Axe
from tests.browser.conftest import OpenPage, Take
from tests.browser.erp_link import ErpLink
from tests.browser.invoices import Invoices
from tests.servers.node import NodeClients


@pytest.fixture(scope="session")
def axe(node_clients: NodeClients) -> Axe:
    return Axe(node_clients)


async def every_state(invoices: Invoices, erp_link: ErpLink, take: Take) -> AsyncIterator[str]:
    """Walk through what the page can look like, from the first view on."""
    there, gone, unknown = take(), take(), take()
    erp_link.delete(gone)
    page = invoices.page
    await invoices.open()
    await expect(page.get_by_role("button", name="Sign in as Ada Whitfield")).to_be_visible()
    yield "signing in"
    await invoices.sign_in()
    await invoices.sees_list()
    await expect(invoices.live).to_be_visible()
    yield "list"
    await page.get_by_role("combobox", name="Vendor").focus()
    await page.keyboard.press("ArrowDown")
    vendors = page.get_by_role("listbox", name="Vendor").get_by_role("option")
    await expect(vendors.first).to_be_visible()
    yield "choosing a vendor"
    await page.keyboard.press("Escape")
    await invoices.find(there)
    await invoices.unlink_button(there).click()
    await expect(invoices.confirmation).to_be_visible()
    yield "confirmation"
    await invoices.confirm()
    await invoices.sees_red(there)
    yield "red"
    await invoices.find(gone)
    await invoices.unlink(gone)
    await invoices.sees_green(gone)
    yield "green"
    with erp_link.without_demo_erp():
        await invoices.find(unknown)
        await invoices.unlink(unknown)
        await expect(invoices.alert).to_contain_text(unknown.number)
    yield "red, green, and an ERP that is down"
    await invoices.open_panel(unknown)
    yield "panel"
    await page.keyboard.press("Escape")
    await invoices.search("no such invoice")
    await expect(page.get_by_text("No synced invoice is like this.")).to_be_visible()
    yield "nothing found"
    await page.get_by_role("button", name="Sign out").click()
    await invoices.sign_in("emil")
    await invoices.search("")
    await invoices.sees_list()
    await page.get_by_role("button", name=re.compile("^Unlink ")).first.focus()
    await page.get_by_role("button", name=re.compile("^Unlink ")).first.hover()
    await expect(page.get_by_role("tooltip")).to_be_visible()
    yield "may not unlink"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(
    erp_link: ErpLink,
    open_page: OpenPage,
    take: Take,
    axe: Axe,
    scheme: Literal["light", "dark"],
) -> None:
    invoices = await open_page(color_scheme=scheme, reduced_motion="reduce")

    found = {
        state: findings
        async for state in every_state(invoices, erp_link, take)
        if (findings := await axe.findings(invoices.page))
    }

    assert found == {}


NARROW = {"viewport": {"width": 360, "height": 740}}
# A browser whose window is 1280 wide, zoomed to 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["360 px", "200 %"])
async def test_nobody_has_to_scroll_sideways(
    erp_link: ErpLink, open_page: OpenPage, take: Take, size: dict[str, Any]
) -> None:
    invoices = await open_page(**size)

    too_wide = [
        state async for state in every_state(invoices, erp_link, take) if not await invoices.fits()
    ]

    assert too_wide == []
