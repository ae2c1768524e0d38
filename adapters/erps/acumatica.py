"""Acumatica (and MYOB Acumatica, once MYOB Advanced): a bill of the contract-based REST API.

Settings: `url` of the site, with the instance if the address has one, `client_id`
(`<GUID>@<tenant>`), `client_secret`, and `username` with `password`, or `refresh_token`; `version`
of the endpoint Default has a default. Never seen on the wire by us; the facts, and where they are
from (MYOB: help.myob.com.au/advanced, Integration Development Guide, which is Acumatica's own):
- The client id names the tenant, whose data is all that the access shows (MYOB, OAuthOIDC_
  ResourceOwner_AccessToken). Reference numbers are of one tenant, so the fingerprint names it.
- A list is filtered by `$filter`, with `or`; filters on details are not to be relied on (MYOB,
  IntegrationDev_RESTExample_Parameter_filter). The id of an entity is none of its fields, so a
  link is tied by the reference number. 40 of them stay below the 2048 characters that IIS takes.
- One record is read by its keys, `Bill/Bill/<number>`, or by its id (MYOB, IntegrationDev_
  RESTExample_Basic_Get_Record_by_Key). When there is none, that is a 500 with the exception
  NoEntitySatisfiesTheCondition; the same is said of what a branch hides (clients and fixtures of
  several public repositories). A list leaves both out. So absence needs the canary, and a single
  absent bill is read as well. Other 500s are failures.
- A released bill is not deleted but reversed, by a debit adjustment that is then applied to it
  (loganconsulting.com/blog/acumatica-erp-reversing-a-bill), and closed. What was applied is a
  detail of the bill, Applications, whose list comes from a view with a delegate: a list of bills
  that asks for such details is refused (realisable.co.uk, "BQL delegate error"). That it is so of
  this one is recalled. So closed bills are read one by one, up to SETTLED of them.
- Types and statuses are told by their labels (github.com/Acumatica/AcumaticaRESTAPIClientForCSharp,
  and the list of PX.Objects.AP.APDocStatus): in English if the user's language is, by recollection.
- Each access takes one of the licence's API users as long as its session lasts. Without the scope
  offline_access that is an hour, as the token; with it, one session serves all renewals (MYOB,
  OAuthOIDC_GettingStarted_SignOut). One too many is "API Login Limit", by public clients. So the
  token is shared by all who ask, and nobody signs out.
- The licence bounds the requests at once and by the minute (MYOB, IS__con_License_Restrictions_
  API_Users); some 100 a minute, 3 at once, is the standard (support.cleo.com).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from adapters.erps import Around
from adapters.erps._acumatica_bill import FIELDS, Bill, bill_of, bills_of, is_none
from adapters.erps._batches import Seen, absent_in, in_batches, together, whole
from adapters.erps._oauth import Bearer, refresh
from adapters.erps._pace import Pace
from adapters.erps._rest import Answer, Manners, unexpected
from adapters.erps._secrets import Settings
from adapters.erps._settings import Rules, checked, is_safe_url, is_token
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

BATCH = 40
AT_ONCE = 2
"""So that one of the three of the standard licence is left for others."""
SETTLED = 10
"""Of how many closed bills of a batch we ask what has settled them. Others are told as paid."""
MANNERS = Manners(explained=frozenset({500}), patience=60)


def _is_reference(text: str) -> bool:
    """As numbering sequences make them, of 15 characters at most, and fit for a path."""
    return re.fullmatch(r"[A-Za-z0-9_.-]{1,15}", text) is not None and text not in (".", "..")


def _is_client_id(text: str) -> bool:
    """With the tenant at its end, as in 88358B02-A48D-A50E-F710-39C1636C30F6@Kestrel."""
    return (
        re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}@\S.*", text) is not None
    )


def _is_version(text: str) -> bool:
    return re.fullmatch(r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}", text) is not None


RULES = {
    "url": is_safe_url,
    "client_id": _is_client_id,
    "client_secret": is_token,
    "version": _is_version,
}
BY_TOKEN: Rules = {"refresh_token": is_token}
BY_PASSWORD: Rules = {"username": str.isprintable, "password": bool}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The tenant of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    access = BY_PASSWORD if settings.get("username") else BY_TOKEN
    chosen = checked("Acumatica", settings, {**RULES, **access}, version="24.200.001")
    url = chosen["url"].rstrip("/")
    bearer = Bearer(
        around.http,
        around.secrets,
        (integration.company_id, integration.id),
        {**chosen, "token_url": f"{url}/identity/connect/token"},
        pace=Pace(AT_ONCE),
        form=_form,
        basic=False,
    )
    tenant = chosen["client_id"].partition("@")[2]
    return Acumatica(bearer, f"{url}/entity/Default/{chosen['version']}/Bill", tenant)


def _form(settings: Settings) -> Mapping[str, str]:
    """By the user's password where there is one: a session of an hour; else by refresh token."""
    client = {name: settings[name] for name in ("client_id", "client_secret")}
    if not settings.get("username"):
        return {**refresh(settings), **client}
    user = {name: settings[name] for name in ("username", "password")}
    return {"grant_type": "password", "scope": "api", **user, **client}


@dataclass(frozen=True, slots=True)
class Acumatica:
    """One tenant of Acumatica, as the user of the access sees it."""

    bearer: Bearer = field(repr=False)
    url: str
    tenant: str

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. A number that Acumatica is not asked about is trouble, not absence."""
        if not all(map(_is_reference, record_ids)):
            raise ErpTrouble(Trouble.NOT_VISIBLE, "a record id that no Acumatica can have given")
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first open bill, which cannot be deleted any more; failing that, the first."""
        for more in (" and Status eq 'Open'", ""):
            as_of = datetime.now(UTC)
            for bill in await self._bills(f"Type eq 'Bill'{more}", most=1):
                seen = bill.sighting(self.tenant, as_of)
                if seen.fingerprint:
                    return Canary(seen.record_id, seen.fingerprint)
        return None

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, numbers = datetime.now(UTC), " or ".join(f"ReferenceNbr eq '{n}'" for n in asked)
        found = await self._bills(f"Type eq 'Bill' and ({numbers})", most=len(asked))
        closed = [bill for bill in found if bill.is_closed][:SETTLED]
        again = {bill.id: bill for bill in await together(*map(self._settled, closed))}
        sightings = (again.get(bill.id, bill).sighting(self.tenant, as_of) for bill in found)
        seen = whole(asked, sightings, as_of, "Acumatica's list answered without bill")
        match absent_in(seen):
            case [absent]:
                await self._confirm(absent.record_id)
        return seen

    async def _settled(self, closed: Bill) -> Bill:
        """The bill again, with what has settled it."""
        bill = bill_of(await self._get(f"/{closed.id}", {"$expand": "Applications"}))
        if (bill.id, bill.number) != (closed.id, closed.number) or bill.debited is None:
            raise unexpected("another bill than the one asked for, or nothing of what settled it")
        return bill

    async def _confirm(self, record_id: RecordId) -> None:
        """A single one that the list left out, as in an unlink, is read as well.

        Raises ErpTrouble unless Acumatica itself says that there is none.
        """
        answer = await self._get(f"/Bill/{quote(record_id, safe='')}", {"$select": "ReferenceNbr"})
        if not is_none(answer):
            raise ErpTrouble(Trouble.STALE, "the list leaves out a bill that Acumatica still shows")

    async def _bills(self, condition: str, most: int) -> Sequence[Bill]:
        options = {"$filter": condition, "$select": ",".join(FIELDS), "$top": str(most)}
        return bills_of(await self._get("", options), most)

    async def _get(self, path: str, options: Mapping[str, str]) -> Answer:
        # A blank as %20: in the address of OData, a plus need not be one.
        query = urlencode(options, safe="$,'()", quote_via=quote)
        headers = {"Accept": "application/json"}
        request = self.bearer.http.build_request(
            "GET", f"{self.url}{path}?{query}", headers=headers
        )
        return await self.bearer.ask(request, MANNERS)
