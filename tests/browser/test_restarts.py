"""The service goes away and comes back, while people have the page open."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from adapters.tokens import KEY_FILE
from domain.erps import RecordState
from tests.browser.conftest import OpenPage
from tests.browser.erp_link import ErpLink, running_erp_link, synced_invoices

HEALS_WITHIN_MS = 30_000
"""How long a line may take to heal: its pauses between two trials grow, to 8 s."""
NO_LINE = "WebSocket connection to .* failed"


@pytest.fixture(scope="module")
def ending() -> Iterator[ErpLink]:
    """A service that may be ended."""
    with running_erp_link() as service:
        yield service


async def test_a_lost_line_is_told_and_heals_and_nothing_is_missed(
    ending: ErpLink, open_page: OpenPage
) -> None:
    invoice, *_ = synced_invoices(RecordState.DRAFT)
    invoices = await open_page(ending)
    await invoices.open_as("ada")
    await expect(invoices.live).to_be_visible()
    await invoices.find(invoice)

    ending.stop()
    await expect(invoices.page.get_by_text("Connection lost")).to_be_visible()
    ending.start()

    await expect(invoices.live).to_be_visible(timeout=HEALS_WITHIN_MS)
    await invoices.unlink(invoice)
    await invoices.sees_red(invoice)
    invoices.window.forgive(NO_LINE)


async def test_whose_token_is_taken_no_more_signs_in_again_and_has_lost_nothing(
    ending: ErpLink, open_page: OpenPage
) -> None:
    """All tokens end at once, as when the key is replaced that they are signed with."""
    _, invoice, *_ = synced_invoices(RecordState.DRAFT)
    invoices = await open_page(ending)
    await invoices.open_as("ada")
    await expect(invoices.live).to_be_visible()
    await invoices.find(invoice)
    await invoices.unlink_button(invoice).click()

    ending.stop()
    (ending.data / KEY_FILE).unlink()
    ending.start()
    again = invoices.sign_in_again
    await expect(again).to_be_visible(timeout=HEALS_WITHIN_MS)
    await again.get_by_role("button", name="Sign in as Ada Whitfield").click()

    await expect(again).to_have_count(0)
    await expect(invoices.live).to_be_visible(timeout=HEALS_WITHIN_MS)
    await expect(invoices.search_box).to_have_value(invoice.number)
    await invoices.confirm()
    await invoices.sees_red(invoice)
    invoices.window.forgive(NO_LINE)


async def test_an_unlink_that_is_refused_for_the_token_goes_on_once_one_has_signed_in_again(
    ending: ErpLink, open_page: OpenPage
) -> None:
    """The same where nothing lets a WebSocket through, so that the click is the first to know."""
    *_, invoice = synced_invoices(RecordState.DRAFT)
    invoices = await open_page(ending)
    await invoices.page.route_web_socket("**/graphql", lambda socket: socket.close())
    await invoices.open_as("ada")
    await expect(invoices.page.get_by_text("Connection lost")).to_be_visible()
    await invoices.find(invoice)
    await invoices.unlink_button(invoice).click()

    ending.stop()
    (ending.data / KEY_FILE).unlink()
    ending.start()
    await invoices.confirm()
    again = invoices.sign_in_again
    await again.get_by_role("button", name="Sign in as Ada Whitfield").click()

    await expect(again).to_have_count(0)
    await invoices.sees_red(invoice)
    await invoices.open_panel(invoice)
    await expect(invoices.history()).to_have_count(2)
    invoices.window.forgive("401")
