"""Odoo, from 19 on: a bill is an account.move of type in_invoice, searched for by JSON-2.

Settings: `url`, `key` (an API key of a user who may read bills), `company` (the id of the
res.company that is synced with), and `database` where the host serves several. Never seen on the
wire by us; the facts, and where they are from:
- POST /json/2/<model>/<method> with a bearer key answers what the method returns, with 200
  (github.com/odoo/odoo addons/rpc/controllers/json2.py). An error is a 4xx or 5xx with JSON, in
  which `name` is the exception (odoo.com/documentation/19.0, external API); 404 is an unknown
  model there, 422 a bad argument (addons/rpc/tests/test_json2.py). A refused key is 401 and a
  missing right 403, as test suites of two public clients have it. Older Odoo has no such API, and
  answers 404 with a page. So no error is ever absence.
- `read` fails for all when one of them is gone; `search_read` leaves that one out, and equally,
  without a word, what the allowed companies do not show. So absence needs the canary.
- `allowed_company_ids` with a company that is not the user's is an AccessError: recalled.
- `cancel` is a voided bill. A posted one can be deleted only when it was made a draft again:
  recalled. `payment_state` is `reversed` once a credit note settled it all.
- Odoo keeps no record of deletions.
- `/mail/view?model=...&res_id=...` leads whoever may read a record to it, by way of the login
  (github.com/odoo/odoo addons/mail/controllers/mail.py).
- Own servers publish no limits; that odoo.com answers 429 is recalled.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx2

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, whole
from adapters.erps._odoo_bill import BILL, FIELDS, rows_of, sighting
from adapters.erps._pace import Pace
from adapters.erps._rest import ask
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

BATCH = 500
AT_ONCE = 2
"""As many workers as the smallest own server has; that bound is ours."""
POSTED_FIRST = "state desc, id asc"
LARGEST_ID = 2**31 - 1


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,9}", text) is not None and int(text) <= LARGEST_ID


def _is_database(text: str) -> bool:
    return text == "" or is_token(text)


RULES = {"url": is_safe_url, "key": is_token, "company": _is_id, "database": _is_database}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The Odoo of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    chosen = checked("Odoo", settings, RULES)
    headers = {"Authorization": f"bearer {chosen['key']}", "Accept": "application/json"}
    if chosen.get("database"):
        headers["X-Odoo-Database"] = chosen["database"]
    return Odoo(around.http, chosen["url"].rstrip("/"), headers, int(chosen["company"]))


@dataclass(frozen=True, slots=True)
class Odoo:
    """One company in one Odoo database, as the key's user sees it."""

    http: httpx2.AsyncClient = field(repr=False)
    url: str
    headers: Settings = field(repr=False)
    company: int
    pace: Pace = field(default_factory=lambda: Pace(AT_ONCE))

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Odoo cannot have given is trouble, and not absence."""
        if not all(map(_is_id, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Odoo can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first posted bill, which cannot be deleted as it is; failing that, the first draft.

        When that draft is deleted, every absence is in doubt until another canary is chosen.
        """
        as_of = datetime.now(UTC)
        ours = [["company_id", "=", self.company], ["move_type", "=", "in_invoice"]]
        rows = await self._search(ours, limit=1)
        seen = (sighting(row, self.company, as_of) for row in rows)
        return next((Canary(s.record_id, s.fingerprint) for s in seen if s.fingerprint), None)

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, domain = datetime.now(UTC), [["id", "in", [int(record_id) for record_id in asked]]]
        # By id alone, or one that changed its kind would look absent; with room for one too many.
        rows = await self._search(domain, limit=len(asked) + 1)
        found = (self._seen(row, as_of) for row in rows)
        return whole(asked, found, as_of, f"Odoo's search answered without {BILL}")

    def _seen(self, row: object, as_of: datetime) -> Sighting:
        seen = sighting(row, self.company, as_of)
        address = f"{self.url}/mail/view?model={BILL}&res_id={seen.record_id}"
        return replace(seen, address=address)

    async def _search(self, domain: Sequence[object], limit: int) -> Sequence[Any]:
        query = {
            "domain": domain,
            "fields": FIELDS,
            "limit": limit,
            "order": POSTED_FIRST,
            "context": {"active_test": False, "allowed_company_ids": [self.company]},
        }
        async with self.pace.turn():
            url = f"{self.url}/json/2/{BILL}/search_read"
            request = self.http.build_request("POST", url, json=query, headers=self.headers)
            return rows_of(await ask(self.http, request))
