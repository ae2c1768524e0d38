"""Sage Intacct as Sage publishes its REST API: a company's bills through the query service.

Shapes, each typed anew: the query, its rows with dotted names and its `ia::meta`, and amounts as
text, as in github.com/lorenz-bus-service/node-intacct-rest-api (MIT; spec/accounts-payable.json,
test/query.test.ts), which keeps Sage's OpenAPI; the three envelopes of errors of its
src/core/errors.ts; the token that is not valid, REST-2102, as nango.dev/blog quotes it; the
headers of developer.sage.com/intacct.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps._sage_intacct_bill import FIELDS
from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, at, first_but, responding

BASE = "/ia/api/v1"
TOKEN_PATH = f"{BASE}/oauth2/token"
QUERY_PATH = f"{BASE}/services/core/query"
MOST_ROWS = 4000
MANY = range(1000, 1500)
USER, THEIR_USER, BLIND_USER, CLERK = (
    "api-user@kestrel",
    "api-user@harrier",
    "blind@kestrel",
    "clerk@kestrel",
)

Row = dict[str, Any]


def bill(key: int, state: str, due: str = "1250.00", number: str | None = None) -> Row:
    return {
        "key": str(key),
        "billNumber": number,
        "state": state,
        "totalTxnAmount": "1250.00",
        "totalTxnAmountDue": due,
        "audit.createdDateTime": f"2026-03-05T14:{key % 60:02}:12Z",
    }


HIDDEN = bill(71, "posted", number="KE-26071")
"""Of an entity that our user may not see."""
BOOKS: Mapping[str, list[Row]] = {
    USER: [
        bill(60, "draft"),
        bill(61, "submitted", number="KE-26061"),
        bill(62, "posted", number="KE-26062"),
        bill(63, "partiallyPaid", "500.25", "KE-26063"),
        bill(64, "posted", "500.25", "KE-26064"),
        bill(65, "paid", "0", "KE-26065"),
        bill(66, "voided", "0", "KE-26066"),
        bill(67, "reversed", "0", "KE-26067"),
        *(bill(number, "posted") for number in MANY),
    ],
    # Keys are of one company: the second has other bills with ours.
    THEIR_USER: [
        bill(90, "posted", number="HA-26090"),
        bill(65, "paid", "0", "HA-11") | {"audit.createdDateTime": "2025-01-02T03:04:05Z"},
    ],
    BLIND_USER: [],
}
TOKEN_INVALID = {
    "error": {
        "code": "tokenInvalid",
        "message": "Token is not valid",
        "errorId": "REST-2102",
        "additionalInfo": {"messageId": "IA.TOKEN_IS_INVALID", "placeholders": {}},
        "supportId": "Kxi78",
    }
}
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(
        Tokens(
            lifetime=43200,
            granted={"refresh-of-a-login": USER},
            users={user: user for user in (USER, THEIR_USER, BLIND_USER, CLERK)},
            basic=False,
            revoked=(401, TOKEN_INVALID),
        )
    )


def error(status: int, code: str, message: str) -> Response:
    """In the envelope of services."""
    told = {"code": code, "message": message, "supportId": "Kxi78", "details": []}
    meta = {"totalCount": 1, "totalSuccess": 0, "totalError": 1}
    return JSONResponse({"ia::result": {"ia::error": told}, "ia::meta": meta}, status)


async def query(request: Request) -> Response:
    user = tokens.opens(request)
    if user is None:
        return JSONResponse(TOKEN_INVALID, 401)
    if user == CLERK:
        return error(403, "unauthorized", "You do not have permission to list bills")
    asked = await request.json()
    if asked["object"] != "accounts-payable/bill" or not set(asked["fields"]) <= {*FIELDS}:
        return error(400, "invalidRequest", "Payload contains errors")
    found = BOOKS[user] if "X-IA-API-Param-Entity" not in request.headers else []
    for each in asked.get("filters", []):
        match each:
            case {"$in": {"key": list(keys)}}:
                found = [row for row in found if row["key"] in keys]
            case {"$eq": {"state": str(state)}}:
                found = [row for row in found if row["state"] == state]
            case _:
                return error(400, "invalidRequest", "Invalid filter")
    size = asked["size"]
    if not 1 <= size <= MOST_ROWS:
        return error(400, "invalidRequest", "Invalid size")
    shown = [{name: row[name] for name in asked["fields"]} for row in found[:size]]
    following = size + 1 if len(found) > size else None
    meta = {"totalCount": len(found), "start": 1, "pageSize": size, "next": following}
    return JSONResponse({"ia::result": shown, "ia::meta": meta | {"previous": None}})


APP = Starlette(
    routes=[
        Route(TOKEN_PATH, tokens.endpoint, methods=["POST"]),
        Route(QUERY_PATH, query, methods=["POST"]),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": f"{url}{BASE}",
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
        "username": USER,
    }


rows = at("ia::result")


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(key="4711"),
    "no key": but(key=...),
    "a key that is a number": but(key=62),
    "no state": but(state=...),
    "a state that is null": but(state=None),
    "a state that nobody knows": but(state="archived"),
    "no total": but(totalTxnAmount=...),
    "a total that is a number": but(totalTxnAmount=1250.0),
    "a total that is no number": but(totalTxnAmount="NaN"),
    "a total that is a word": but(totalTxnAmount="much"),
    "no amount due": but(totalTxnAmountDue=...),
    "an amount due that is endless": but(totalTxnAmountDue="Infinity"),
    "no number field": but(billNumber=...),
    "a number that is a number": but(billNumber=7),
    "no creation time": but(**{"audit.createdDateTime": ...}),
    "a creation time that is none": but(**{"audit.createdDateTime": "yesterday"}),
    "a creation time without a zone": but(**{"audit.createdDateTime": "2026-03-05T14:30:12"}),
    "one bill twice": rows(lambda found: [*found[:-1], found[0]]),
    "a bill more than counted": rows(lambda found: [*found, found[0] | {"key": "4711"}]),
    "a bill less than counted": rows(lambda found: found[:-1]),
    "a row that is null": rows(lambda found: [None, *found[1:]]),
    "rows that are no list": rows(lambda found: found[0]),
    "an error in a 200": rows(lambda found: {"ia::error": {"code": "unauthorized"}}),
    "no meta": lambda body: {"ia::result": body["ia::result"]},
    "a count that is true": lambda body: body | {"ia::meta": {"totalCount": True}},
}

reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId("60"), RecordState.DRAFT, None),
        KnownBill(RecordId("61"), RecordState.DRAFT, "KE-26061"),
        KnownBill(RecordId("62"), RecordState.OPEN, "KE-26062"),
        KnownBill(RecordId("63"), RecordState.PARTLY_PAID, "KE-26063"),
        KnownBill(RecordId("64"), RecordState.PARTLY_PAID, "KE-26064"),
        KnownBill(RecordId("65"), RecordState.PAID, "KE-26065"),
        KnownBill(RecordId("66"), RecordState.VOIDED, "KE-26066"),
        KnownBill(RecordId("67"), RecordState.REVERSED, "KE-26067"),
    ],
    deleted=RecordId("68"),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId("987654"),
    of_another_company=RecordId(HIDDEN["key"]),
    canary=RecordId("65"),
    http=HttpVendor(
        answer=responding(APP),
        secret="client_secret",
        refusals={
            "a wrong secret": ({"client_secret": "guessed"}, Trouble.UNAUTHORIZED),
            "a user without rights": ({"username": CLERK}, Trouble.FORBIDDEN),
        },
        shows_nothing={"username": BLIND_USER},
        unusable=[
            ("url", ""),
            ("url", "api.intacct.com"),
            ("url", "http://erp.example.com/ia/api/v1"),
            ("client_id", ""),
            ("client_secret", "two words"),
            ("username", "api-user"),
            ("username", "api-user@kestrel\r\nX-Injected: 1"),
            ("entity", "West 12\r\nX-Injected: 1"),
        ],
        not_ours={},
        impossible=["", "0", "-3", "03", " 3", "3.0", "٣", "BILL-1042", "3,4", "9" * 19],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"username": THEIR_USER},
        revoked={"username": "dismissed@kestrel"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        reads=f"POST {QUERY_PATH}",
        many=[RecordId(str(number)) for number in MANY],
        batch=500,
        at_once=2,
        allowance="2 requests at once on the older plans (domo.com); the transactions are billed"
        " by the month",
    ),
    sources=[
        "github.com/lorenz-bus-service/node-intacct-rest-api (MIT): Sage's OpenAPI, errors, query",
        "developer.sage.com/intacct: OAuth 2.0, headers, error handling",
        "nango.dev/blog/fix-sage-intacct-oauth-token-invalid-refresh-failures",
    ],
)
