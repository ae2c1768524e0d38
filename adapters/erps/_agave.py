"""Agave, one API over many construction ERPs: the door to Vista, Spectrum and the two Sages.

A bill is an AP invoice of the account that a token is for. Settings: `client_id`, `client_secret`,
`account_token`, `company` where the account has several, and `url`, which has a default. Never
seen on the wire by us; the facts, and where they are from (docs.agaveapi.com/agave-api/…):
- Four headers on each request; without API-Version that is a 401 (headers, api-versioning).
- Agave hands requests on to the ERP, unless its cache is switched on for the account, and then it
  answers what it has (cache). When the ERP itself was read is told in Agave-Data-Retrieved-At
  (headers): an answer that does not say so is none, and what was read before we asked is as old as
  it says, which the domain takes for stale. The header tells whole seconds, as the other instants
  of Agave do: so what was read in the very second in which we asked counts as read after it.
- Lists take filters in the request's body, with IN (filters); not of all lists in all ERPs, and
  that this one can be filtered by `id` is recalled. An error is never an absence: 400 and 404 are
  said of routes and of filters too. A list leaves out what is not there and what the account's
  user may not see: so absence needs the canary.
- A list goes on until it says that it ends; null says nothing (pagination, as digested in
  github.com/api-evangelist/agave, conventions).
- Ids are Agave's own, and persistent, for one Reference ID of an account. They are made of the
  ERP's: in Vista of month and transaction once a bill is posted, and of month, batch and sequence
  before (identifiers). So a draft's id may be gone because the draft was posted: what is seen of
  it is provisional. That it is so in the other three is not known, and taken for granted.
- The words of `status` are recalled: those of Sage 100 Contractor are in its help (about payable
  invoice status), Spectrum's and Vista's drafts are told as unposted or pending (sync-docs.
  agaveapi.com). One that is not known is no answer.
- 150 requests a minute for each account, some ERPs with 10 at once; 429 beyond (rate-limits). No
  header says for how long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from adapters.erps import Around
from adapters.erps._agave_invoice import Page, page_of, sighting
from adapters.erps._batches import Seen, in_batches, whole
from adapters.erps._pace import Pace
from adapters.erps._rest import Manners, ask, unexpected
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token, is_uuid
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp

API_VERSION = "2021-11-21"
BATCH = 100
AT_ONCE = 4
"""Less than half of the ten, which are for all that ask with the account's token."""
PER_MINUTE = 150
PAGES = 3
"""Of one batch, which has room on the first; more are asked for only while it does not end."""
MANNERS = Manners(patience=60)


def _is_company(text: str) -> bool:
    return text == "" or is_uuid(text)


RULES = {
    "url": is_safe_url,
    "client_id": is_token,
    "client_secret": is_token,
    "account_token": is_token,
    "company": _is_company,
}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The account of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    chosen = checked("Agave", settings, RULES, url="https://api.agaveapi.com")
    headers = {
        "Accept": "application/json",
        "API-Version": API_VERSION,
        "Client-Id": chosen["client_id"],
        "Client-Secret": chosen["client_secret"],
        "Account-Token": chosen["account_token"],
    }
    if chosen.get("company"):
        headers["Company-Id"] = chosen["company"]
    url = f"{chosen['url'].rstrip('/')}/ap-invoices"
    return Agave(around.http, url, headers, integration.known.title)


@dataclass(frozen=True, slots=True)
class Agave:
    """One account of one ERP, as Agave reaches it. `erp` is that ERP's name for people."""

    http: httpx2.AsyncClient = field(repr=False)
    url: str
    headers: Settings = field(repr=False)
    erp: str
    pace: Pace = field(default_factory=lambda: Pace(AT_ONCE, PER_MINUTE))

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Agave cannot have given is trouble, and not absence."""
        if not all(map(is_uuid, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Agave can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first paid invoice of the first page; failing that, one that is posted, or any."""
        page = await self._page(1, ())
        seen = [sighting(row, self.erp, page.as_of) for row in page.rows]
        seen.sort(key=lambda each: (each.state is not RecordState.PAID, each.provisional))
        return next((Canary(s.record_id, s.fingerprint) for s in seen if s.fingerprint), None)

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        pages = await self._all_pages(asked)
        found = (sighting(row, self.erp, page.as_of) for page in pages for row in page.rows)
        as_of = min(page.as_of for page in pages)
        return whole(asked, found, as_of, f"{self.erp}, through Agave, answered without AP invoice")

    async def _all_pages(self, asked: Sequence[RecordId]) -> Sequence[Page]:
        pages = list[Page]()
        for number in range(1, PAGES + 1):
            pages.append(await self._page(number, asked))
            if pages[-1].is_last:
                return pages
        raise unexpected("a list that does not end")

    async def _page(self, number: int, asked: Sequence[RecordId]) -> Page:
        """A page of the invoices asked for; of all of them, if none are."""
        filters = [{"field": "id", "operator": "IN", "value": list(asked)}] if asked else []
        async with self.pace.turn():
            # Before the request: a sighting must never claim to be fresher than it is.
            began = datetime.now(UTC)
            request = self.http.build_request(
                "GET",
                self.url,
                params={"page": str(number), "per_page": str(BATCH)},
                json={"filters": filters},
                headers=self.headers,
            )
            return page_of(await ask(self.http, request, MANNERS), began)
