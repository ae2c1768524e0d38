"""Oracle NetSuite: a bill is a transaction of the type VendBill, asked for by SuiteQL.

Settings: `account`, `client_id`, `certificate`, `private_key`; `url` has a default. Never seen on
the wire by us; the facts, and where they are from (help: docs.oracle.com, NetSuite online help):
- SuiteQL is asked by POST with `Prefer: transient`, and told by pages (help
  section_157909186990). The names of the columns, and the status of one letter, are from public
  code; statuses beside open and paid in full are recalled, not proven.
- No record is ever read by its id: of a bill that is not there, that was seen to say 400
  "Transaction type specified is incorrect", and 404 NONEXISTENT_ID of other records.
- A query leaves out what the role may not see, other subsidiaries' bills among them, so absence
  needs the canary. Deletions are told by SOAP alone, which ends in 2028; that SuiteQL's table
  `deletedrecord` tells them too is recalled, and it is not asked.
- A void leaves the bill with `voided`, by recollection. Where the account voids by a reversing
  journal, that is a transaction of its own, and the bill that it settles is paid.
- Ids are of one account, and a sandbox is a copy that has the same ones. So the fingerprint of a
  bill has the account that was asked.
- Requests at once are for the whole account, and all that is integrated with it: 5 on the shared
  tiers, 15 on the first; 429 beyond that (docs.jitterbit.com, concurrency governance; help
  subsect_1559222360). We take 2.
- Tokens of one hour for a JWT signed with PS256; the refresh of a sandbox drops its certificates
  (help section_162790605110; docs.sim.ai, NetSuite service account). That scope is a list in it,
  and that the token endpoint tells seconds as text, are recalled.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, whole
from adapters.erps._netsuite_assertion import Assertions, is_private_key
from adapters.erps._netsuite_bill import COLUMNS, rows_of, sighting
from adapters.erps._oauth import Bearer
from adapters.erps._pace import Pace
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp

BATCH = 500
"""Of 1000 that a page may hold, and a list in a query."""
AT_ONCE = 2
ELDERS = 100
"""Among how many of the oldest bills a paid one is looked for."""


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,17}", text) is not None


def _is_account(text: str) -> bool:
    """As NetSuite shows it, 1234567 or 1234567_SB1, or as its hosts have it."""
    return re.fullmatch(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)?", text) is not None


RULES = {
    "url": is_safe_url,
    "account": _is_account,
    "client_id": is_token,
    "certificate": is_token,
    "private_key": is_private_key,
}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The account of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    account = settings.get("account", "").lower().replace("_", "-")
    origin = f"https://{account if _is_account(account) else 'account'}.suitetalk.api.netsuite.com"
    chosen = checked("NetSuite", settings, RULES, url=f"{origin}/services/rest")
    url = chosen["url"].rstrip("/")
    assertions = Assertions(f"{origin}/services/rest/auth/oauth2/v1/token")
    bearer = Bearer(
        around.http,
        around.secrets,
        (integration.company_id, integration.id),
        {**chosen, "token_url": f"{url}/auth/oauth2/v1/token"},
        pace=Pace(AT_ONCE),
        form=assertions.form,
        basic=False,
        is_revoked=assertions.is_revoked,
    )
    return NetSuite(bearer, url, account)


@dataclass(frozen=True, slots=True)
class NetSuite:
    """One account of NetSuite, as the role of the access sees it."""

    bearer: Bearer = field(repr=False)
    url: str
    account: str
    """Which sets its bills apart from those of a copy."""

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that NetSuite cannot have given is trouble, not absence."""
        if not all(map(_is_id, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no NetSuite can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first paid of the oldest bills, which cannot be deleted as it is; else the oldest."""
        as_of = datetime.now(UTC)
        rows = await self._query("", most=ELDERS)
        elders = [sighting(row, as_of, self.account) for row in rows]
        elders.sort(key=lambda each: each.state is not RecordState.PAID)
        return next((Canary(s.record_id, s.fingerprint) for s in elders if s.fingerprint), None)

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of = datetime.now(UTC)
        rows = await self._query(f" AND id IN ({', '.join(asked)})", most=len(asked))
        found = (sighting(row, as_of, self.account) for row in rows)
        return whole(asked, found, as_of, "NetSuite's query answered without bill")

    async def _query(self, narrower: str, most: int) -> Sequence[Any]:
        """The bills by their ids, which are numbers of ours alone in the query's text."""
        query = f"SELECT {', '.join(COLUMNS)} FROM transaction WHERE type = 'VendBill'{narrower}"
        request = self.bearer.http.build_request(
            "POST",
            f"{self.url}/query/v1/suiteql",
            params={"limit": str(most), "offset": "0"},
            json={"q": f"{query} ORDER BY id"},
            headers={"Accept": "application/json", "Prefer": "transient"},
        )
        return rows_of(await self.bearer.ask(request), most)
