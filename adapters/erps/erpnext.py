"""ERPNext: a bill is a Purchase Invoice of one company, listed by name through Frappe's REST API.

Settings: `url` of the site, `key` and `secret` of a user's API access, and `company` (its name).
Never seen on the wire by us; the facts, and where they are from:
- GET /api/resource/<doctype> lists by `filters`, `fields` and `limit_page_length`, and
  /api/resource/<doctype>/<name> is one (docs.frappe.io, REST API). A list leaves out, without a
  word, what does not exist and what the user's permissions hide.
- Of one document Frappe says 404 with the `exc_type` DoesNotExistError when there is none, 403
  with PermissionError when it is not the user's, 401 for a wrong token (github.com/frappe/frappe,
  frappe/exceptions.py; bodies as public clients have them). A 404 without it is somebody else's,
  and of a list it is the DocType that is missing. So a single absent one is read as well. That
  the two are told apart in all versions is recalled.
- A deletion leaves a Deleted Document with the DocType and the name, `restored` when it was
  brought back under a new name; System Managers may read it (github.com/frappe/frappe,
  core/doctype/deleted_document/deleted_document.json, model/delete_doc.py).
- A submitted bill cannot be deleted, only cancelled (model/delete_doc.py); that is voided. It is
  amended by another with `amended_from`, whose name ends in -1: recalled. What lives on like that
  is still there.
- The name is the id. Of the last one in a series it is given anew after a deletion
  (model/delete_doc.py), and renaming is possible: recalled. Both end in a refusal, or in a doubt.
- The rate limit is by CPU time, off by default, with Retry-After (frappe/rate_limiter.py).
- People see a document at /app/<doctype>/<name> (get_url_to_form of frappe/utils/data.py).
- The server in front takes request lines of 4094 bytes: gunicorn's default, recalled.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx2

from adapters.erps import Around
from adapters.erps._batches import Seen, absent_in, in_batches, together, whole
from adapters.erps._erpnext_bill import (
    BILL,
    DELETED,
    DELETED_FIELDS,
    FIELDS,
    exc_type,
    proven,
    rows_of,
    sighting,
)
from adapters.erps._pace import Pace
from adapters.erps._rest import PLAIN, Answer, Manners, ask, unexpected
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp

BATCH = 50
AT_ONCE = 2
"""As many as leave the site's own users alone; that bound is ours."""
AMENDMENTS = 20
"""How often one bill may have been amended before we say that we do not understand it."""
EXPLAINED = Manners(explained=frozenset({403}))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= 140 and text.isprintable() and text == text.strip()


RULES = {"url": is_safe_url, "key": is_token, "secret": is_token, "company": _is_name}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The ERPNext of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    chosen = checked("ERPNext", settings, RULES)
    token = f"token {chosen['key']}:{chosen['secret']}"
    headers = {"Authorization": token, "Accept": "application/json"}
    return ErpNext(around.http, chosen["url"].rstrip("/"), headers, chosen["company"])


@dataclass(frozen=True, slots=True)
class ErpNext:
    """One company on one site, as the token's user sees it."""

    http: httpx2.AsyncClient = field(repr=False)
    url: str
    headers: Settings = field(repr=False)
    company: str
    pace: Pace = field(default_factory=lambda: Pace(AT_ONCE))

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. A name that no document can have is trouble, and not absence."""
        if not all(map(_is_name, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no ERPNext can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first submitted bill, which cannot be deleted as it is; failing that, a draft."""
        for docstatus in (1, 0):
            as_of = datetime.now(UTC)
            filters = [
                ["company", "=", self.company],
                ["is_return", "=", 0],
                ["docstatus", "=", docstatus],
            ]
            for row in await self._list(BILL, FIELDS, filters, limit=1):
                seen = sighting(row, self.company, as_of)
                if seen.fingerprint:
                    return Canary(seen.record_id, seen.fingerprint)
        return None

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of = datetime.now(UTC)
        # By name alone, or another company's bill would look absent; with room for one too many.
        rows = await self._list(BILL, FIELDS, [["name", "in", list(asked)]], limit=len(asked) + 1)
        found = (self._seen(row, as_of) for row in rows)
        seen = whole(asked, found, as_of, f"ERPNext's list answered without {BILL}")
        match absent_in(seen):
            case [absent]:
                seen[absent.record_id] = await self._missed(absent)
        return {**seen, **await self._amended(seen, as_of)}

    async def _missed(self, absent: Sighting) -> Sighting:
        """A single one that the list left out, as in an unlink: read as well, and proven."""
        document: Answer
        document, deletions = await together(
            self._get(f"{BILL}/{quote(absent.record_id, safe='')}", EXPLAINED),
            self._deletions(absent.record_id),
        )
        match document.status, exc_type(document):
            case 404, "DoesNotExistError":
                return proven(absent, deletions)
            case 403, "PermissionError":
                doubt = f"ERPNext has {BILL} {absent.record_id}, and does not show it to us"
                return replace(absent, doubt=doubt)
            case 403, _:
                raise ErpTrouble(Trouble.FORBIDDEN, "the ERP forbids the request (403)")
            case 200, _:
                detail = "the list leaves out a bill that ERPNext still shows"
                raise ErpTrouble(Trouble.STALE, detail)
        raise unexpected(f"an answer ({document.status}) that is not about this bill")

    async def _deletions(self, record_id: RecordId) -> Sequence[Any]:
        """The newest record of its deletion; nothing where there is none, or none to read."""
        filters = [["deleted_doctype", "=", BILL], ["deleted_name", "=", record_id]]
        try:
            return await self._list(DELETED, DELETED_FIELDS, filters, limit=1, order="desc")
        except ErpTrouble as trouble:
            if trouble.trouble not in (Trouble.FORBIDDEN, Trouble.UNEXPECTED_ANSWER):
                raise
            return ()  # the list has been answered: only the proof is missing

    async def _amended(self, seen: Seen, as_of: datetime) -> Seen:
        """Of those that are cancelled: the ones that live on as what they were amended to."""
        found = dict[RecordId, Sighting]()
        last = {each.record_id: each for each in seen.values() if _is_voided(each)}
        for _ in range(AMENDMENTS):
            if not last:
                return found
            filters, later = [["amended_from", "in", list(last)]], dict[RecordId, Sighting]()
            for row in await self._list(BILL, FIELDS, filters, limit=0):
                by, amended = self._seen(row, as_of), last.get(row["amended_from"])
                if amended is None:
                    raise unexpected("what was amended from another bill than those asked for")
                if _is_voided(by):
                    later[by.record_id] = amended
                else:
                    evidence = f"{amended.evidence}; amended: {by.evidence}"
                    found[amended.record_id] = replace(
                        amended, state=by.state, evidence=evidence, address=by.address
                    )
            last = later
        raise unexpected("a bill that was amended over and over")

    def _seen(self, row: Any, as_of: datetime) -> Sighting:
        seen = sighting(row, self.company, as_of)
        address = f"{self.url}/app/purchase-invoice/{quote(seen.record_id, safe='')}"
        return replace(seen, address=address)

    async def _list(
        self,
        doctype: str,
        fields: Sequence[str],
        filters: Sequence[object],
        limit: int,
        order: str = "asc",
    ) -> Sequence[Any]:
        """The documents that match, by their creation; all of them where the limit is 0."""
        asked = {"fields": json.dumps(fields), "filters": json.dumps(filters)}
        page = {"limit_page_length": str(limit), "order_by": f"creation {order}"}
        return rows_of(await self._get(doctype, parameters={**asked, **page}))

    async def _get(
        self, path: str, manners: Manners = PLAIN, parameters: Mapping[str, str] | None = None
    ) -> Answer:
        async with self.pace.turn():
            request = self.http.build_request(
                "GET", f"{self.url}/api/resource/{path}", params=parameters, headers=self.headers
            )
            return await ask(self.http, request, manners)


def _is_voided(seen: Sighting) -> bool:
    return seen.state is RecordState.VOIDED
