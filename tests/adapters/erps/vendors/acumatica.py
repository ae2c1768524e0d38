"""Acumatica as it publishes its contract-based REST API: a tenant's bills, as one user sees them.

Shapes, each typed anew: paths, `$filter`, `$select`, `$expand`, values in objects and empty ones
without, as in the Integration Development Guide (help.myob.com.au/advanced), which is Acumatica's
own; fields as in github.com/Acumatica/AcumaticaRESTAPIClientForCSharp (Bill,
BillApplicationDetail); the exception of a record that there is not, and the one of details that
no list can have, as fixtures of several public clients have them; the token endpoint as in the
Guide, its errors as those of IdentityServer, by recollection; and the exception of missing rights
likewise.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, first_but, responding

SITE, VERSION = "/Kestrel", "24.200.001"
TOKEN_PATH = f"{SITE}/identity/connect/token"
BILLS_PATH = f"{SITE}/entity/Default/{VERSION}/Bill"
GUID = "88358B02-A48D-A50E-F710-39C1636C30F6"
OURS, THEIRS, EMPTY = f"{GUID}@Kestrel", f"{GUID}@Harrier", f"{GUID}@Merlin"
CLERK = f"{OURS}-without-rights"
PASSWORD = "the-users-password-9c2e"
LONGEST_QUERY = 2048
MANY = range(10000, 10500)

Row = dict[str, Any]


def value(of: object) -> Mapping[str, object]:
    """A field; an empty one has no value."""
    return {} if of is None else {"value": of}


def applied(kind: str, amount: float, number: str = "000901") -> Row:
    told = {"AmountPaid": amount, "Balance": 0.0, "DocType": kind, "ReferenceNbr": number}
    row = {name: value(each) for name, each in told.items()}
    return {"id": str(UUID(int=901)), "rowNumber": 1, "note": None} | row | {"custom": {}}


def bill(number: int, status: str, balance: float = 1250, *applications: Row, **but: Any) -> Row:
    told = {
        "Type": "Bill",
        "ReferenceNbr": f"{number:06}",
        "Status": status,
        "Amount": 1250,
        "Balance": balance,
        "Vendor": "KESTREL",
        "VendorRef": f"KE-{number}",
        "Description": None,
    } | but
    row = {name: value(each) for name, each in told.items()}
    identity = {"id": str(UUID(int=number)), "rowNumber": 1, "note": {"value": ""}}
    return identity | row | {"Applications": [*applications], "custom": {}, "_links": {}}


CLOSED = bill(65, "Closed", 0, applied("Payment", 1250))
HIDDEN = bill(71, "Open")
"""Of a branch that our user may not see."""
BOOKS: Mapping[str, list[Row]] = {
    OURS: [
        bill(60, "On Hold"),
        bill(61, "Balanced"),
        bill(59, "Pending Approval"),
        bill(69, "Pre-Released"),
        bill(62, "Open"),
        bill(63, "Open", 500.25, applied("Payment", 749.75)),
        bill(64, "Closed", 0, applied("Payment", 250.5), applied("Debit Adj.", 999.5)),
        CLOSED,
        bill(66, "Voided", 0),
        bill(67, "Closed", 0, applied("Debit Adj.", 1250)),
        bill(68, "Closed", 0, applied("Debit Adj.", 250), applied("Debit Adj.", 1000, "000902")),
        bill(70, "Closed", 0, Amount=0),
        bill(62, "Open", Type="Debit Adj.") | {"id": str(UUID(int=162))},
        bill(72, "Open", Type="Prepayment"),
        *(bill(number, "Open") for number in MANY),
    ],
    # Numbers are of one tenant: the second has other bills with ours.
    THEIRS: [
        bill(62, "Open") | {"id": str(UUID(int=262))},
        bill(69, "Open") | {"id": str(UUID(int=269))},
        bill(90, "Open"),
    ],
    EMPTY: [],
}
USERS = {"erp-link": OURS, "their-erp-link": THEIRS, "blind": EMPTY, "clerk": CLERK}
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(
        Tokens(
            lifetime=3600,
            granted={"refresh-of-a-login": OURS},
            users=USERS,
            password=PASSWORD,
            clients=(OURS, THEIRS, EMPTY),
            basic=False,
        )
    )


async def token(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode()))
    if form.get("grant_type") == "password" and form.get("scope") != "api":
        return JSONResponse({"error": "invalid_scope"}, 400)
    said = await tokens.endpoint(request)
    opens = list(tokens.opened.values())[-1:]
    if said.status_code == 200 and not opens[0].startswith(form["client_id"]):
        tokens.opened.popitem()
        return JSONResponse({"error": "invalid_grant"}, 400)  # a user of another tenant
    # IdentityServer says 400 of a client that it does not know.
    return JSONResponse({"error": "invalid_client"}, 400) if said.status_code == 401 else said


def exception(name: str, message: str) -> Response:
    told = {"exceptionMessage": message, "exceptionType": name, "stackTrace": "   at PX.Api…"}
    return JSONResponse({"message": "An error has occurred."} | told, 500)


NONE = ("PX.Api.ContractBased.NoEntitySatisfiesTheConditionException",)


def none() -> Response:
    return exception(*NONE, "No entity satisfies the condition.")


def guarded(answer: Callable[[Request, list[Row]], Response]) -> Callable[[Request], Response]:
    """Only whose token opens a tenant is answered, and only of the bills that it has."""

    def endpoint(request: Request) -> Response:
        opens = tokens.opens(request)
        if opens is None:
            return JSONResponse({"message": "You are not logged in."}, 401)
        if opens == CLERK:
            message = "You have insufficient rights to access the object (Bills and Adjustments)."
            return exception("PX.Data.PXNotEnoughRightsException", message)
        if len(request.url.query) > LONGEST_QUERY or "+" in request.url.query:
            return Response("Bad Request", 404, media_type="text/html")
        return answer(request, BOOKS[opens])

    return endpoint


CONDITION = re.compile(
    r"Type eq 'Bill'"
    r"( and Status eq 'Open'| and \((ReferenceNbr eq '[^']+'( or ReferenceNbr eq '[^']+')*)\))?"
)


def list_of_bills(request: Request, bills: list[Row]) -> Response:
    asked = CONDITION.fullmatch(request.query_params.get("$filter", ""))
    if asked is None:
        return exception("System.ArgumentException", "The filter cannot be parsed.")
    if "$expand" in request.query_params:
        message = (
            "Optimization cannot be performed. Applications: View Adjustments has BQL delegate"
        )
        return exception("PX.Api.ContractBased.OptimizationException", message)
    found = [row for row in bills if row["Type"]["value"] == "Bill"]
    if asked[2]:
        numbers = re.findall(r"'([^']+)'", asked[2])
        found = [row for row in found if row["ReferenceNbr"]["value"] in numbers]
    elif asked[1]:
        found = [row for row in found if row["Status"]["value"] == "Open"]
    return JSONResponse([shown(row, request) for row in found[: int(request.query_params["$top"])]])


def bill_by_key(request: Request, bills: list[Row]) -> Response:
    kind, number = request.path_params["kind"], request.path_params["number"]
    keys = (kind, number)
    return one(
        request, [r for r in bills if keys == (r["Type"]["value"], r["ReferenceNbr"]["value"])]
    )


def bill_by_id(request: Request, bills: list[Row]) -> Response:
    return one(request, [row for row in bills if row["id"] == request.path_params["id"]])


def one(request: Request, found: list[Row]) -> Response:
    return JSONResponse(shown(found[0], request)) if found else none()


def shown(row: Row, request: Request) -> Row:
    """What `$select` and `$expand` ask for, and what is always there."""
    wanted = {"id", "rowNumber", "note", "custom", "_links"}
    asked = request.query_params.get("$select")
    wanted |= set(asked.split(",")) if asked else {*row} - {"Applications"}
    wanted.add(request.query_params.get("$expand", ""))
    return {name: row[name] for name in row if name in wanted}


APP = Starlette(
    routes=[
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route(BILLS_PATH, guarded(list_of_bills)),
        Route(f"{BILLS_PATH}/{{id}}", guarded(bill_by_id)),
        Route(f"{BILLS_PATH}/{{kind}}/{{number}}", guarded(bill_by_key)),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": f"{url}{SITE}",
        "client_id": OURS,
        "client_secret": CLIENT[1],
        "username": "erp-link",
        "password": PASSWORD,
    }


def rows(change: Callable[[list[Row]], Any]) -> Callable[[Any], Any]:
    """Of a list; an answer about one bill stays as it is."""
    return lambda body: change(body) if isinstance(body, list) else body


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(ReferenceNbr=value("004711")),
    "no number": but(ReferenceNbr=value(None)),
    "a number that is a number": but(ReferenceNbr=value(62)),
    "a number without its object": but(ReferenceNbr="000062"),
    "no entity": but(id=...),
    "an entity that is a path": but(id="../../../auth/logout"),
    "no status": but(Status=value(None)),
    "a status that nobody knows": but(Status=value("Archived")),
    "a status of prepayments": but(Status=value("Unapplied")),
    "a status in another language": but(Status=value("Offen")),
    "no type": but(Type=...),
    "a debit adjustment": but(Type=value("Debit Adj.")),
    "no amount": but(Amount=...),
    "an amount that is text": but(Amount=value("1250.00")),
    "an amount that is true": but(Amount=value(True)),
    "no balance": but(Balance=value(None)),
    "a balance beyond the amount": but(Balance=value(1250.01)),
    "a balance below nothing": but(Balance=value(-1)),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(
        lambda found: [*found, found[0] | {"ReferenceNbr": value("004711")}]
    ),
    "a row that is null": rows(lambda found: [None, *found[1:]]),
    "rows in an envelope": rows(lambda found: {"value": found}),
    "an exception in a 200": rows(lambda found: {"exceptionType": NONE[0], "message": "…"}),
}


def known(number: int, state: RecordState) -> KnownBill:
    return KnownBill(RecordId(f"{number:06}"), state, f"{number:06}")


reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        known(60, RecordState.DRAFT),
        known(61, RecordState.DRAFT),
        known(59, RecordState.DRAFT),
        known(69, RecordState.OPEN),
        known(62, RecordState.OPEN),
        known(63, RecordState.PARTLY_PAID),
        known(65, RecordState.PAID),
        known(64, RecordState.PAID),  # the last of it was debited, and not all
        known(70, RecordState.PAID),
        known(66, RecordState.VOIDED),
        known(67, RecordState.REVERSED),
        known(68, RecordState.REVERSED),
    ],
    deleted=RecordId("000058"),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId("987654"),
    of_another_company=RecordId("000090"),
    canary=RecordId("000062"),
    http=HttpVendor(
        answer=responding(APP),
        secret="password",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "a user of another tenant": ({"username": "their-erp-link"}, Trouble.UNAUTHORIZED),
            "a user without rights": ({"username": "clerk"}, Trouble.FORBIDDEN),
            "an endpoint that is not there": ({"version": "99.200.001"}, Trouble.UNEXPECTED_ANSWER),
        },
        shows_nothing={"client_id": EMPTY, "username": "blind"},
        unusable=[
            ("url", "kestrel.acumatica.com"),
            ("url", "http://erp.example.com"),
            ("url", "https://erp.example.com/?company=1"),
            ("client_id", ""),
            ("client_id", GUID),
            ("client_id", "Kestrel"),
            ("client_secret", "two words"),
            ("password", ""),
            ("version", "24.200.001/Bill"),
        ],
        not_ours={},
        impossible=["", "..", "a/b", "A'B", "0" * 16, "Bill 7"],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"client_id": THEIRS, "username": "their-erp-link"},
        revoked={"password": "that-was-changed"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        patience=60,
        many=[RecordId(f"{number:06}") for number in MANY],
        batch=40,
        at_once=2,
        allowance="by licence; the standard is some 100 requests a minute and 3 at once, of all"
        " integrations together (support.cleo.com)",
    ),
    sources=[
        "help.myob.com.au/advanced, Integration Development Guide: OAuth 2.0, retrieval of records,"
        " licence restrictions",
        "github.com/Acumatica/AcumaticaRESTAPIClientForCSharp: Bill, BillApplicationDetail",
        "realisable.co.uk: the BQL delegate error",
    ],
)
