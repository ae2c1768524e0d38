"""Xero as it publishes itself: an organisation's invoices by ids, by filter and one by one.

Shapes, each typed anew: Invoices and Invoice of XeroAPI/Xero-OpenAPI, xero_accounting.yaml 16.1.0
(MIT); deleted and voided ones still served as in XeroAPI/Xero-Java issue 130; the bare text of a
404 as in XeroAPI/xero-node issues 21 and 674; 403 AuthenticationUnsuccessful of an organisation
that the access does not open, as several public clients handle it; the refresh token that changes
with each use, of developer.xero.com/faq/oauth2 (its 30 minutes of grace are not given here).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, at, first_but, responding

OURS = "45e4708e-d862-4111-ab3a-dd8cd03913e1"
THEIRS = "d2f44e02-5ae7-48a4-b2b6-3a1c1f0ba1a2"
EMPTY = "0f9a1d0e-7d3b-4a86-8a1c-a1a6f2f0c3d4"
TOKEN_PATH = "/connect/token"
BASE = "/api.xro/2.0"
PAGE = 100
LONGEST_URL = 2048
MANY = range(1000, 1500)

Row = dict[str, Any]


def record(number: int) -> RecordId:
    return RecordId(f"{number:08x}-77ab-4d6c-9d0e-9e4ff0b2c1d{number % 10}")


def invoice(number: int, status: str, due: float, document: str = "", kind: str = "ACCPAY") -> Row:
    total = 1250.0
    return {
        "Type": kind,
        "InvoiceID": record(number),
        "InvoiceNumber": document,
        "Reference": "",
        "Payments": [],
        "CreditNotes": [],
        "AmountDue": due,
        "AmountPaid": total - due,
        "AmountCredited": 0.0,
        "CurrencyRate": 1.0,
        "HasErrors": False,
        "Contact": {"ContactID": record(900), "Name": "Kestrel Electrical Contractors"},
        "DateString": f"2026-03-{number:02}T00:00:00",
        "Date": "/Date(1772668800000+0000)/",
        "Status": status,
        "LineAmountTypes": "Exclusive",
        "SubTotal": total,
        "TotalTax": 0.0,
        "Total": total,
        "UpdatedDateUTC": "/Date(1775117014377+0000)/",
        "CurrencyCode": "USD",
    }


PAID, DELETED, SALE = record(5), record(7), record(9)
BOOKS: Mapping[str, list[Row]] = {
    OURS: [
        invoice(1, "DRAFT", 1250.0),
        invoice(2, "SUBMITTED", 1250.0, "KE-26032"),
        invoice(3, "AUTHORISED", 1250.0, "KE-26033"),
        invoice(4, "AUTHORISED", 500.25, "KE-26034"),
        invoice(5, "PAID", 0.0, "KE-26035"),
        invoice(6, "VOIDED", 0.0, "KE-26036"),
        invoice(7, "DELETED", 0.0, "KE-26037"),
        invoice(9, "PAID", 0.0, "INV-0099", "ACCREC"),
        *(invoice(number, "AUTHORISED", 1250.0) for number in MANY),
    ],
    THEIRS: [invoice(8, "AUTHORISED", 1250.0, "KE-26038")],
    EMPTY: [],
}
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(
        Tokens(
            lifetime=1800,
            granted={f"refresh-{tenant}-first": tenant for tenant in BOOKS},
            more={
                "id_token": "an-id-token",
                "scope": "offline_access accounting.transactions.read",
            },
        )
    )


def problem(status: int, title: str, detail: str) -> Response:
    return JSONResponse({"Type": None, "Title": title, "Status": status, "Detail": detail}, status)


def guarded(answer: Callable[[Request, list[Row]], Response]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        tenant = tokens.opens(request)
        if tenant is None:
            return problem(401, "Unauthorized", "TokenExpired: token expired a while ago")
        if tenant != request.headers.get("Xero-Tenant-Id"):
            return problem(403, "Forbidden", "AuthenticationUnsuccessful")
        if request.headers.get("Accept") != "application/json":
            return Response("<Response/>", media_type="text/xml")
        if len(str(request.url)) > LONGEST_URL:
            return HTMLResponse("URI too long", 414)
        return answer(request, BOOKS[tenant])

    return endpoint


def several(request: Request, books: list[Row]) -> Response:
    asked, found = request.query_params, books
    if "IDs" in asked:
        wanted = asked["IDs"].split(",")
        found = [row for row in found if row["InvoiceID"] in wanted]
    if "where" in asked:
        kind = re.fullmatch(r'Type=="(ACCPAY|ACCREC)"', asked["where"])
        if kind is None:
            return problem(400, "QueryParseException", "No property or field exists")
        found = [row for row in found if row["Type"] == kind[1]]
    if "Statuses" in asked:
        found = [row for row in found if row["Status"] in asked["Statuses"].split(",")]
    first = (int(asked.get("page", "1")) - 1) * PAGE
    return listed(found[first : first + PAGE])


def one(request: Request, books: list[Row]) -> Response:
    for row in books:
        if row["InvoiceID"] == request.path_params["id"]:
            return listed([row])
    return HTMLResponse("The resource you're looking for cannot be found", 404)


def listed(rows: list[Row]) -> Response:
    envelope = {"Id": record(1000), "Status": "OK", "ProviderName": "ERP Link"}
    instant = f"/Date({datetime.now(UTC).timestamp() * 1000:.0f})/"
    remaining = {"X-MinLimit-Remaining": "59", "X-DayLimit-Remaining": "4999"}
    return JSONResponse(envelope | {"DateTimeUTC": instant, "Invoices": rows}, 200, remaining)


APP = Starlette(
    routes=[
        Route(TOKEN_PATH, tokens.endpoint, methods=["POST"]),
        Route(f"{BASE}/Invoices", guarded(several)),
        Route(f"{BASE}/Invoices/{{id}}", guarded(one)),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": f"{url}{BASE}",
        "token_url": f"{url}{TOKEN_PATH}",
        "tenant": OURS,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
        "refresh_token": f"refresh-{OURS}-first",
    }


rows = at("Invoices")


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(InvoiceID=record(4711)),
    "no id": but(InvoiceID=...),
    "an id that is a number": but(InvoiceID=3),
    "no type": but(Type=...),
    "a customer invoice": but(Type="ACCREC"),
    "no status": but(Status=...),
    "a status that nobody knows": but(Status="ARCHIVED"),
    "a status that is null": but(Status=None),
    "no total": but(Total=...),
    "a total that is text": but(Total="1250.00"),
    "a total that is true": but(Total=True),
    "no amount due": but(AmountDue=...),
    "an amount due that is true": but(AmountDue=True),
    "a number that is a number": but(InvoiceNumber=7),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(
        lambda found: [*found, found[0] | {"InvoiceID": record(4711)}]
    ),
    "a row that is null": rows(lambda found: [*found, None]),
    "invoices that are no list": rows(lambda found: found[0]),
    "no invoices": lambda body: {k: body[k] for k in body if k != "Invoices"},
    "an envelope that is not OK": lambda body: body | {"Status": "ERROR"},
    "no envelope": lambda body: body["Invoices"],
}

reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(record(1), RecordState.DRAFT, None),
        KnownBill(record(2), RecordState.DRAFT, "KE-26032"),
        KnownBill(record(3), RecordState.OPEN, "KE-26033"),
        KnownBill(record(4), RecordState.PARTLY_PAID, "KE-26034"),
        KnownBill(record(5), RecordState.PAID, "KE-26035"),
        KnownBill(record(6), RecordState.VOIDED, "KE-26036"),
    ],
    deleted=DELETED,
    deletion_is=RecordState.DELETED,
    never_existed=record(987654),
    of_another_company=record(8),
    canary=PAID,
    http=HttpVendor(
        answer=responding(APP),
        secret="refresh_token",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "an organisation that was not granted": ({"tenant": THEIRS}, Trouble.FORBIDDEN),
        },
        shows_nothing={"tenant": EMPTY, "refresh_token": f"refresh-{EMPTY}-first"},
        unusable=[
            ("url", "api.xero.com"),
            ("url", "http://erp.example.com"),
            ("token_url", "http://erp.example.com/token"),
            ("token_url", "ftp://identity.xero.com"),
            ("tenant", ""),
            ("tenant", "The organisation"),
            ("tenant", OURS + "\r\nX-Injected: 1"),
            ("client_id", ""),
            ("client_secret", "two words"),
            ("refresh_token", ""),
        ],
        not_ours={"a customer invoice": ({}, SALE)},
        impossible=["", "7", f"{OURS},{THEIRS}", OURS.upper(), "../Accounts"],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"tenant": THEIRS, "refresh_token": f"refresh-{THEIRS}-first"},
        revoked={"refresh_token": "refresh-of-an-app-that-was-disconnected"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        many=[record(number) for number in MANY],
        batch=40,
        at_once=5,
        allowance="60 requests a minute, 5000 a day, 5 at once for each organisation"
        " (developer.xero.com/faq/limits)",
    ),
    cannot_be={"reversed": "a credit note is a document of its own; what it settles is paid"},
    sources=[
        "XeroAPI/Xero-OpenAPI xero_accounting.yaml 16.1.0 (MIT)",
        "github.com/XeroAPI/Xero-Java issue 130",
        "github.com/XeroAPI/xero-node issues 21 and 674",
        "developer.xero.com/faq/oauth2 and /faq/limits",
    ],
)
