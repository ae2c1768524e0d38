"""Business Central as Microsoft publishes its API: purchase invoices by OData's `$filter`.

Shapes, each typed anew: purchaseInvoice, its statuses and its address as in
MicrosoftDocs/dynamics365smb-devitpro-pb (CC BY 4.0; dev-itpro/api-reference/v2.0/resources/
dynamics_purchaseinvoice.md), the codes of errors as in its webservices/dynamics-error-codes.md
(which statuses they come with is recalled, but for 404 BadRequest_NotFound), the envelope of lists
as in OData JSON Format 4.01; the token endpoint of Entra ID and its AADSTS codes by recollection.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, at, first_but, responding

TENANT, THEIR_TENANT = "0d7c2e41-57a3-4d0e-9c1b-6a2f8f3b7c10", "kestrel-of-old.onmicrosoft.com"
PRODUCTION, SANDBOX = "Production", "Sandbox"
TOKEN_PATH = f"/{TENANT}/oauth2/v2.0/token"
SCOPE = "https://api.businesscentral.dynamics.com/.default"
CLERK = "AB-client-without-rights"
LONGEST_QUERY = 2048
MANY = range(1000, 1500)

Row = dict[str, Any]


def guid(number: int) -> str:
    return f"5d115c9c-44e3-ea11-bb43-{number:012x}"


OURS, THEIRS, EMPTY, NO_COMPANY = guid(1), guid(2), guid(3), guid(4)


def invoice(key: int, status: str, number: str, amount: float = 1250) -> Row:
    return {
        "@odata.etag": f'W/"JzE5OzEyMzQ1Njc4OTAxMjM0NTY3ODk7MDA7{key}"',
        "id": guid(key),
        "number": number,
        "vendorInvoiceNumber": f"KE-{key}",
        "vendorId": guid(900),
        "totalAmountIncludingTax": amount,
        "currencyCode": "USD",
        "status": status,
        "lastModifiedDateTime": "2026-04-02T10:00:00.123Z",
    }


PAID = invoice(65, "Paid", "108205")
COPIED = [invoice(62, "Open", "108202"), PAID]
BOOKS: Mapping[tuple[str, str], list[Row]] = {
    (PRODUCTION, OURS): [
        invoice(60, "Draft", "1060"),
        invoice(61, "In_x0020_Review", "1061"),
        *COPIED,
        invoice(64, "Corrective", "108204"),
        invoice(66, "Canceled", "108206"),
        invoice(69, "Draft", ""),
        *(invoice(number, "Open", f"1{number}") for number in MANY),
    ],
    (PRODUCTION, THEIRS): [invoice(71, "Open", "108301")],
    (PRODUCTION, EMPTY): [],
    # A copy of an environment has the ids of the original, those of its companies too.
    (SANDBOX, OURS): COPIED,
}
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(Tokens(lifetime=3599, granted={}))


def entra(status: int, error: str, code: int, text: str) -> Response:
    told = f"AADSTS{code}: {text} Trace ID: 7c1d Correlation ID: 52a0"
    body = {"error": error, "error_description": told, "error_codes": [code]}
    return JSONResponse(body, status)


async def token(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode()))
    if form.get("grant_type") != "client_credentials" or form.get("scope") != SCOPE:
        return entra(400, "invalid_scope", 1002012, "The provided value for scope is not valid.")
    client = form.get("client_id")
    if client not in (CLIENT[0], CLERK):
        return entra(400, "unauthorized_client", 700016, "The application was not found.")
    if form.get("client_secret") != CLIENT[1]:
        return entra(401, "invalid_client", 7000215, "Invalid client secret provided.")
    tokens.renewals += 1
    access = f"access-{client}-{tokens.renewals}"
    tokens.opened[access] = str(client)
    grant = {"token_type": "Bearer", "expires_in": tokens.lifetime, "ext_expires_in": 3599}
    return JSONResponse(grant | {"access_token": access})


def error(status: int, code: str, message: str) -> Response:
    return JSONResponse(
        {"error": {"code": code, "message": f"{message} CorrelationId: 1."}}, status
    )


def purchase_invoices(request: Request) -> Response:
    environment, company = (
        request.path_params["environment"].title(),
        request.path_params["company"],
    )
    client = tokens.opens(request)
    if client is None or request.path_params["tenant"] != TENANT:
        text = "The server has rejected the client credentials."
        return error(401, "Authentication_InvalidCredentials", text)
    if (environment, company) not in BOOKS:
        return error(404, "Internal_CompanyNotFound", "The company cannot be found.")
    if client == CLERK:
        return error(400, "Authorization_RequestDenied", "The permissions do not suffice.")
    if len(request.url.query) > LONGEST_QUERY or "+" in request.url.query:
        return error(400, "BadRequest_InvalidRequestUrl", "The address cannot be read.")
    found = BOOKS[environment, company]
    match request.query_params.get("$filter"):
        case None:
            pass
        case "status eq 'Paid'":
            found = [row for row in found if row["status"] == "Paid"]
        case str(text) if re.fullmatch(r"id eq [0-9a-f-]{36}( or id eq [0-9a-f-]{36})*", text):
            wanted = set(re.findall(r"[0-9a-f-]{36}", text))
            found = [row for row in found if row["id"] in wanted]
        case _:
            return error(404, "BadRequest_NotFound", "Bad Request - Error in query syntax")
    names = request.query_params["$select"].split(",")
    shown = found[: int(request.query_params.get("$top", "20000"))]
    context = f"{request.url.scheme}://{request.url.netloc}/v2.0/{environment}/api/v2.0/$metadata"
    path = f"companies({company})/purchaseInvoices({','.join(names)})"
    rows = [{name: row[name] for name in ("@odata.etag", *names)} for row in shown]
    return JSONResponse({"@odata.context": f"{context}#{path}", "value": rows})


COMPANIES = "/v2.0/{tenant}/{environment}/api/v2.0/companies({company})"
APP = Starlette(
    routes=[
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route(f"{COMPANIES}/purchaseInvoices", purchase_invoices),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": url,
        "token_url": f"{url}{TOKEN_PATH}",
        "tenant": TENANT,
        "environment": PRODUCTION,
        "company": OURS,
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
    }


rows = at("value")


def but(**values: Any) -> Change:
    return rows(first_but(**values))


def without(name: str) -> Callable[[Any], Any]:
    return lambda body: {key: value for key, value in body.items() if key != name}


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(id=guid(4711)),
    "no id": but(id=...),
    "an id that is a number": but(id=62),
    "an id in capitals": but(id=guid(62).upper()),
    "no number": but(number=...),
    "a number that is a number": but(number=108202),
    "no status": but(status=...),
    "a status that is null": but(status=None),
    "a status that is blank": but(status="_x0020_"),
    "a status that nobody knows": but(status="Archived"),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(lambda found: [*found, found[0] | {"id": guid(4711)}]),
    "more bills than asked for": rows(lambda found: [*found, *found]),
    "a row that is null": rows(lambda found: [None, *found[1:]]),
    "rows that are no list": rows(lambda found: found[0]),
    "no rows": without("value"),
    "no context": without("@odata.context"),
    "the context of another list": lambda body: body | {"@odata.context": "$metadata#vendors"},
    "a page to follow": lambda body: body | {"@odata.nextLink": "https://erp.example.com/next"},
    "an error in a 200": lambda body: body | {"error": {"code": "Internal_RecordNotFound"}},
}

reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId(guid(60)), RecordState.DRAFT, "1060"),
        KnownBill(RecordId(guid(61)), RecordState.DRAFT, "1061"),
        KnownBill(RecordId(guid(69)), RecordState.DRAFT, None),
        KnownBill(RecordId(guid(62)), RecordState.OPEN, "108202"),
        KnownBill(RecordId(guid(64)), RecordState.OPEN, "108204"),
        KnownBill(RecordId(guid(65)), RecordState.PAID, "108205"),
        KnownBill(RecordId(guid(66)), RecordState.VOIDED, "108206"),
    ],
    deleted=RecordId(guid(68)),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId(guid(987654)),
    of_another_company=RecordId(guid(71)),
    canary=RecordId(PAID["id"]),
    http=HttpVendor(
        answer=responding(APP),
        secret="client_secret",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "another tenant": ({"tenant": THEIR_TENANT}, Trouble.UNAUTHORIZED),
            "a company that is not there": ({"company": NO_COMPANY}, Trouble.NOT_VISIBLE),
            "an application without rights": ({"client_id": CLERK}, Trouble.FORBIDDEN),
        },
        shows_nothing={"company": EMPTY},
        unusable=[
            ("url", "api.businesscentral.dynamics.com"),
            ("url", "http://erp.example.com"),
            ("token_url", "http://erp.example.com/token"),
            ("tenant", ""),
            ("tenant", "kestrel/../harrier"),
            ("environment", ""),
            ("environment", "Production/api"),
            ("company", ""),
            ("company", "CRONUS USA, Inc."),
            ("company", f"{OURS})/purchaseInvoices({OURS}"),
            ("client_id", ""),
            ("client_secret", "two words"),
        ],
        not_ours={},
        impossible=[
            "",
            "62",
            "108202",
            guid(62).upper(),
            f"{{{guid(62)}}}",
            f"{guid(62)} or true",
            guid(62)[:-1],
        ],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"environment": SANDBOX},
        revoked={"client_id": "AB-client-that-was-deleted"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        many=[RecordId(guid(number)) for number in MANY],
        batch=30,
        at_once=5,
        allowance="6000 requests in 5 minutes and 5 at once for each application"
        " (learn.microsoft.com, operational limits)",
    ),
    cannot_be={
        "partly paid": "what is left to pay of an invoice is not told; it is open until it is paid",
        "reversed": "what a credit memo takes back is told as canceled, which is a void",
    },
    sources=[
        "github.com/MicrosoftDocs/dynamics365smb-devitpro-pb (CC BY 4.0): purchaseInvoice, error"
        " codes, operational limits",
        "OData JSON Format 4.01",
    ],
)
