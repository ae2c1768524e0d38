"""Tryton, from 8.0 on: a bill is a supplier invoice, and is searched for through the REST API.

Settings: `url` (with the database: https://host/database), `key` (of a user application of kind
"rest") and `company` (the id of the Tryton company that is synced with). The key's user needs to
read that company's supplier invoices; if their company filter is "one", it must be their current.

Observed with trytond 8.2.1, and the reason for what follows:
- GET of one bill says 404 also of a bill that is not the user's to see, so we only ever search.
- A search leaves out, without a word, what does not exist, what the rules hide, and the fields
  that the user may not read. A user without rights is told 400 in JSON; a wrong key, 401.
- A bill that ever had a number cannot be deleted any more, whatever its state. Another draft
  can, and then the search leaves it out.
- `ir.model.log` proves a deletion, but only to an administrator, and does not repeat which record
  was meant, so that it is asked about one at a time. Everyone else is told 400.
That 8.0 and 8.1 answer alike is believed, not tried. Tryton 7 and older have no such API.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx2

from adapters.erps import Around
from adapters.erps._batches import Seen, absent_in, whole
from adapters.erps._settings import checked, is_service_url, is_token
from adapters.erps._tryton_bill import BILL, FIELDS, instant, sighting
from adapters.erps._tryton_search import TrytonSearch
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp

BATCH = 100
LOG = "ir.model.log"
NUMBERED_FIRST = [["number", "ASC NULLS LAST"], ["id", "ASC"]]


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,17}", text) is not None


def _names_a_database(url: str) -> bool:
    return is_service_url(url) and httpx2.URL(url).path.strip("/") != ""


SETTINGS: Mapping[str, Callable[[str], bool]] = {
    "url": _names_a_database,
    "key": is_token,
    "company": _is_id,
}


def connect(integration: ErpIntegration, settings: Mapping[str, str], around: Around) -> Erp:
    """The Tryton of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    checked("Tryton", settings, SETTINGS)
    search = TrytonSearch(around.http, settings["url"].rstrip("/"), settings["key"])
    return Tryton(search, int(settings["company"]))


@dataclass(frozen=True, slots=True)
class Tryton:
    """One company in one Tryton database, as the key's user sees it."""

    search: TrytonSearch
    company: int

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Tryton cannot have given is trouble, and not absence.

        Its link was made with another ERP, where the record may well be.
        """
        if not all(map(_is_id, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Tryton can have given")
        asked, seen = list(dict.fromkeys(record_ids)), dict[RecordId, Sighting]()
        for start in range(0, len(asked), BATCH):
            seen |= await self._look(asked[start : start + BATCH])
        return [seen[record_id] for record_id in record_ids]

    async def choose_canary(self) -> Canary | None:
        """The first bill with a number, which nobody can delete; failing that, the oldest draft.

        When that draft is deleted, every absence is in doubt until another canary is chosen.
        """
        as_of, ours = datetime.now(UTC), [["company", "=", self.company], ["type", "=", "in"]]
        rows = await self.search(BILL, ours, FIELDS, limit=1, order=NUMBERED_FIRST)
        seen = (sighting(row, self.company, as_of) for row in rows)
        return next((Canary(s.record_id, s.fingerprint) for s in seen if s.fingerprint), None)

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, domain = datetime.now(UTC), [["id", "in", [int(record_id) for record_id in asked]]]
        # By id alone, or another company's bill would look absent; with room for one row too many.
        rows = await self.search(BILL, domain, FIELDS, limit=len(asked) + 1)
        found = (sighting(row, self.company, as_of) for row in rows)
        seen = whole(asked, found, as_of, f"Tryton's search answered without {BILL}")
        match absent_in(seen):
            case [absent] if deletion := await self._deletion(absent.record_id):
                proven = replace(absent, state=RecordState.DELETED, evidence=deletion)
                seen[absent.record_id] = proven
        return seen

    async def _deletion(self, record_id: RecordId) -> str | None:
        """What the log says of a deletion; None when it says nothing, or nothing to us."""
        domain = [["event", "=", "delete"], ["resource", "=", f"{BILL},{record_id}"]]
        try:
            rows = await self.search(LOG, domain, ("event", "create_date", "user"), limit=1)
            match rows:
                case [{"__name__": "ir.model.log", "event": "delete", "user": int(user)}]:
                    when = instant(rows[0].get("create_date")).isoformat(timespec="seconds")
                    return f"Tryton's log: {BILL} {record_id} was deleted on {when} by user {user}"
        except ErpTrouble:
            pass  # the search has been answered: the bill is absent, without this proof
        return None
