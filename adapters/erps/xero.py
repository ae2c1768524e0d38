"""Xero: a bill is an Invoice of type ACCPAY of one organisation (tenant).

Settings: `tenant` (the organisation's id), `client_id`, `client_secret`, `refresh_token`;
`url` and `token_url` have defaults. Never seen on the wire by us; the facts, and where from:
- What is deleted or voided is still served, with that status, to a read by id
  (github.com/XeroAPI/Xero-Java issue 130). So a bill that is not found was never this
  organisation's: 404 is not deletion. Drafts are deleted, approved bills voided, once their
  payments are removed (github.com/freakboy3742/pyxero issue 350).
- The 404 is bare text (github.com/XeroAPI/xero-node issues 21 and 674).
- `IDs`, `Statuses`, the statuses and the fields: XeroAPI/Xero-OpenAPI, xero_accounting.yaml
  16.1.0. That a list by ids shows the deleted too is recalled; what it leaves out is read.
- 60 requests a minute and 5 at once for each organisation; a 429 has Retry-After
  (developer.xero.com/faq/limits). 40 ids keep the URL short; that bound is ours.
- Each refresh token is good for one use, and its forerunner for 30 minutes more
  (developer.xero.com/faq/oauth2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, only, whole
from adapters.erps._oauth import Bearer
from adapters.erps._pace import Pace
from adapters.erps._rest import PLAIN, Answer, Manners
from adapters.erps._secrets import Settings
from adapters.erps._settings import REFRESHED, checked, is_uuid
from adapters.erps._xero_bill import rows_of, sighting
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

BATCH = 40
AT_ONCE, PER_MINUTE = 5, 60
READ_ONE_BY_ONE = 3
"""Of how many that a list leaves out each is read; an unlink asks about one."""
NOT_FOUND = Manners(bare=frozenset({404}))
KEEPS = "Xero keeps what is deleted, and shows no such bill in this organisation"


RULES = {**REFRESHED, "tenant": is_uuid}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The organisation of one integration. Raises ErpTrouble(NOT_CONFIGURED)."""
    chosen = checked(
        "Xero",
        settings,
        RULES,
        url="https://api.xero.com/api.xro/2.0",
        token_url="https://identity.xero.com/connect/token",
    )
    key = (integration.company_id, integration.id)
    bearer = Bearer(around.http, around.secrets, key, chosen, Pace(AT_ONCE, PER_MINUTE))
    return Xero(bearer, chosen["url"].rstrip("/"), chosen["tenant"])


@dataclass(frozen=True, slots=True)
class Xero:
    """One organisation in Xero, all of whose bills the granted access shows."""

    bearer: Bearer = field(repr=False)
    url: str
    tenant: str

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Xero cannot have given is trouble, and not absence."""
        if not all(map(is_uuid, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Xero can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first paid bill, which cannot be voided before its payments go; else the first."""
        for statuses in ("PAID", "AUTHORISED,SUBMITTED,DRAFT"):
            as_of, where = datetime.now(UTC), 'Type=="ACCPAY"'
            found = rows_of(
                await self._get("", where=where, Statuses=statuses, order="Date", page="1")
            )
            for each in (sighting(row, as_of) for row in found):
                if each.fingerprint:
                    return Canary(each.record_id, each.fingerprint)
        return None

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, ids = datetime.now(UTC), ",".join(asked)
        rows = rows_of(await self._get("", IDs=ids, page="1"))
        seen = only(asked, (sighting(row, as_of) for row in rows))
        absent = [record_id for record_id in asked if record_id not in seen]
        if len(absent) <= READ_ONE_BY_ONE:
            for record_id in absent:
                read = await self._read(record_id)
                seen |= only([record_id], (sighting(row, as_of) for row in read))
        return whole(asked, seen.values(), as_of, "Xero knows no bill", doubt=KEEPS)

    async def _read(self, record_id: RecordId) -> Sequence[Any]:
        answer = await self._get(f"/{record_id}", manners=NOT_FOUND)
        return [] if answer.status == 404 else rows_of(answer)

    async def _get(self, path: str, manners: Manners = PLAIN, **parameters: str) -> Answer:
        request = self.bearer.http.build_request(
            "GET",
            f"{self.url}/Invoices{path}",
            params=parameters,
            headers={"Accept": "application/json", "Xero-Tenant-Id": self.tenant},
        )
        return await self.bearer.ask(request, manners)
