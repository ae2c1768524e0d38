"""An unlink that waits for an agent of the ERP: said calmly, and told to its end with no reload."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Response, expect

from tests.browser.axe import Axe
from tests.browser.conftest import OpenPage
from tests.browser.erp_link import Synced
from tests.browser.invoices import GREEN, RED, Invoices
from tests.browser.office import Office, running_office, synced
from tests.servers.node import NodeClients
from tests.servers.processes import throw_away_folder

WAITS = "Your ERP system is asked as soon as its agent calls; the invoice stays linked until then."
LOOKS_AGAIN_MS = 15_000


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """One for all tests: each works on an invoice of its own."""
    with throw_away_folder() as folder, running_office(folder) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def page(office: Office, open_page: OpenPage) -> Invoices:
    """The page, with Ada in front of it; the agent has called before."""
    await office.calls()
    page = await open_page(office.service)
    await page.page.clock.install()
    await page.open_as("ada")
    await expect(page.live).to_be_visible()
    return page


def calm(page: Invoices, invoice: Synced) -> Locator:
    return page.page.get_by_role("status").locator(".banner").filter(has_text=invoice.number)


def banners(page: Invoices, invoice: Synced) -> Locator:
    return page.page.locator(".banner").filter(has_text=invoice.number)


async def ask(page: Invoices, invoice: Synced) -> dict[str, Any]:
    """Unlink; the request that waits, as the page was told."""
    async with page.page.expect_response(_is_unlink) as answered:
        await page.unlink(invoice)
    answer: dict[str, Any] = await (await answered.value).json()
    request: dict[str, Any] = answer["data"]["unlinkInvoice"]["request"]
    await expect(calm(page, invoice)).to_contain_text(WAITS)
    return request


def _is_unlink(response: Response) -> bool:
    return "unlinkInvoice" in (response.request.post_data or "")


async def stop_the_clock(page: Invoices) -> None:
    """From here on nothing in the page happens because time goes by."""
    await page.page.clock.pause_at(await page.page.evaluate("Date.now() / 1000 + 1"))


async def test_what_waits_is_said_calmly_with_the_time_until_when(
    office: Office, page: Invoices
) -> None:
    invoice = synced(44)

    request = await ask(page, invoice)

    until = await page.page.evaluate(
        "at => new Date(at).toLocaleString('en-US', {dateStyle: 'medium', timeStyle: 'short'})",
        request["waitsUntil"],
    )
    await expect(calm(page, invoice)).to_contain_text(
        f"Without an answer by {until} it stays linked."
    )
    await expect(page.alert.get_by_text(invoice.number)).to_have_count(0)
    await expect(page.green).to_have_count(0)
    await expect(page.unlink_button(invoice)).to_be_enabled()

    again = await ask(page, invoice)
    assert again == request
    await expect(banners(page, invoice)).to_have_count(1)


async def test_a_bill_that_the_agent_says_is_deleted_turns_it_green(
    office: Office, page: Invoices
) -> None:
    invoice = synced(41)
    await ask(page, invoice)
    await stop_the_clock(page)

    office.books.delete(invoice.record)
    await office.calls()

    await page.sees_green(invoice)
    await expect(page.green.get_by_text(GREEN, exact=True)).to_be_visible()
    await expect(banners(page, invoice)).to_have_count(1)
    await expect(page.row(invoice)).to_contain_text("Unlinked by Ada")
    await expect(page.unlink_button(invoice)).to_have_count(0)
    await page.green.get_by_role("button", name="Open invoice").click()
    await expect(page.history()).to_have_text(
        [
            re.compile("^Unlinked by Ada"),
            re.compile("^Waits for the ERP's agent by Ada"),
            re.compile("^Synced as"),
        ]
    )


async def test_a_bill_that_the_agent_says_is_there_turns_it_red(
    office: Office, page: Invoices
) -> None:
    invoice = synced(42)
    await ask(page, invoice)
    await page.open_panel(invoice)
    await expect(page.history()).to_have_count(2)
    await stop_the_clock(page)

    await office.calls()

    await page.sees_red(invoice)
    await expect(page.alert.get_by_text(RED, exact=True)).to_be_visible()
    await expect(banners(page, invoice)).to_have_count(1)
    await expect(page.unlink_button(invoice)).to_be_enabled()
    await expect(page.history()).to_have_text(
        [
            re.compile("^Refused: still in the ERP by Ada"),
            re.compile("^Waits for the ERP's agent by Ada"),
            re.compile("^Synced as"),
        ]
    )


async def test_what_nobody_tells_of_is_looked_at_again_by_and_by(
    office: Office, page: Invoices
) -> None:
    """That the ERP would not say is no change of the invoice: only whoever looks learns of it."""
    invoice = synced(43)
    await ask(page, invoice)
    await page.open_panel(invoice)
    await expect(page.history()).to_have_count(2)

    await page.page.clock.fast_forward(LOOKS_AGAIN_MS)
    await expect(calm(page, invoice)).to_contain_text(WAITS)
    office.books.fails = {"BillQuery": "3260"}
    try:
        await office.calls()
    finally:
        office.books.fails = {}
    await page.page.clock.fast_forward(LOOKS_AGAIN_MS)

    await expect(page.alert).to_contain_text(invoice.number)
    await expect(page.alert).to_contain_text("Nothing was changed.")
    await expect(banners(page, invoice)).to_have_count(1)
    await expect(page.history()).to_have_text(
        [
            re.compile("^Not decided: no definite answer from the ERP by Ada"),
            re.compile("^Waits for the ERP's agent by Ada"),
            re.compile("^Synced as"),
        ]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_while_it_waits(
    office: Office, open_page: OpenPage, node_clients: NodeClients, scheme: Any
) -> None:
    page = await open_page(office.service, color_scheme=scheme, reduced_motion="reduce")
    await page.open_as("ada")
    await ask(page, synced(44))

    assert await Axe(node_clients).findings(page.page) == []
