"""qbXML: what QuickBooks Desktop is asked, and the frame of what it says.

The order of elements in a request matters; both are as the schemas have them that
github.com/consolibyte/quickbooks-php keeps in data/schema (BillQuery.xml, TxnDeletedQuery.xml).
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from lxml import etree

from adapters.erps._rest import unexpected
from adapters.safe_xml import Element, NotXml, read_xml, text_of
from domain.erps import ErpTrouble, RecordId, Trouble

NEWEST = (13, 0)
"""The newest version that we write: of QuickBooks 2014, and all later ones take it."""
REMEMBERED = timedelta(days=89)
"""How long QuickBooks tells of a deletion, 90 days, less than what clocks may differ:
docs.conductor.is/api-ref/qbd/deleted-transactions/list."""


class NoAnswer(ErpTrouble):
    """What came is no answer to the question: whoever asked still does not know."""

    def __init__(self, detail: str) -> None:
        super().__init__(Trouble.UNEXPECTED_ANSWER, f"the answer is {detail}")


_DENIED = frozenset({"3260", "3261"})
"""Too few permissions, by recollection."""
_FAILED = frozenset({"1000", "1010"})


def bills_by_id(id: UUID, record_ids: Sequence[RecordId], at: datetime, version: str) -> str:
    """Asks for these bills, and for all deletions of bills that QuickBooks remembers.

    The second is asked whatever comes of the first: that some bills are missing may count as an
    error there.
    """
    root, messages = _set_of_messages()
    bills = etree.SubElement(messages, "BillQueryRq", requestID=id.hex)
    for record_id in record_ids:
        etree.SubElement(bills, "TxnID").text = record_id
    deleted = etree.SubElement(messages, "TxnDeletedQueryRq", requestID=id.hex)
    etree.SubElement(deleted, "TxnDelType").text = "Bill"
    dates = etree.SubElement(deleted, "DeletedDateRangeFilter")
    since = (at - REMEMBERED).isoformat(timespec="seconds")
    etree.SubElement(dates, "FromDeletedDate").text = since
    return _written(root, version)


def one_bill(id: UUID, version: str) -> str:
    """Asks for a paid bill, and for any: one of each, if there is one."""
    root, messages = _set_of_messages()
    for status in ("PaidOnly", "All"):
        bills = etree.SubElement(messages, "BillQueryRq", requestID=id.hex)
        etree.SubElement(bills, "MaxReturned").text = "1"
        etree.SubElement(bills, "PaidStatus").text = status
    return _written(root, version)


def version_of(major: int, minor: int) -> str:
    """What to write for a QuickBooks that reads up to this version."""
    major, minor = min((major, minor), NEWEST)
    return f"{major}.{minor}"


def _set_of_messages() -> tuple[Element, Element]:
    root = etree.Element("QBXML")
    return root, etree.SubElement(root, "QBXMLMsgsRq", onError="continueOnError")


def _written(root: Element, version: str) -> str:
    head = f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
    return head + etree.tostring(root, encoding="unicode")


def responses(id: UUID, text: str, names: Sequence[str]) -> Sequence[Element]:
    """The responses to the messages of one request, which are so called, in their order.

    Raises NoAnswer when there are others, or when they answer something else that was asked.
    """
    try:
        root = read_xml(text)
    except NotXml as problem:
        raise NoAnswer(f"not to be read: {problem}") from None
    sets = list(root) if root.tag == "QBXML" else []
    if [each.tag for each in sets] != ["QBXMLMsgsRs"]:
        raise NoAnswer("no qbXML")
    found = list(sets[0])
    if any(each.get("requestID") != id.hex for each in found):
        raise NoAnswer("about another question")
    if [each.tag for each in found] != list(names):
        raise NoAnswer("about something else than what was asked")
    return found


def status_of(response: Element) -> str:
    """The status code of a response. Raises ErpTrouble where it is the trouble with QuickBooks.

    Below 500 QuickBooks has answered; up to 999 it warns of something that the code tells; from
    1000 on it has not answered (dev.developer.intuit.com qbSDK, QBD-errorcodes).
    """
    code = response.get("statusCode", "")
    if not re.fullmatch("[0-9]{1,5}", code):
        raise unexpected("an answer without its status")
    if code in _DENIED:
        raise ErpTrouble(Trouble.FORBIDDEN, f"QuickBooks does not let us read bills ({code})")
    if code in _FAILED:
        raise ErpTrouble(Trouble.SERVER_ERROR, f"QuickBooks failed ({code})")
    return code


def said(element: Element, tag: str) -> str | None:
    """The text of the one child that is so called; None when there is none. Raises ErpTrouble."""
    found = element.findall(tag)
    if len(found) > 1:
        raise unexpected(f"{tag} is told twice")
    try:
        return text_of(found[0]) if found else None
    except NotXml:
        raise unexpected(f"{tag} is no text") from None


def amount(text: str | None) -> Decimal | None:
    """An AMTTYPE. Raises ErpTrouble."""
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,13}(\.[0-9]{1,5})?", text):
        raise unexpected("an amount that is none")
    return Decimal(text)


def is_true(text: str | None) -> bool:
    """A BOOLTYPE; what is not told is false. Raises ErpTrouble."""
    if text not in (None, "true", "false", "1", "0"):
        raise unexpected("neither true nor false")
    return text in ("true", "1")


def instant(text: str | None) -> datetime:
    """A DATETIMETYPE with its zone. Raises ErpTrouble."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        raise unexpected("a date and time that is none") from None
    if found.tzinfo is None:
        raise unexpected("a date and time without its zone")
    return found
