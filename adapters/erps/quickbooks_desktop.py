"""QuickBooks Desktop: a bill is a Bill of one company file, asked for by Intuit's Web Connector.

Settings: `password`, which the Web Connector sends, and `company_file`, the file's full path on
the computer that it runs on. We are asked, and never ask (`adapters.web_connector`). Never seen on
the wire by us; the facts, and where they are from:
- A query by several TxnID answers those that are there, with status 500 and the severity Warn when
  some are not (developer.intuit.com, status codes in response messages). A deleted bill and one
  that never was are the same to it. Whether QuickBooks may stop at the first that is missing is
  not said ("has not been fully completed"): so the canary is asked for last.
- TxnDeletedQuery names the deleted of the last 90 days, all at once: the proof
  (docs.conductor.is/api-ref/qbd/deleted-transactions/list).
- A TxnID is hexadecimal digits, a dash and digits, as in all published answers.
- Requests are written as the editions of the United States read them; whether those of Canada and
  the United Kingdom want a version of their own is not known to us.
- The Web Connector keeps the FileID of the .qwc in the company file, under our OwnerID, and shows
  it in the first call of a session (its Programmer's Guide, chapters 4 and 8). A copy of the file
  has the same one; its path tells them apart.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from adapters.erps import Around
from adapters.erps._quickbooks_desktop_bill import deletions, sighting
from adapters.erps._quickbooks_desktop_qbxml import (
    NoAnswer,
    bills_by_id,
    one_bill,
    responses,
    status_of,
    version_of,
)
from adapters.erps._rest import unexpected
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked
from adapters.safe_xml import Element
from domain.erps import (
    AskedLater,
    Canary,
    ErpIntegration,
    ErpTrouble,
    RecordId,
    RecordState,
    Sighting,
    Trouble,
)

__all__ = ["NoAnswer", "QuickBooksDesktop", "connect", "could_be_of_quickbooks"]

SHORTEST_PASSWORD = 16
FOUND, NO_MATCH, SOME_MISSING = "0", "1", "500"


def _is_password(text: str) -> bool:
    return re.fullmatch(rf"[!-~]{{{SHORTEST_PASSWORD},128}}", text) is not None


def _is_company_file(text: str) -> bool:
    r"""A full path on Windows, `C:\...` or `\\server\...`."""
    return (
        re.fullmatch(r"(?:[A-Za-z]:|\\\\[^\\/]+)[\\/][^<>\"|?*\x00-\x1f]{1,240}", text) is not None
    )


RULES = {"password": _is_password, "company_file": _is_company_file}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> "QuickBooksDesktop":
    """The company file of one integration. Raises ErpTrouble(NOT_CONFIGURED)."""
    chosen = checked("QuickBooks Desktop", settings, RULES)
    return QuickBooksDesktop(chosen["password"], chosen["company_file"])


def could_be_of_quickbooks(record_id: RecordId) -> bool:
    return re.fullmatch("[0-9A-F]{1,16}-[0-9]{1,16}", record_id) is not None


@dataclass(frozen=True, slots=True)
class QuickBooksDesktop:
    """One company file: what to ask it through the Web Connector, and what it then said."""

    password: str = field(repr=False)
    company_file: str

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """Raises AskedLater; ErpTrouble at once for an id that QuickBooks cannot have given."""
        if not all(map(could_be_of_quickbooks, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no QuickBooks can have given")
        raise AskedLater

    async def choose_canary(self) -> Canary | None:
        raise AskedLater

    def lets_in(self, password: str) -> bool:
        """Whether this is the password; how much of it is right does not show in the time."""
        given, right = (
            hashlib.sha256(each.encode("utf-8", "replace")).digest()
            for each in (password, self.password)
        )
        return hmac.compare_digest(given, right)

    def is_at(self, company_file: str) -> bool:
        """Whether this is our company file, as Windows compares paths."""
        return _as_windows(company_file) == _as_windows(self.company_file)

    def question(
        self, id: UUID, record_ids: Sequence[RecordId], at: datetime, version: tuple[int, int]
    ) -> str:
        """qbXML that asks for these bills; none: for one that could be the canary.

        The last of them is the canary, if it is among them: see above.
        """
        if not record_ids:
            return one_bill(id, version_of(*version))
        return bills_by_id(id, record_ids, at, version_of(*version))

    def answer(
        self, id: UUID, record_ids: Sequence[RecordId], at: datetime, text: str
    ) -> Sequence[Sighting]:
        """What QuickBooks said of each of these bills when it was asked with `question`.

        `at` is when the question was handed out. Raises NoAnswer when this is none to the
        question, and other ErpTrouble when QuickBooks gave no definite answer.
        """
        bills, deleted = responses(id, text, ("BillQueryRs", "TxnDeletedQueryRs"))
        seen = self._bills(bills, at)
        status, missing = status_of(bills), set(record_ids) - seen.keys()
        if not seen.keys() <= set(record_ids):
            raise unexpected("other bills than those asked for")
        if status not in (FOUND, NO_MATCH, SOME_MISSING):
            raise unexpected(f"an answer about bills with the status {status}")
        if bool(missing) != (status != FOUND) or (status == NO_MATCH and seen):
            raise unexpected("a status that says something else than the bills")
        proof = deletions(deleted) if _has_proof(deleted) else {}
        for record_id in missing:
            gone = proof.get(record_id)
            state = RecordState.DELETED if gone else RecordState.ABSENT
            evidence = f"QuickBooks knows no bill {record_id}"
            if gone:
                when = gone.isoformat(timespec="seconds")
                evidence = f"QuickBooks says that bill {record_id} was deleted on {when}"
            seen[record_id] = Sighting(record_id, state, at, evidence)
        return [seen[record_id] for record_id in record_ids]

    def canary(self, id: UUID, at: datetime, text: str) -> Canary | None:
        """What could be the canary: a paid bill, or else any; None when there is none at all.

        Raises as `answer` does.
        """
        for bills in responses(id, text, ("BillQueryRs", "BillQueryRs")):
            if status_of(bills) not in (FOUND, NO_MATCH):
                raise unexpected("an answer about bills with a status of its own")
            for seen in self._bills(bills, at).values():
                if seen.fingerprint is not None:
                    return Canary(seen.record_id, seen.fingerprint)
        return None

    def _bills(self, response: Element, at: datetime) -> dict[RecordId, Sighting]:
        bills = [sighting(bill, at, _as_windows(self.company_file)) for bill in response]
        seen = {bill.record_id: bill for bill in bills}
        if len(seen) != len(bills):
            raise unexpected("a bill twice")
        return seen


def _has_proof(deleted: Element) -> bool:
    """Whether deletions can be read. Where they cannot, only the proof is missing."""
    return deleted.get("statusCode") == FOUND


def _as_windows(path: str) -> str:
    return path.strip().replace("/", "\\").casefold()
