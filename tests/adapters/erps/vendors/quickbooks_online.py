"""QuickBooks Online as Intuit publishes it: a company's bills by query, by id, and by changes.

Shapes, each typed anew from what is published: Bill and QueryResponse as in
github.com/ej2/python-quickbooks (quickbooks/objects/bill.py, tests/unit/test_cdc.py); the fault
610 of a bill that is not there as in intuit/QuickBooks-V3-PHP-SDK issue 309; change data capture
and its 30 days as on developer.intuit.com; 3200 and 3100 of a bad token and a company that it does
not open as several public clients handle them. XML where JSON was not asked for.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, at, first_but, responding

OURS, THEIRS, EMPTY = "9130350000000001", "9130350000000002", "9130350000000003"
TOKEN_PATH = "/oauth2/v1/tokens/bearer"
CDC_WINDOW = timedelta(days=30)
MOST_ROWS = 1000
MANY = range(1000, 1500)

Row = dict[str, Any]


def bill(number: str, total: float, balance: float, day: int, document: str | None) -> Row:
    numbered = {} if document is None else {"DocNumber": document}
    return {
        "Id": number,
        "SyncToken": "1",
        "domain": "QBO",
        "sparse": False,
        "TxnDate": f"2026-03-{day:02}",
        "DueDate": "2026-05-01",
        "TotalAmt": total,
        "Balance": balance,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "VendorRef": {"value": "31", "name": "Kestrel Electrical Contractors"},
        "LinkedTxn": [],
        "MetaData": {
            "CreateTime": f"2026-03-{day:02}T09:12:44-07:00",
            "LastUpdatedTime": "2026-04-02T10:00:00-07:00",
        },
    } | numbered


BOOKS: Mapping[str, list[Row]] = {
    OURS: [
        bill("41", 1250.0, 1250.0, 7, "KE-26031"),
        bill("42", 1250.0, 500.25, 8, "KE-26032"),
        bill("40", 980.5, 0, 2, "KE-26030"),
        bill("43", 310, 310, 9, None),
        *(bill(str(number), 1250.0, 1250.0, 20, None) for number in MANY),
    ],
    # Ids are of one company: the second has other bills with ours.
    THEIRS: [
        bill("77", 1250.0, 1250.0, 7, "KE-26031"),
        bill("40", 75.0, 0, 30, "HA-11"),
        bill("41", 75.0, 75.0, 30, "HA-12"),
    ],
    EMPTY: [],
}
DELETED, DELETED_LONG_AGO = "55", "12"
DELETIONS: Mapping[str, timedelta] = {
    DELETED: timedelta(days=3),
    DELETED_LONG_AGO: timedelta(days=200),
}
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(
        Tokens(
            lifetime=3600,
            granted={f"refresh-{realm}-first": realm for realm in BOOKS},
            more={"x_refresh_token_expires_in": 8726400},
        )
    )


def fault(status: int, code: str, message: str, kind: str) -> Response:
    error = {"Message": message, "Detail": f"{message} : as Intuit words it", "code": code}
    body = {"Fault": {"Error": [error | {"element": ""}], "type": kind}, "time": now()}
    return JSONResponse(body, status)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def guarded(answer: Callable[[Request, str], Response]) -> Callable[[Request], Response]:
    """Only whose token opens the company is answered, and only in JSON if that was asked for."""

    def endpoint(request: Request) -> Response:
        realm = tokens.opens(request)
        if realm is None:
            return fault(401, "3200", "message=AuthenticationFailed", "AUTHENTICATION")
        if realm != request.path_params["realm"]:
            return fault(403, "3100", "message=ApplicationAuthorizationFailed", "AUTHORIZATION")
        if request.headers.get("Accept") != "application/json":
            return Response("<IntuitResponse/>", media_type="application/xml")
        if request.query_params.get("minorversion") != "75":
            return fault(400, "2010", "Request has invalid minor version", "ValidationFault")
        return answer(request, realm)

    return endpoint


def query(request: Request, realm: str) -> Response:
    text = request.query_params["query"]
    if found := re.fullmatch(
        r"select \* from Bill where Id in \(('\d+'(?:, '\d+')*)\) maxresults (\d+)", text
    ):
        wanted, most = set(re.findall(r"\d+", found[1])), int(found[2])
        rows = [row for row in BOOKS[realm] if row["Id"] in wanted]
    elif found := re.fullmatch(
        r"select \* from Bill orderby TxnDate asc startposition 1 maxresults (\d+)", text
    ):
        rows, most = sorted(BOOKS[realm], key=lambda row: str(row["TxnDate"])), int(found[1])
    else:
        return fault(400, "4000", "Error parsing query", "ValidationFault")
    if most > MOST_ROWS:
        return fault(400, "4001", "Invalid query", "ValidationFault")
    shown = rows[:most]
    page = {"Bill": shown, "startPosition": 1, "maxResults": len(shown)} if shown else {}
    return JSONResponse({"QueryResponse": page, "time": now()})


def read(request: Request, realm: str) -> Response:
    for row in BOOKS[realm]:
        if row["Id"] == request.path_params["id"]:
            return JSONResponse({"Bill": row, "time": now()})
    return fault(400, "610", "Object Not Found", "ValidationFault")


def last_change(row: Row) -> datetime:
    return datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"])


def changes(request: Request, realm: str) -> Response:
    since = datetime.fromisoformat(request.query_params["changedSince"])
    if request.query_params["entities"] != "Bill" or datetime.now(UTC) - since > CDC_WINDOW:
        return fault(400, "2030", "changedSince is too long ago", "ValidationFault")
    rows = [row for row in BOOKS[realm] if last_change(row) > since]
    for number, ago in DELETIONS.items():
        at = datetime.now(UTC) - ago
        if realm == OURS and at > since:
            meta = {"LastUpdatedTime": at.isoformat(timespec="seconds")}
            rows.append({"domain": "QBO", "status": "Deleted", "Id": number, "MetaData": meta})
    found = {"Bill": rows, "startPosition": 1, "maxResults": len(rows)} if rows else {}
    return JSONResponse({"CDCResponse": [{"QueryResponse": [found]}], "time": now()})


APP = Starlette(
    routes=[
        Route(TOKEN_PATH, tokens.endpoint, methods=["POST"]),
        Route("/v3/company/{realm}/query", guarded(query)),
        Route("/v3/company/{realm}/bill/{id}", guarded(read)),
        Route("/v3/company/{realm}/cdc", guarded(changes)),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": url,
        "token_url": f"{url}{TOKEN_PATH}",
        "realm": OURS,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
        "refresh_token": f"refresh-{OURS}-first",
    }


def but(**values: Any) -> Change:
    return rows(first_but(**values))


rows = at("QueryResponse", "Bill")


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(Id="4711"),
    "no id": but(Id=...),
    "an id that is a number": but(Id=41),
    "no total": but(TotalAmt=...),
    "a total that is text": but(TotalAmt="1250.00"),
    "a total that is true": but(TotalAmt=True),
    "no balance": but(Balance=...),
    "a balance beyond the total": but(Balance=1250.01),
    "a balance below nothing": but(Balance=-1),
    "a number that is a number": but(DocNumber=7),
    "no creation time": but(MetaData={}),
    "a creation time that is none": but(MetaData={"CreateTime": "yesterday"}),
    "a creation time without a zone": but(MetaData={"CreateTime": "2026-03-07T09:12:44"}),
    "a bill with a status": but(status="Deleted"),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(lambda found: [*found, found[0] | {"Id": "4711"}]),
    "a row that is null": rows(lambda found: [*found, None]),
    "bills that are no list": rows(lambda found: found[0]),
    "a fault in a 200": lambda body: body | {"Fault": {"Error": [], "type": "SystemFault"}},
    "no query response": lambda body: {"time": body["time"]},
    "no time": lambda body: {"QueryResponse": body.get("QueryResponse", {})},
}

reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId("41"), RecordState.OPEN, "KE-26031"),
        KnownBill(RecordId("42"), RecordState.PARTLY_PAID, "KE-26032"),
        KnownBill(RecordId("40"), RecordState.PAID, "KE-26030"),
        KnownBill(RecordId("43"), RecordState.OPEN, None),
    ],
    deleted=RecordId(DELETED),
    deletion_is=RecordState.DELETED,
    never_existed=RecordId("987654"),
    of_another_company=RecordId("77"),
    canary=RecordId("40"),
    http=HttpVendor(
        answer=responding(APP),
        secret="refresh_token",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "a company that was not granted": ({"realm": THEIRS}, Trouble.FORBIDDEN),
        },
        shows_nothing={"realm": EMPTY, "refresh_token": f"refresh-{EMPTY}-first"},
        unusable=[
            ("url", "quickbooks.api.intuit.com"),
            ("url", "https://quickbooks.api.intuit.com/?realm=1"),
            ("url", "http://erp.example.com"),
            ("token_url", "http://erp.example.com/token"),
            ("token_url", "ftp://oauth.platform.intuit.com"),
            ("realm", ""),
            ("realm", "0"),
            ("realm", "1/query"),
            ("client_id", ""),
            ("client_secret", "two words"),
            ("refresh_token", ""),
            ("refresh_token", "line\r\nX-Injected: 1"),
        ],
        not_ours={},
        impossible=["", "0", "-3", "03", " 3", "3.0", "٣", "BILL-1042", "3','4", "9" * 20],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"realm": THEIRS, "refresh_token": f"refresh-{THEIRS}-first"},
        revoked={"refresh_token": "refresh-of-an-app-that-was-disconnected"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        patience=60,
        many=[RecordId(str(number)) for number in MANY],
        at_once=5,
        allowance="500 requests a minute and 10 a second for each company"
        " (developer.intuit.com, limits-and-throttles)",
    ),
    cannot_be={
        "draft": "a bill is open as soon as it is saved",
        "voided": "a bill cannot be voided, only deleted",
        "reversed": "a vendor credit is a transaction of its own; what it settles is paid",
    },
    sources=[
        "developer.intuit.com: bill, change data capture, limits and throttles",
        "github.com/ej2/python-quickbooks (MIT)",
        "github.com/intuit/QuickBooks-V3-PHP-SDK issue 309",
        "github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK docs/help/Tokens.md",
    ],
)
