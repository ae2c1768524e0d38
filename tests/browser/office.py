"""ERP Link with a QuickBooks Desktop, which answers only when its Web Connector calls."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.web_connector.qwc import file_id, username
from domain.erps import RecordState
from tests.adapters.erps.vendors.quickbooks_desktop import (
    BILLS,
    PASSWORD,
    PATH,
    Bill,
    CompanyFile,
    a_company_file,
)
from tests.browser.erp_link import ErpLink, Synced
from tests.builders import HARBOR, INTEGRATION, a_directory, a_person, a_requisition
from tests.web_connector.connector import Connector, company_shown

RECORDS = {
    41: "A1-1772720001",
    42: "A2-1772720002",
    43: "A3-1772720003",
    44: BILLS[RecordState.PARTLY_PAID].txn_id,
}


@dataclass
class Office:
    """The service, and the computer in the office on which QuickBooks and its agent run."""

    service: ErpLink
    books: CompanyFile

    async def calls(self) -> None:
        """The Web Connector's whole visit: it asks what is to be asked, and brings the answer."""
        connector = Connector(
            address=f"{self.service.origin}/web-connector",
            username=username(HARBOR, INTEGRATION),
            company_file=self.books,
            shown=company_shown(file_id(HARBOR, INTEGRATION)),
        )
        await connector.visit()


def synced(invoice: int) -> Synced:
    return Synced(f"INV-{invoice}", RECORDS[invoice])


@contextmanager
def running_office(folder: Path) -> Iterator[Office]:
    """With open bills, whose invoices Ada may unlink."""
    books = a_company_file()
    books.add(*(Bill(each) for each in RECORDS.values() if each not in books.bills))
    reach = {"password": PASSWORD, "company_file": PATH}
    service = ErpLink(folder, connections=json.dumps({f"{HARBOR}/{INTEGRATION}": reach}))
    service.run("migrate")
    integration = {"erp": "quickbooks_desktop", "name": "Harbor QuickBooks"}
    service.bring_in(a_directory([a_person("ada")], integration=integration))
    service.bring_in([a_requisition(id, origin_id=record) for id, record in RECORDS.items()])
    service.start()
    try:
        yield Office(service, books)
    finally:
        service.stop()
