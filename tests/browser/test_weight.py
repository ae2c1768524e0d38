"""The page is light, and nothing on it jumps."""

from playwright.async_api import Response, expect

from tests.browser.erp_link import BUILT
from tests.browser.invoices import Invoices

MOST_GZIPPED_BYTES = 200_000
"""Of the page's own scripts, all of them."""
GOOD_SHIFT = 0.1
"""What Chromium calls good of a cumulative layout shift: https://web.dev/articles/cls."""

WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const shift of list.getEntries())
            if (!shift.hadRecentInput) window.shifted += shift.value;
    }).observe({type: "layout-shift", buffered: true});
"""


def test_the_pages_scripts_are_small_and_lie_packed(pages: None) -> None:
    scripts = list((BUILT.parent / "assets").glob("*.js"))
    packed = [script.with_name(script.name + ".gz") for script in scripts]

    assert scripts
    # What is less than a kilobyte is sent as it is.
    assert sum(each.stat().st_size for each in packed if each.exists()) < MOST_GZIPPED_BYTES
    for script, small in zip(scripts, packed, strict=True):
        assert small.exists() is (script.stat().st_size >= 1000)
        assert script.with_name(script.name + ".br").exists() is small.exists()


async def test_scripts_and_styles_arrive_packed(invoices: Invoices) -> None:
    answers: list[Response] = []
    invoices.page.on("response", lambda answer: answers.append(answer))
    await invoices.open_as("ada")

    files = [each for each in answers if "/assets/" in each.url]
    assert {each.url.rpartition(".")[2] for each in files} == {"js", "css"}
    for each in files:
        assert await each.header_value("content-encoding") == "br"


async def test_nothing_jumps(invoices: Invoices) -> None:
    await invoices.page.add_init_script(WATCH_SHIFTS)
    await invoices.open_as("ada")
    await expect(invoices.live).to_be_visible()
    await invoices.rows.first.get_by_role("link").click()
    await expect(invoices.panel.get_by_role("heading", name="History")).to_be_visible()

    assert await invoices.page.evaluate("shifted") < GOOD_SHIFT
