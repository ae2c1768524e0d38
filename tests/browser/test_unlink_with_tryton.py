"""The red and the green sentence on the page, and a real Tryton that has the bill, or not."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.erp_link import ErpLink, Synced
from tests.browser.invoices import RED
from tests.builders import HARBOR, INTEGRATION, a_directory, a_person, a_requisition
from tests.servers.tryton import Tryton


@contextmanager
def running_with_tryton(tryton: Tryton, folder: Path, bill: int) -> Iterator[ErpLink]:
    """The service with one invoice in its books, which is synced as this bill."""
    reach = {"url": tryton.url, "company": str(tryton.company), "key": tryton.keys["integration"]}
    connections = {f"{HARBOR}/{INTEGRATION}": reach}
    service = ErpLink(folder, connections=json.dumps(connections))
    service.run("migrate")
    service.bring_in(a_directory([a_person("ada")], integration={"erp": "tryton"}))
    service.bring_in([a_requisition(41, origin_id=str(bill))])
    service.run("connections", "check")
    service.start()
    try:
        yield service
    finally:
        service.stop()


async def test_an_invoice_is_unlinked_once_its_bill_is_gone_from_tryton(
    tryton: Tryton, open_page: OpenPage, pages: None, tmp_path: Path
) -> None:
    tryton.post(tryton.draft_bill("opening balance"))
    bill = tryton.draft_bill("SUB-1")
    invoice = Synced("INV-41", str(bill))
    with running_with_tryton(tryton, tmp_path, bill) as service:
        page = await open_page(service)
        await page.open_as("ada")

        await page.unlink(invoice)
        await page.sees_red(invoice)
        await expect(page.row(invoice)).to_contain_text("Draft")

        with tryton.stopped():
            await page.unlink(invoice)
            await expect(page.alert).to_contain_text("Nothing was changed")
            await expect(page.alert.get_by_text(RED)).to_have_count(0)
        await expect(page.row(invoice)).to_be_visible()

        tryton.delete(bill)
        await page.unlink(invoice)
        await page.sees_green(invoice)
        await expect(page.row(invoice)).to_have_count(0)
        await page.green.get_by_role("button", name="Open invoice").click()
        await expect(page.history()).to_have_text(
            [
                re.compile("Unlinked by"),
                re.compile("no definite answer from the ERP by"),
                re.compile("Refused: still in the ERP by"),
                re.compile("Synced as"),
            ]
        )
        await page.leave()
