"""Microsoft Dynamics 365 Business Central online: a bill is a purchaseInvoice of its API v2.0.

Settings: `tenant`, `environment`, `company`, `client_id`, `client_secret`; `url` and `token_url`
have defaults. Never seen on the wire by us; the facts, and where they are from
(docs: MicrosoftDocs/dynamics365smb-devitpro-pb, dev-itpro):
- Drafts and posted invoices are one resource, in which posting carries the id of the draft over
  (docs api-reference/v2.0/resources/dynamics_purchaseinvoice.md); the number may change. So the
  id alone ties a link. The same invoice in postedPurchaseInvoices has an id that is another.
- A filter by ids leaves out what is not there. It is all that is asked: 404 with the code
  BadRequest_NotFound is said of errors in a query too, Internal_CompanyNotFound of a wrong company
  (docs webservices/dynamics-error-codes.md). No 404 is absence here.
- A filter leaves out what the application may not see as well, so absence needs the canary.
  Deletions are told to webhooks alone, and for 3 days (docs api-reference/v2.0/
  dynamics-subscriptions.md): there is no proof to ask for.
- Canceled is the status of a posted invoice that a credit memo took back: a void. That a posted
  invoice is cancelled and not deleted is recalled, not proven.
- What is left to pay of an invoice is not told: a partly paid one is Open.
- Ids are GUIDs, which a copy of an environment or of a company keeps, by recollection. So the
  fingerprint of an invoice has the environment and the company that were asked.
- 6000 requests in 5 minutes and 5 at once for each application, 429 beyond that, 503 after 8
  minutes in the queue, 504 after 10 (docs webservices/operational-limits-online.md).
- A GET may be answered by a copy of the database that is behind, unless the header
  Data-Access-Intent says otherwise (learn.microsoft.com, DataAccessIntent property).
- Client credentials of Entra ID, with the scope of the whole API. The hosts, the errors of the
  token endpoint, that a filter may join 30 ids with `or`, and that it may name a status, are
  recalled, not proven.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from adapters.erps import Around
from adapters.erps._batches import Seen, in_batches, whole
from adapters.erps._business_central_bill import FIELDS, rows_of, sighting
from adapters.erps._oauth import Bearer
from adapters.erps._pace import Pace
from adapters.erps._secrets import Settings
from adapters.erps._settings import checked, is_safe_url, is_token, is_uuid
from domain.erps import Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.ports import Erp

BATCH = 30
"""So that the query stays below 2048 characters, which is what IIS takes if it is not told."""
AT_ONCE = 5
SCOPE = "https://api.businesscentral.dynamics.com/.default"


def _is_tenant(text: str) -> bool:
    """A GUID, or a domain such as kestrel.onmicrosoft.com."""
    return re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", text) is not None


def _is_environment(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}", text) is not None


RULES = {
    "url": is_safe_url,
    "token_url": is_safe_url,
    "tenant": _is_tenant,
    "environment": _is_environment,
    "company": is_uuid,
    "client_id": is_token,
    "client_secret": is_token,
}


def connect(integration: ErpIntegration, settings: Settings, around: Around) -> Erp:
    """The company of one integration. Raises ErpTrouble(NOT_CONFIGURED), naming what is wrong."""
    host, tenant = "https://login.microsoftonline.com", settings.get("tenant", "")
    chosen = checked(
        "Business Central",
        settings,
        RULES,
        url="https://api.businesscentral.dynamics.com",
        token_url=f"{host}/{tenant}/oauth2/v2.0/token" if _is_tenant(tenant) else host,
    )
    bearer = Bearer(
        around.http,
        around.secrets,
        (integration.company_id, integration.id),
        chosen,
        pace=Pace(AT_ONCE),
        form=_form,
        basic=False,
        is_revoked=_is_revoked,
    )
    environment, company = chosen["environment"], chosen["company"]
    return BusinessCentral(
        bearer,
        f"{chosen['url'].rstrip('/')}/v2.0/{chosen['tenant']}/{environment}"
        f"/api/v2.0/companies({company})/purchaseInvoices",
        f"{environment.lower()}/{company}",
    )


def _form(settings: Settings) -> Mapping[str, str]:
    client = {name: settings[name] for name in ("client_id", "client_secret")}
    return {"grant_type": "client_credentials", "scope": SCOPE, **client}


def _is_revoked(body: Any) -> bool:
    """Whether Entra ID knows neither the application nor its secret, or not any more."""
    return isinstance(body, dict) and body.get("error") in ("invalid_client", "unauthorized_client")


@dataclass(frozen=True, slots=True)
class BusinessCentral:
    """One company in Business Central, as the application of the access sees it."""

    bearer: Bearer = field(repr=False)
    url: str
    place: str
    """The environment and the company, which set its invoices apart from those of a copy."""

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        """As the port says. An id that Business Central cannot have given is no absence."""
        if not all(map(is_uuid, record_ids)):
            detail = "a record id that no Business Central can have given"
            raise ErpTrouble(Trouble.NOT_VISIBLE, detail)
        return await in_batches(record_ids, BATCH, self._look)

    async def choose_canary(self) -> Canary | None:
        """The first paid invoice, which cannot be deleted as it is; failing that, the first."""
        for wanted in ({"$filter": "status eq 'Paid'"}, {}):
            as_of = datetime.now(UTC)
            for row in await self._rows({**wanted, "$top": "1"}, most=1):
                seen = sighting(row, as_of, self.place)
                if seen.fingerprint:
                    return Canary(seen.record_id, seen.fingerprint)
        return None

    async def _look(self, asked: Sequence[RecordId]) -> Seen:
        # Before the request: a sighting must never claim to be fresher than it is.
        as_of, ids = datetime.now(UTC), " or ".join(f"id eq {each}" for each in asked)
        rows = await self._rows({"$filter": ids}, most=len(asked))
        found = (sighting(row, as_of, self.place) for row in rows)
        return whole(asked, found, as_of, "Business Central's answer is without purchase invoice")

    async def _rows(self, options: Mapping[str, str], most: int) -> Sequence[Any]:
        # A blank as %20: in the address of OData, a plus need not be one.
        query = urlencode({**options, "$select": ",".join(FIELDS)}, safe="$,'", quote_via=quote)
        headers = {"Accept": "application/json", "Data-Access-Intent": "ReadWrite"}
        request = self.bearer.http.build_request("GET", f"{self.url}?{query}", headers=headers)
        return rows_of(await self.bearer.ask(request), most)
