"""Signing in on the page, and what becomes of one's work when the time is over."""

import re

from playwright.async_api import expect

from adapters.demo import demo_people
from tests.browser.conftest import Take
from tests.browser.invoices import Invoices
from tests.browser.window import Window
from web.sign_in import DEMO_LIFETIME


async def test_who_may_what_is_said_beside_each_of_the_demos_people(invoices: Invoices) -> None:
    await invoices.open()

    offered = invoices.page.get_by_role("listitem").filter(
        has=invoices.page.get_by_role("button", name=re.compile("^Sign in as "))
    )
    await expect(offered).to_have_count(len(demo_people()))
    for person in demo_people():
        one = offered.filter(has_text=person.name)
        await expect(one).to_contain_text(person.may)


async def test_nothing_of_the_token_is_left_in_the_browser(
    window: Window, invoices: Invoices
) -> None:
    async with window.page.expect_response("**/sign-in/demo") as answered:
        await invoices.open_as("ada")
    token = (await (await answered.value).json())["token"]
    assert token

    kept = await window.what_is_kept()

    assert kept["local"] == kept["session"] == {}
    assert kept["databases"] == kept["caches"] == kept["cookies"] == []
    assert token not in str(kept)
    assert not [each for each in window.requests if token in each]


async def test_who_signs_out_is_gone(invoices: Invoices) -> None:
    await invoices.open_as("ada")
    await invoices.page.get_by_role("button", name="Sign out").click()
    await expect(invoices.rows).to_have_count(0)

    await invoices.sign_in("emil")

    await expect(invoices.page.get_by_text("Emil Lindqvist")).to_be_visible()


async def test_whose_hour_is_over_signs_in_again_and_has_lost_nothing(
    window: Window, invoices: Invoices, take: Take
) -> None:
    invoice = take()
    await window.page.clock.install()
    await invoices.open_as("ada")
    await invoices.find(invoice)
    await invoices.unlink_button(invoice).click()

    await window.page.clock.fast_forward(int(DEMO_LIFETIME.total_seconds()) * 1000)
    await invoices.confirmation.get_by_role("button", name="Unlink", exact=True).click()
    again = invoices.sign_in_again
    await expect(again).to_contain_text("nothing is lost")
    await again.get_by_role("button", name="Sign in as Ada Whitfield").click()

    await expect(again).to_have_count(0)
    await invoices.sees_red(invoice)
    await expect(invoices.search_box).to_have_value(invoice.number)
    await invoices.open_panel(invoice)
    await expect(invoices.history()).to_have_count(2)
