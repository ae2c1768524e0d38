"""Sage Intacct, through its REST API: a bill is an accounts-payable/bill, asked for by query.

Settings: `client_id`, `client_secret`, and either `username` (user@company, or
user@company|entity) or `refresh_token`; `entity` where not all of the company is meant; `url`
has a default. Never seen on the wire by us; the facts, and where they are from:
- The query service, its fields and its answer: Sage's OpenAPI of accounts payable as kept in
  github.com/lorenz-bus-service/node-intacct-rest-api (spec/accounts-payable.json, and
  test/query.test.ts).
- Errors come in three envelopes: github.com/lorenz-bus-service/node-intacct-rest-api
  src/core/errors.ts, after developer.sage.com/intacct, error handling. None is ever absence here.
- A query leaves out what does not exist and what the user may not see, an entity's bills among
  them; so absence needs the canary. The audit trail would prove a deletion, but is told by the
  older XML gateway alone, with credentials of its own: it is not asked.
- Reversed bills keep their row with the state `reversed`: recalled, not proven, as is which
  states a bill can have beside those of the specification's example.
- Two requests at once on the older plans (domo.com), 429 and 503 when there are more, with the
  wait in headers of both spellings (developer.sage.com/intacct, headers).
- Granting the same user and company again ends the older access, with errorId REST-2102
  (nango.dev/blog/fix-sage-intacct-oauth-token-invalid-refresh-failures). So one set of
  credentials must serve one connection alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, whole
from adapters.erps._oauth import Bearer, refresh
from adapters.erps._pace import Pace
from adapters.erps._rest import Manners
from adapters.erps._sage_intacct_bill import FIELDS, is_revoked, rows_of, sighting
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

BATCH = 500
"""Of 4000 that a page may hold, so that an answer stays small."""
AT_ONCE = 2
MANNERS = Manners(
    waits=(
        "Retry-After",
        "X-IA-Throttle-Limit-RetryAfter",
        "X-IA-Throttle-Limit-Retry-After",
        "X-IA-TENANT-Throttle-Limit-Retry-After",
        "X-IA-Hour-Rate-Limit-Retry-After",
        "X-IA-Minute-Rate-Limit-Retry-After",
    )
)


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,17}", text) is not None


def _is_entity(text: str) -> bool:
    return text == "" or is_token(text)


def _is_user(text: str) -> bool:
    return text == "" or re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


RULES = {
    "url": is_safe_url,
    "client_id": is_token,
    "client_secret": is_token,
    "username": _is_user,
    "entity": _is_entity,
}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The company of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    either = {} if settings.get("username") else {"refresh_token": is_token}
    default = {"url": "https://api.intacct.com/ia/api/v1"}
    chosen = checked("Sage Intacct", settings, {**RULES, **either}, **default)
    url = chosen["url"].rstrip("/")
    bearer = Bearer(
        around.http,
        around.secrets,
        (integration.company_id, integration.id),
        {**chosen, "token_url": f"{url}/oauth2/token"},
        pace=Pace(AT_ONCE),
        form=_form,
        basic=False,
        is_revoked=is_revoked,
    )
    return SageIntacct(bearer, url, chosen.get("entity", ""))


def _form(settings: Settings) -> Mapping[str, str]:
    """By refresh token where there is one, else by the client's credentials for a user."""
    client = {name: settings[name] for name in ("client_id", "client_secret")}
    if settings.get("refresh_token"):
        return {**refresh(settings), **client}
    return {"grant_type": "client_credentials", "username": settings["username"], **client}


@dataclass(frozen=True, slots=True)
class SageIntacct:
    """One company in Sage Intacct, or one entity of it, as the user of the access sees it."""

    bearer: Bearer = field(repr=False)
    url: str
    entity: str

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Intacct cannot have given is trouble, not absence."""
        if not all(map(_is_id, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Intacct can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first paid bill, which cannot be deleted as it is; failing that, the first."""
        for state in ({"state": "paid"}, None):
            as_of, filters = datetime.now(UTC), [{"$eq": state}] if state else []
            seen = [sighting(row, as_of) for row in await self._query(filters, size=1)]
            for each in seen:
                if each.fingerprint:
                    return Canary(each.record_id, each.fingerprint)
        return None

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, filters = datetime.now(UTC), [{"$in": {"key": list(asked)}}]
        rows = await self._query(filters, size=len(asked) + 1)
        found = (sighting(row, as_of) for row in rows)
        return whole(asked, found, as_of, "Sage Intacct's query answered without bill")

    async def _query(self, filters: Sequence[object], size: int) -> Sequence[Any]:
        query = {
            "object": "accounts-payable/bill",
            "fields": FIELDS,
            "filters": filters,
            "orderBy": [{"key": "asc"}],
            "start": 1,
            "size": size,
        }
        headers = {"Accept": "application/json"}
        if self.entity:
            headers["X-IA-API-Param-Entity"] = self.entity
        request = self.bearer.http.build_request(
            "POST", f"{self.url}/services/core/query", json=query, headers=headers
        )
        return rows_of(await self.bearer.ask(request, MANNERS), size)
