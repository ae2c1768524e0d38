"""Unlinking on the page as accountants do it: read, click, and believe one's eyes."""

import re

import pytest
from playwright.async_api import Request, expect

from tests.browser.conftest import Take
from tests.browser.erp_link import ErpLink
from tests.browser.invoices import GREEN, HEADING, RED, Invoices
from tests.browser.window import Window


async def test_an_invoice_is_unlinked_once_its_bill_is_deleted_in_the_erp(
    erp_link: ErpLink, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    await invoices.open_as("ada")
    await invoices.find(invoice)

    await invoices.unlink(invoice)
    await invoices.sees_red(invoice)
    await expect(invoices.alert.get_by_text(RED, exact=True)).to_be_visible()
    await expect(invoices.row(invoice)).to_be_visible()

    erp_link.run("demo-erp", "delete", invoice.record)
    await invoices.unlink(invoice)
    await invoices.sees_green(invoice)
    await expect(invoices.green.get_by_text(GREEN, exact=True)).to_be_visible()
    await expect(invoices.alert.get_by_text(RED)).to_have_count(0)
    await expect(invoices.row(invoice)).to_have_count(0)

    await invoices.green.get_by_role("button", name="Open invoice").click()
    await expect(invoices.history()).to_have_text(
        [
            re.compile("Unlinked by Ada Whitfield"),
            re.compile("Refused: still in the ERP by Ada Whitfield"),
            re.compile(f"Synced as {invoice.number}"),
        ]
    )
    await expect(invoices.panel).to_contain_text("Not synced")


async def test_the_confirmation_says_what_must_be_true_first_and_can_be_left(
    window: Window, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    await invoices.open_as("ada")
    await invoices.find(invoice)
    await invoices.unlink_button(invoice).click()

    await expect(invoices.confirmation).to_contain_text(f"Unlink invoice {invoice.number}?")
    await expect(invoices.confirmation).to_contain_text("must be gone from Cascade Ridge general")
    await expect(invoices.confirmation).to_contain_text("A voided bill does not count as deleted.")
    await expect(invoices.confirmation).to_contain_text("A reversed bill counts as deleted.")
    await invoices.confirmation.get_by_role("button", name="Cancel").click()

    await expect(invoices.confirmation).to_have_count(0)
    await expect(invoices.unlink_button(invoice)).to_be_focused()
    await invoices.open_panel(invoice)
    await expect(invoices.history()).to_have_text([re.compile(f"Synced as {invoice.number}")])


COMMITMENTS = "Admin on the Commitments tool of the project"
ERP_INTEGRATIONS = "Standard or Admin on the company's ERP Integrations tool"
PUSH = "The privilege Can Push to Accounting, in the Company Directory"
LACKS = {
    "ben": [(COMMITMENTS, "you have Standard")],
    "carmen": [(ERP_INTEGRATIONS, "you have Read Only")],
    "dev": [(PUSH, "")],
    "emil": [
        (COMMITMENTS, "you have Read Only"),
        (ERP_INTEGRATIONS, "you have None"),
        (PUSH, ""),
    ],
}


@pytest.mark.parametrize("person", LACKS)
async def test_who_lacks_a_grant_cannot_unlink_and_is_told_all_that_lacks(
    window: Window, invoices: Invoices, take: Take, person: str
) -> None:
    invoice = take()
    await invoices.open_as(person)
    await invoices.find(invoice)
    button = invoices.unlink_button(invoice)

    await expect(button).to_be_disabled()
    # It can be reached all the same, to read why.
    await button.focus()
    await button.hover()
    told = window.page.get_by_role("tooltip")
    lacks = told.get_by_role("listitem")
    await expect(lacks).to_have_count(len(LACKS[person]))
    for place, (required, current) in enumerate(LACKS[person]):
        await expect(lacks.nth(place)).to_contain_text(required)
        await expect(lacks.nth(place)).to_contain_text(current)
    await button.click(force=True)

    await expect(invoices.confirmation).to_have_count(0)
    await expect(invoices.alert).to_contain_text(LACKS[person][0][0])
    assert not [each for each in window.requests if "unlink" in each]
    await invoices.open_panel(invoice)
    await expect(invoices.history()).to_have_text([re.compile(f"Synced as {invoice.number}")])


async def test_where_the_erp_cannot_unlink_its_own_words_say_so(invoices: Invoices) -> None:
    await invoices.open_as("grace")

    buttons = invoices.page.get_by_role("button", name=re.compile("^Unlink "))
    await expect(buttons.first).to_be_disabled()
    await expect(invoices.page.get_by_role("complementary")).to_contain_text(
        "Prairie Line ledger does not support unlinking. "
        "Subcontractor invoices cannot be unlinked from this ERP: ask your accountant."
    )


async def test_an_erp_that_is_down_is_told_in_a_third_colour_and_nothing_changed(
    erp_link: ErpLink, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    await invoices.open_as("ada")
    await invoices.find(invoice)

    with erp_link.without_demo_erp():
        await invoices.unlink(invoice)
        await expect(invoices.alert).to_contain_text(invoice.number)
    await expect(invoices.alert).to_contain_text("could not be reached. Nothing was changed.")
    await expect(invoices.alert).to_contain_text("Try again in a moment.")
    await expect(invoices.alert.get_by_text(RED)).to_have_count(0)
    await expect(invoices.green).to_have_count(0)

    await expect(invoices.unlink_button(invoice)).to_be_enabled()
    await invoices.open_panel(invoice)
    await expect(invoices.history().first).to_contain_text("no definite answer from the ERP")
    await expect(invoices.history()).to_have_count(2)


async def test_the_colours_of_what_was_answered_are_three(
    erp_link: ErpLink, invoices: Invoices, take: Take
) -> None:
    gone, there, unknown = take(), take(), take()
    await invoices.open_as("ada")
    erp_link.delete(gone)
    for invoice in (gone, there):
        await invoices.find(invoice)
        await invoices.unlink(invoice)
    await invoices.sees_green(gone)
    await invoices.sees_red(there)
    with erp_link.without_demo_erp():
        await invoices.find(unknown)
        await invoices.unlink(unknown)
        await expect(invoices.alert).to_contain_text(unknown.number)

    seen = {await invoices.colour_of(each) for each in (gone, there, unknown)}

    assert len(seen) == 3


async def test_two_quick_clicks_are_one_unlink(
    window: Window, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    asked: list[Request] = []
    window.page.on("request", lambda each: asked.append(each) if _unlinks(each) else None)
    await invoices.open_as("ada")
    await invoices.find(invoice)

    await invoices.unlink_button(invoice).dblclick()
    await invoices.confirmation.get_by_role("button", name="Unlink", exact=True).dblclick()
    await invoices.sees_red(invoice)

    assert len(asked) == 1
    await invoices.open_panel(invoice)
    await expect(invoices.history()).to_have_count(2)


def _unlinks(request: Request) -> bool:
    return "unlinkInvoice" in (request.post_data or "")


async def test_the_whole_unlink_is_done_by_the_keyboard_alone(
    erp_link: ErpLink, window: Window, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    erp_link.delete(invoice)
    await invoices.open()
    keyboard = window.page.keyboard

    await invoices.tab_to(window.page.get_by_role("button", name="Sign in as Ada Whitfield"))
    await keyboard.press("Enter")
    await expect(window.page.get_by_role("heading", name=HEADING)).to_be_visible()
    await invoices.tab_to(invoices.search_box)
    await keyboard.type(invoice.number)
    await expect(invoices.rows).to_have_count(1)
    await invoices.tab_to(invoices.unlink_button(invoice))
    await keyboard.press("Enter")
    await invoices.tab_to(invoices.confirmation.get_by_role("button", name="Unlink", exact=True))
    await keyboard.press("Space")

    await invoices.sees_green(invoice)
    await expect(invoices.row(invoice)).to_have_count(0)
    await invoices.tab_to(invoices.green.get_by_role("button", name="Open invoice"))
    await keyboard.press("Enter")
    await expect(invoices.history().first).to_contain_text("Unlinked by Ada Whitfield")
    await keyboard.press("Escape")
    await expect(invoices.panel).to_have_count(0)
