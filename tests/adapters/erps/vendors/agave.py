"""Agave as it publishes its API: an account's AP invoices, filtered by a request's body.

Shapes, each typed anew: headers, their 401 without a version, Agave-Data-Retrieved-At, filters and
identifiers as in docs.agaveapi.com/agave-api (headers, api-versioning, filters, identifiers,
response-codes); the envelope of lists, `message` with a `debug_id`, and the fields of an AP invoice
as github.com/api-evangelist/agave keeps them from Agave's documentation and Postman collection;
the words of `status`, and that the list can be filtered by `id`, by recollection.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import Change, at, first_but, responding

VERSION = "2021-11-21"
CLIENT_ID, CLIENT_SECRET = str(UUID(int=53)), "FwRIpg6ezHuGBOMFxT30suIbkkHtAq67BQWpLTeN"
OURS, THEIRS, EMPTY, CLERK, GONE = (letter * 40 for letter in "abcde")
"""Account tokens; the last is of an account that was unlinked."""
COMPANY, OTHER_COMPANY = str(UUID(int=7)), str(UUID(int=8))
PATH = "/ap-invoices"
MANY = range(1000, 1500)

Row = dict[str, Any]


def uuid(number: int) -> str:
    return f"15baed1e-7eff-52f4-8fef-{number:012x}"


def invoice(number: int, status: str, document: str | None = "KE", vendor: int = 31) -> Row:
    return {
        "id": uuid(number),
        "source_id": f"2026-03-01|{number}",
        "number": None if document is None else f"{document}-260{number}",
        "status": status,
        "amount": "1250.00",
        "issue_date": "2026-03-05",
        "vendor_id": uuid(vendor),
        "description": None,
    }


PAID = invoice(65, "Paid")
BOOKS: Mapping[tuple[str, str], list[Row]] = {
    (OURS, COMPANY): [
        invoice(60, "Pending", None),
        invoice(61, "Unposted"),
        invoice(62, "Posted"),
        invoice(63, "Partially Paid"),
        invoice(64, "Open", None),
        PAID,
        invoice(66, "Void"),
        *(invoice(number, "Posted") for number in MANY),
    ],
    (OURS, OTHER_COMPANY): [invoice(71, "Posted")],
    # Ids are made of the ERP's: a database with the same numbers has other bills with ours.
    (THEIRS, COMPANY): [invoice(62, "Posted", "HA", 32), invoice(65, "Paid", "HA", 32)],
    (EMPTY, COMPANY): [],
}
age = timedelta(0)
"""How old the cache is; nothing: there is none, and the ERP is asked."""


def refused(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "debug_id": "88cb8e15f361a625"}, status)


async def ap_invoices(request: Request) -> Response:
    if request.headers.get("API-Version") != VERSION:
        return JSONResponse({"error": "Invalid API-Version header"}, 401)
    client = (request.headers.get("Client-Id"), request.headers.get("Client-Secret"))
    account = request.headers.get("Account-Token")
    if client != (CLIENT_ID, CLIENT_SECRET) or account not in (OURS, THEIRS, EMPTY, CLERK):
        return refused(401, "The API key is not valid")
    if account == CLERK:
        return refused(403, "The API key has no permission for AP Invoices")
    found = BOOKS.get((account, request.headers.get("Company-Id", COMPANY)))
    if found is None:
        return refused(404, "The requested resource doesn't exist")
    asked = json.loads(await request.body())
    for each in asked["filters"]:
        if each["field"] != "id" or each["operator"] != "IN":
            return refused(400, "The filter is not supported")
        found = [row for row in found if row["id"] in each["value"]]
    page, size = (int(request.query_params[name]) for name in ("page", "per_page"))
    if not 1 <= size <= 1000:
        return refused(400, "per_page must be between 1 and 1000")
    shown = found[(page - 1) * size : page * size]
    meta = {"current_page": page, "has_more_results": page * size < len(found)}
    read = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {"Agave-Data-Retrieved-At": read, "Agave-RateLimit-Remaining": "149"}
    return JSONResponse({"data": shown, "meta": meta}, headers=headers)


APP = Starlette(routes=[Route(PATH, ap_invoices)])


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "account_token": OURS,
    }


rows = at("data")


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(id=uuid(4711)),
    "no id": but(id=...),
    "an id that is a number": but(id=62),
    "no id of the ERP": but(source_id=...),
    "an id of the ERP that is empty": but(source_id=""),
    "no vendor": but(vendor_id=None),
    "no number": but(number=...),
    "a number that is a number": but(number=62),
    "no status": but(status=...),
    "a status that is null": but(status=None),
    "a status that nobody knows": but(status="Archived"),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(lambda found: [*found, found[0] | {"id": uuid(4711)}]),
    "a row that is null": rows(lambda found: [None, *found[1:]]),
    "rows that are no list": rows(lambda found: found[0]),
    "no rows": lambda body: {"meta": body["meta"]},
    "no meta": lambda body: {"data": body["data"]},
    "an end that is a word": lambda body: (
        body | {"meta": body["meta"] | {"has_more_results": "no"}}
    ),
    "an error in a 200": lambda body: body | {"message": "…"},
}

VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId(uuid(60)), RecordState.DRAFT, None),
        KnownBill(RecordId(uuid(61)), RecordState.DRAFT, "KE-26061"),
        KnownBill(RecordId(uuid(62)), RecordState.OPEN, "KE-26062"),
        KnownBill(RecordId(uuid(64)), RecordState.OPEN, None),
        KnownBill(RecordId(uuid(63)), RecordState.PARTLY_PAID, "KE-26063"),
        KnownBill(RecordId(uuid(65)), RecordState.PAID, "KE-26065"),
        KnownBill(RecordId(uuid(66)), RecordState.VOIDED, "KE-26066"),
    ],
    deleted=RecordId(uuid(68)),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId(uuid(987654)),
    of_another_company=RecordId(uuid(71)),
    canary=RecordId(PAID["id"]),
    http=HttpVendor(
        answer=responding(APP),
        secret="account_token",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "an account without rights": ({"account_token": CLERK}, Trouble.FORBIDDEN),
            "a company that is not there": (
                {"company": str(UUID(int=9))},
                Trouble.UNEXPECTED_ANSWER,
            ),
        },
        shows_nothing={"account_token": EMPTY},
        unusable=[
            ("url", "api.agaveapi.com"),
            ("url", "http://erp.example.com"),
            ("client_id", ""),
            ("client_secret", "two words"),
            ("account_token", ""),
            ("account_token", "line\r\nX-Injected: 1"),
            ("company", "Kestrel"),
        ],
        not_ours={},
        impossible=["", "2026-03-01|62", uuid(62).upper()],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"account_token": THEIRS},
        revoked={"account_token": GONE},
        patience=60,
        many=[RecordId(uuid(number)) for number in MANY],
        at_once=4,
        allowance="150 requests a minute for each account, and 10 at once to some ERPs"
        " (docs.agaveapi.com, rate limits)",
    ),
    cannot_be={
        "reversed": "what takes an invoice back is an invoice of its own; it is paid, or void",
        "expired token": "an account's token has no end; one that was revoked is a wrong one",
        "expired token, met by twenty": "an account's token has no end",
    },
    sources=[
        "docs.agaveapi.com/agave-api: headers, api-versioning, filters, identifiers, cache,"
        " response codes, rate limits",
        "github.com/api-evangelist/agave: pagination, errors, AP invoices",
    ],
)
