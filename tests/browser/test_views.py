"""What one looks at: found, filtered, ordered and paged, and all of it in the address."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, Take
from tests.browser.erp_link import ErpLink
from tests.browser.invoices import Invoices
from tests.browser.window import Window
from tests.builders import a_directory, a_person, a_requisition

MANY = 120


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpLink]:
    """A service whose one company has more invoices than stand on a page."""
    service = ErpLink(tmp_path_factory.mktemp("long-list"))
    service.run("migrate")
    service.bring_in(a_directory([a_person("ada")], integration={"erp": "demo"}))
    service.bring_in([a_requisition(id) for id in range(1, MANY + 1)])
    service.start()
    yield service
    service.stop()


async def test_back_forward_and_reload_keep_the_view(window: Window, invoices: Invoices) -> None:
    page = window.page
    await invoices.open_as("ada")
    await page.get_by_role("combobox", name="Record state").select_option("Paid")
    await expect(page.get_by_text("5 invoices")).to_be_visible()
    await page.get_by_role("columnheader", name="Amount").get_by_role("button").click()
    await expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", "descending"
    )
    # Until then the rows are those of the order before.
    await expect(page.get_by_role("region", name="Synced invoices")).to_have_attribute(
        "aria-busy", "false"
    )
    number = await invoices.rows.first.get_by_role("link").inner_text()
    await invoices.rows.first.get_by_role("link").click()
    await expect(invoices.panel.get_by_role("heading", name=f"Invoice {number}")).to_be_visible()
    here = page.url

    await page.go_back()
    await expect(invoices.panel).to_have_count(0)
    await page.go_back()
    await expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", "none"
    )
    await page.go_back()
    await expect(page.get_by_role("combobox", name="Record state")).to_have_value("")
    await expect(page.get_by_text("5 invoices")).to_have_count(0)
    for _ in range(3):
        await page.go_forward()
    await expect(invoices.panel.get_by_role("heading", name=f"Invoice {number}")).to_be_visible()
    assert page.url == here

    await page.reload()
    await invoices.sign_in()
    await expect(invoices.panel.get_by_role("heading", name=f"Invoice {number}")).to_be_visible()
    await expect(page.get_by_text("5 invoices")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", "descending"
    )
    assert page.url == here


async def test_a_view_can_be_sent_to_somebody(
    invoices: Invoices, open_page: OpenPage, take: Take
) -> None:
    invoice = take()
    await invoices.open_as("ada")
    await invoices.find(invoice)
    await expect(invoices.page).to_have_url(re.compile(re.escape(invoice.number)))
    other = await open_page()
    await other.open_as("hugo", invoices.page.url.removeprefix(invoices.origin))

    await expect(other.search_box).to_have_value(invoice.number)
    await expect(other.rows).to_have_count(1)
    await expect(other.row(invoice)).to_be_visible()


async def test_the_pages_of_a_list_hold_every_invoice_once(
    long_list: ErpLink, open_page: OpenPage
) -> None:
    invoices = await open_page(long_list)
    page = invoices.page
    await invoices.open_as("ada")
    await expect(page.get_by_text(f"{MANY} invoices")).to_be_visible()
    there, back = (page.get_by_role("button", name=f"{each} page") for each in ("Next", "Previous"))
    await expect(back).to_be_disabled()
    pages = [await invoices.numbers()]
    while await there.is_enabled():
        await there.click()
        await expect(invoices.row_of(pages[-1][0])).to_have_count(0)
        await invoices.sees_list()
        pages.append(await invoices.numbers())

    assert sorted(number for shown in pages for number in shown) == sorted(
        f"INV-{id}" for id in range(1, MANY + 1)
    )
    assert len(pages) > 2
    for shown in reversed(pages[:-1]):
        await back.click()
        await expect(invoices.row_of(shown[0])).to_be_visible()
        assert await invoices.numbers() == shown
    await expect(back).to_be_disabled()


async def test_a_page_in_the_middle_survives_reload(
    long_list: ErpLink, open_page: OpenPage
) -> None:
    invoices = await open_page(long_list)
    await invoices.open_as("ada")
    first = await invoices.numbers()
    await invoices.page.get_by_role("button", name="Next page").click()
    await expect(invoices.row_of(first[0])).to_have_count(0)
    await invoices.sees_list()
    shown = await invoices.numbers()

    await invoices.page.reload()
    await invoices.sign_in()

    await expect(invoices.row_of(shown[0])).to_be_visible()
    assert await invoices.numbers() == shown


async def test_projects_and_vendors_are_chosen_by_typing(
    window: Window, invoices: Invoices
) -> None:
    page = window.page
    await invoices.open_as("ada")
    vendor = await invoices.rows.first.get_by_role("cell").nth(0).inner_text()
    project = await invoices.rows.first.get_by_role("cell").nth(2).inner_text()
    for label, name in (("Project", project), ("Vendor", vendor)):
        box = page.get_by_role("combobox", name=label)
        await box.fill(name[:6].upper())
        await page.get_by_role("option", name=name).click()
        await expect(box).to_have_value(name)
        await expect(invoices.rows.filter(has_not_text=name)).to_have_count(0)
    await expect(invoices.rows.first).to_be_visible()

    await page.get_by_role("button", name="Clear filters").click()
    for label, name in (("Project", project), ("Vendor", vendor)):
        await expect(page.get_by_role("combobox", name=label)).to_have_value("")
        await expect(invoices.rows.filter(has_not_text=name)).not_to_have_count(0)


async def test_another_company_is_another_world(window: Window, invoices: Invoices) -> None:
    await invoices.open_as("hugo")
    companies = window.page.get_by_role("combobox", name="Company")
    first = await invoices.numbers()
    shown = await companies.input_value()
    (other,) = [
        await option.get_attribute("value")
        for option in await companies.get_by_role("option").all()
        if await option.get_attribute("value") != shown
    ]

    await companies.select_option(other)
    await expect(invoices.row_of(first[0])).to_have_count(0)
    await invoices.sees_list()

    assert not set(first) & set(await invoices.numbers())


async def test_nothing_found_is_said(invoices: Invoices) -> None:
    await invoices.open_as("ada")
    await invoices.search("no such invoice")

    await expect(invoices.page.get_by_text("No synced invoice is like this.")).to_be_visible()
    await expect(invoices.page.get_by_text("0 invoices")).to_be_visible()


async def test_an_address_of_nothing_is_told_plainly(window: Window, invoices: Invoices) -> None:
    await invoices.open("/?company=nonsense&invoice=nonsense&sort=nonsense&from=never")
    await invoices.sign_in()

    await expect(window.page.get_by_text("a company that is not yours")).to_be_visible()
    # One is told what is wrong with an id by the service: such an answer is no fault of the page.
    window.complaints = [each for each in window.complaints if "/graphql" not in each]
