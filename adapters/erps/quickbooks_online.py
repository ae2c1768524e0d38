"""QuickBooks Online: a bill is a Bill of one company (realm), asked for by query.

Settings: `realm`, `client_id`, `client_secret`, `refresh_token`; `url` and `token_url` have
defaults. Never seen on the wire by us; the facts, and where they are from:
- A query by ids leaves out what is not there. A read of one says 400 with code 610 both of a
  deleted bill and of one that never was (github.com/intuit/QuickBooks-V3-PHP-SDK issue 309), so
  an absent one is read too, and nothing but 610 confirms its absence. That `Id in (...)` works
  on bills is recalled, not proven.
- Change data capture names the deleted of the last 30 days, 1000 objects at most: the proof
  (developer.intuit.com, change-data-capture). Older deletions need the canary.
- A bill has no draft and cannot be voided: the void list of developer.intuit.com's blog of
  2017-05-11 has BillPayment, and not Bill.
- Its payment is told by its balance: that is how Intuit's own screens read, by recollection.
- 500 requests a minute and 10 a second for each company, and 60 s of patience after a 429, of
  which no header tells (developer.intuit.com, limits-and-throttles).
- Refresh tokens change about daily, and an old one ends with `invalid_grant`
  (github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK docs/help/Tokens.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, only, together
from adapters.erps._oauth import Bearer
from adapters.erps._pace import Pace
from adapters.erps._quickbooks_online_bill import bills_of, deletion_of, is_missing, sighting
from adapters.erps._rest import Answer, Manners, unexpected
from adapters.erps._secrets import Settings
from adapters.erps._settings import REFRESHED, checked
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp

MINOR_VERSION = "75"
BATCH = 100
AT_ONCE, PER_MINUTE = 5, 500
REMEMBERED = timedelta(days=30) - timedelta(minutes=5)
"""How far back change data capture goes, less than what clocks may differ."""
MANNERS = Manners(patience=60)
OLDEST = "select * from Bill orderby TxnDate asc startposition 1 maxresults 1"


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,18}", text) is not None


RULES = {**REFRESHED, "realm": _is_id}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The QuickBooks company of one integration. Raises ErpTrouble(NOT_CONFIGURED)."""
    chosen = checked(
        "QuickBooks Online",
        settings,
        RULES,
        url="https://quickbooks.api.intuit.com",
        token_url="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    )
    key = (integration.company_id, integration.id)
    bearer = Bearer(around.http, around.secrets, key, chosen, Pace(AT_ONCE, PER_MINUTE))
    return QuickBooksOnline(bearer, f"{chosen['url'].rstrip('/')}/v3/company/{chosen['realm']}")


@dataclass(frozen=True, slots=True)
class QuickBooksOnline:
    """One company in QuickBooks Online, all of whose bills the granted access shows."""

    bearer: Bearer = field(repr=False)
    url: str

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that QuickBooks cannot have given is trouble, not absence."""
        if not all(map(_is_id, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no QuickBooks can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The oldest bill. Any can be deleted: then all is in doubt until another is chosen."""
        as_of = datetime.now(UTC)
        seen = [sighting(row, as_of) for row in await self._query(OLDEST)]
        return next((Canary(s.record_id, s.fingerprint) for s in seen if s.fingerprint), None)

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, ids = datetime.now(UTC), ", ".join(f"'{record_id}'" for record_id in asked)
        rows = await self._query(f"select * from Bill where Id in ({ids}) maxresults 1000")
        seen = only(asked, (sighting(row, as_of) for row in rows))
        absent = [record_id for record_id in asked if record_id not in seen]
        return {**seen, **(await self._absent(absent, as_of) if absent else {})}

    async def _absent(self, absent: Sequence[RecordId], as_of: datetime) -> Seen:
        """Those that the query left out. A single one, as in an unlink, is read as well."""
        if len(absent) > 1:
            changes = await self._changes(as_of)
        else:
            changes, _ = await together(self._changes(as_of), self._miss(absent[0]))
        seen = dict[RecordId, Sighting]()
        for record_id in absent:
            deletion = deletion_of(record_id, changes)
            state = RecordState.DELETED if deletion else RecordState.ABSENT
            evidence = deletion or f"QuickBooks knows no bill {record_id}"
            seen[record_id] = Sighting(record_id, state, as_of, evidence)
        return seen

    async def _miss(self, record_id: RecordId) -> None:
        """Raises ErpTrouble unless QuickBooks says of this very bill that there is none."""
        answer = await self._get(f"bill/{record_id}")
        if answer.status == 200:
            detail = "the query leaves out a bill that QuickBooks still shows"
            raise ErpTrouble(Trouble.STALE, detail)
        if not is_missing(answer):
            raise unexpected(f"an answer ({answer.status}) that is not about this bill")

    async def _changes(self, as_of: datetime) -> Any:
        """What change data capture answers; None where that cannot be read, or is too much."""
        since = (as_of - REMEMBERED).isoformat(timespec="seconds")
        try:
            answer = await self._get("cdc", entities="Bill", changedSince=since)
        except ErpTrouble as trouble:
            if trouble.trouble is not Trouble.UNEXPECTED_ANSWER:
                raise
            return None  # the query has been answered: only the proof is missing
        return answer.body if answer.status == 200 else None

    async def _query(self, query: str) -> Sequence[Any]:
        answer = await self._get("query", query=query)
        return bills_of(answer)

    async def _get(self, path: str, **parameters: str) -> Answer:
        request = self.bearer.http.build_request(
            "GET",
            f"{self.url}/{path}",
            params={**parameters, "minorversion": MINOR_VERSION},
            headers={"Accept": "application/json"},
        )
        return await self.bearer.ask(request, MANNERS)
