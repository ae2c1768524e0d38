"""QuickBooks Desktop's side: a company file that is asked in qbXML, and the Web Connector's part.

Written from the schemas (github.com/consolibyte/quickbooks-php data/schema/BillQuery.xml and
TxnDeletedQuery.xml) and the published status codes (developer.intuit.com, status codes in response
messages). What the real one does beyond them is not known to us.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from lxml import etree

from adapters.erps._guard import Guarded
from adapters.erps.quickbooks_desktop import QuickBooksDesktop
from domain.erps import (
    AskedLater,
    Canary,
    ErpTrouble,
    RecordId,
    RecordState,
    Sighting,
    Trouble,
)
from domain.ports import Erp
from tests.adapters.erps.contract import KnownBill, Vendor
from tests.adapters.erps.situations import CREDENTIALS, NETWORK, Bench, Check

Element = etree._Element
PATH = r"C:\Books\Harbor Builders.qbw"
PASSWORD = "a-password-of-the-web-connector"
CREATED = "2026-03-05T09:30:00-05:00"
OF_BILLS = ("TxnID", "MaxReturned", "PaidStatus", "IncludeLineItems", "IncludeLinkedTxns")
OF_DELETIONS = ("TxnDelType", "DeletedDateRangeFilter")
MISSING = "There was a required element that could not be found in QuickBooks."
FAR = 90


@dataclass(frozen=True, slots=True)
class Bill:
    """As a BillRet tells it; what is None is not told."""

    txn_id: str
    number: str | None = "KE-1"
    amount: str = "1250.00"
    is_paid: bool = False
    open_amount: str | None = None
    memo: str | None = None
    is_pending: bool | None = None
    txn_number: int = 1


@dataclass
class CompanyFile:
    """What QuickBooks holds, and how it answers qbXML."""

    path: str = PATH
    bills: dict[str, Bill] = field(default_factory=dict)
    deleted: dict[str, datetime] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Every request that came."""
    fails: Mapping[str, str] = field(default_factory=dict)
    """The status code by which a kind of request fails, instead of an answer."""

    def add(self, *bills: Bill) -> None:
        for bill in bills:
            self.bills[bill.txn_id] = replace(bill, txn_number=len(self.bills) + 1)

    def delete(self, txn_id: str, days_ago: float = 0) -> None:
        del self.bills[txn_id]
        self.deleted[txn_id] = datetime.now(UTC) - timedelta(days=days_ago)

    def process(self, request: str) -> str:
        """Answer a set of messages, one after the other."""
        self.asked.append(request)
        root = etree.fromstring(request.encode())
        assert str(root.getprevious()) == '<?qbxml version="13.0"?>'
        (messages,) = root
        assert (root.tag, messages.tag) == ("QBXML", "QBXMLMsgsRq")
        goes_on = messages.attrib["onError"] == "continueOnError"
        answer = etree.Element("QBXML")
        answers = etree.SubElement(answer, "QBXMLMsgsRs")
        for message in messages:
            response = self._response(answers, message)
            if not goes_on and response.attrib["statusSeverity"] == "Error":
                break
        return '<?xml version="1.0" ?>\n' + etree.tostring(answer, encoding="unicode")

    def _response(self, answers: Element, message: Element) -> Element:
        name = str(message.tag).removesuffix("Rq")
        response = etree.SubElement(answers, f"{name}Rs", requestID=message.attrib["requestID"])
        if name in self.fails:
            _status(response, self.fails[name], "Error", "It does not work.")
        elif name == "BillQuery":
            _in_order(message, OF_BILLS)
            self._bills(response, message)
        else:
            assert name == "TxnDeletedQuery"
            _in_order(message, OF_DELETIONS)
            self._deletions(response, message)
        return response

    def _bills(self, response: Element, query: Element) -> None:
        wanted = [each.text or "" for each in query.findall("TxnID")]
        if not all(re.fullmatch("[0-9A-F]+-[0-9]+", each) for each in wanted):
            _status(response, "3000", "Error", "The given object ID is invalid.")
            return
        if wanted:
            found = [self.bills[each] for each in wanted if each in self.bills]
            if len(found) < len(wanted):
                _status(response, "500", "Warn", MISSING)
            else:
                _status(response, "0", "Info", "Status OK")
        else:
            status, most = query.findtext("PaidStatus"), int(query.findtext("MaxReturned") or "99")
            kept = [each for each in self.bills.values() if status == "All" or each.is_paid]
            found = kept[:most]
            code = ("0", "Status OK") if found else ("1", "No match.")
            _status(response, code[0], "Info", code[1])
        for bill in found:
            _bill(response, bill)

    def _deletions(self, response: Element, query: Element) -> None:
        since = datetime.fromisoformat(query.findtext("DeletedDateRangeFilter/FromDeletedDate", ""))
        oldest = max(since, datetime.now(UTC) - timedelta(days=FAR))
        kept = {txn_id: at for txn_id, at in self.deleted.items() if at >= oldest}
        assert query.findtext("TxnDelType") == "Bill"
        _status(response, "0" if kept else "1", "Info", "Status OK" if kept else "No match.")
        for txn_id, at in kept.items():
            told = {"TxnDelType": "Bill", "TxnID": txn_id, "TimeCreated": CREATED}
            told["TimeDeleted"] = at.isoformat(timespec="seconds")
            _told(etree.SubElement(response, "TxnDeletedRet"), told)


def _in_order(message: Element, tags: Sequence[str]) -> None:
    """qbXML is a sequence: what stands at the wrong place is refused."""
    places = [tags.index(str(each.tag)) for each in message]
    assert places == sorted(places)


def _status(response: Element, code: str, severity: str, message: str) -> None:
    told = {"statusCode": code, "statusSeverity": severity, "statusMessage": message}
    response.attrib.update(told)


def _bill(response: Element, bill: Bill) -> None:
    told: dict[str, str | None] = {
        "TxnID": bill.txn_id,
        "TimeCreated": CREATED,
        "TimeModified": CREATED,
        "EditSequence": "1772721000",
        "TxnNumber": str(bill.txn_number),
    }
    ret = etree.SubElement(response, "BillRet")
    _told(ret, told)
    vendor = etree.SubElement(ret, "VendorRef")
    _told(vendor, {"ListID": "80000001-1772000000", "FullName": "Kestrel Electric"})
    rest = {
        "TxnDate": "2026-03-05",
        "AmountDue": bill.amount,
        "RefNumber": bill.number,
        "IsPending": None if bill.is_pending is None else str(bill.is_pending).lower(),
        "Memo": bill.memo,
        "IsPaid": str(bill.is_paid).lower(),
        "OpenAmount": bill.open_amount,
    }
    _told(ret, rest)


def _told(element: Element, values: Mapping[str, str | None]) -> None:
    for tag, text in values.items():
        if text is not None:
            etree.SubElement(element, tag).text = text


BILLS = {
    RecordState.DRAFT: Bill("1A-1772720001", "KE-1", is_pending=True),
    RecordState.OPEN: Bill("1B-1772720002", "KE-2", open_amount="1250.00"),
    RecordState.PARTLY_PAID: Bill("1C-1772720003", "KE-3", open_amount="250.00"),
    RecordState.PAID: Bill("1D-1772720004", "KE-4", is_paid=True, open_amount="0.00"),
    RecordState.VOIDED: Bill("1E-1772720005", "KE-5", "0.00", True, memo="VOID: sent twice"),
}
DELETED, NEVER = RecordId("1F-1772720006"), RecordId("FF-1772729999")
THEIRS = RecordId("2A-1772720001")


def a_company_file(path: str = PATH) -> CompanyFile:
    """With a bill in each state, the paid one being the canary, and one that was deleted."""
    company_file = CompanyFile(path)
    company_file.add(*BILLS.values(), Bill(DELETED))
    company_file.delete(DELETED, days_ago=3)
    return company_file


Bring = Callable[[str], str]
"""What the Web Connector brings, given what QuickBooks answered."""


@dataclass(frozen=True)
class Visited:
    """A connection that is answered by a Web Connector at once, as no real one is."""

    desktop: QuickBooksDesktop
    company_file: CompanyFile
    bring: Bring = lambda answer: answer

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        with pytest.raises(AskedLater):
            await self.desktop.look_up(record_ids)
        id, at, once = uuid4(), datetime.now(UTC), tuple(dict.fromkeys(record_ids))
        if not once:
            return []
        answer = self.company_file.process(self.desktop.question(id, once, at, (16, 0)))
        seen = self.desktop.answer(id, once, at, self.bring(answer))
        by_id = {each.record_id: each for each in seen}
        return [by_id[each] for each in record_ids]

    async def choose_canary(self) -> Canary | None:
        with pytest.raises(AskedLater):
            await self.desktop.choose_canary()
        id, at = uuid4(), datetime.now(UTC)
        answer = self.company_file.process(self.desktop.question(id, (), at, (16, 0)))
        return self.desktop.canary(id, at, self.bring(answer))


def visited(erp: Erp) -> Visited:
    assert isinstance(erp, Guarded)
    assert isinstance(erp.erp, QuickBooksDesktop)
    return Visited(erp.erp, a_company_file())


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {"password": PASSWORD, "company_file": PATH}


def brought(bring: Bring) -> Check:
    """What is brought is no answer, so that nothing is known."""

    async def check(bench: Bench) -> None:
        erp = bench.connect()
        assert isinstance(erp, Visited)
        assert await erp.look_up([bench.vendor.deleted, bench.vendor.canary])
        with pytest.raises(ErpTrouble) as caught:
            await replace(erp, bring=bring).look_up([bench.vendor.deleted, bench.vendor.canary])
        assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER

    return check


INSTEAD: Mapping[str, Check] = {
    "HTML with status 200": brought(lambda _: "<!doctype html><title>Busy</title>"),
    "truncated JSON": brought(lambda answer: answer[:-20]),
    "a body for another id": brought(
        lambda answer: answer.replace(BILLS[RecordState.PAID].txn_id, THEIRS)
    ),
}
IT_ASKS_US = "the Web Connector asks us, and we send nothing that could be answered so"
AT_THE_DOOR = "as the ticket and the password of a visit: tests/web_connector"
VENDOR = Vendor(
    furnish=furnish,
    visited=visited,
    bills=[KnownBill(RecordId(bill.txn_id), state, bill.number) for state, bill in BILLS.items()],
    deleted=DELETED,
    deletion_is=RecordState.DELETED,
    never_existed=NEVER,
    of_another_company=THEIRS,
    canary=RecordId(BILLS[RecordState.PAID].txn_id),
    instead=INSTEAD,
    cannot_be={
        "reversed": "a bill is deleted or voided there, and not reversed",
        "wrong tenant": "a visit with another company file ends unasked: tests/web_connector",
        **dict.fromkeys(CREDENTIALS, AT_THE_DOOR),
        **dict.fromkeys(NETWORK.keys() - INSTEAD.keys(), IT_ASKS_US),
        "10 MB body": "refused before it is read to its end: tests/web_connector",
    },
    sources=[
        "github.com/consolibyte/quickbooks-php data/schema/BillQuery.xml, TxnDeletedQuery.xml and "
        "QuickBooks/QBWebConnectorSvc.wsdl",
        "developer.intuit.com/app/developer/qbdesktop, status codes in response messages",
        "developer.intuit.com/app/developer/qbdesktop/docs/api-reference/qbdesktop/txnvoid",
        "docs.conductor.is/api-ref/qbd/deleted-transactions/list",
        "QuickBooks Web Connector Programmer's Guide, Intuit 2022",
    ],
)
