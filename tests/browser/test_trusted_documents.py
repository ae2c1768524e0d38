"""Where only trusted documents are run, the page is at home, and nobody else."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect

from domain.erps import RecordState
from tests.browser.conftest import OpenPage
from tests.browser.erp_link import ErpLink, running_erp_link, synced_invoices

THEIRS = "{ viewer { name } }"
"""What a client of somebody else's asks."""


@pytest.fixture(scope="module")
def trusting(pages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpLink]:
    trusted = Path(tmp_path_factory.mktemp("trusted"), "persisted-documents.json")
    trusted.write_text(json.dumps({sha256(THEIRS.encode()).hexdigest(): THEIRS}))
    with running_erp_link(trusted_documents=trusted) as service:
        yield service


async def test_all_that_the_page_asks_is_trusted(trusting: ErpLink, open_page: OpenPage) -> None:
    invoice, *_ = synced_invoices(RecordState.OPEN)
    page = await open_page(trusting)

    await page.open_as("ada")
    await page.find(invoice)
    await expect(page.page.get_by_text("1 invoice", exact=True)).to_be_visible()
    await expect(page.live).to_be_visible()
    await page.open_panel(invoice)
    for choice in ("Project", "Vendor"):
        await page.page.get_by_role("combobox", name=choice).click()
        choices = page.page.get_by_role("listbox", name=choice)
        await expect(choices.get_by_role("option").nth(1)).to_be_visible()
        await page.page.keyboard.press("Escape")
    await page.unlink(invoice)
    await page.sees_red(invoice)


async def test_what_nobody_trusts_is_not_run_there(trusting: ErpLink) -> None:
    bearer = {"Authorization": f"Bearer {trusting.token_of('ada')}"}
    codes = []
    for query in (THEIRS, "{ viewer { companies { id } } }"):
        answer = httpx2.post(f"{trusting.origin}/graphql", json={"query": query}, headers=bearer)
        (error,) = answer.json().get("errors") or [{"extensions": {"code": None}}]
        codes.append(error["extensions"]["code"])

    assert codes == [None, "DOCUMENT_NOT_TRUSTED"]
