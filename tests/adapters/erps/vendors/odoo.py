"""Odoo 19 as it publishes itself: account.move searched for by JSON-2, by a user with an API key.

Shapes, each typed anew: the path, the bearer key, the result as the whole body, 404 of an unknown
model and 422 of a bad argument as in odoo/odoo addons/rpc (controllers/json2.py, tests/
test_json2.py); errors by name as in odoo.com/documentation/19.0, external API; false for nothing,
and [id, name], as `read` has them. That companies which are not the user's are an AccessError is
recalled. A superuser (OdooBot) is not bound by any company.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import first_but, responding

OURS, THEIRS, EMPTY = 1, 2, 3
KEY, SUPERUSER, NOBODY = (letter * 40 for letter in "abc")
COMPANIES = {
    KEY: {OURS, EMPTY},
    SUPERUSER: {OURS, THEIRS, EMPTY},
    NOBODY: {OURS},
}
NAMES = {OURS: "Aldgate Builders", THEIRS: "Barbican Builders", EMPTY: "Clerkenwell Builders"}
DATABASE, ANOTHER_DATABASE = "aldgate", "aldgate-before-the-move"
PATH = "/json/2/account.move/search_read"
MANY = range(1000, 1500)

Row = dict[str, Any]


def move(number: int, state: str, payment_state: str = "not_paid", **but: Any) -> Row:
    return {
        "id": number,
        "name": f"BILL/2026/03/{number:04}",
        "ref": f"KE-260{number}",
        "state": state,
        "payment_state": payment_state,
        "move_type": "in_invoice",
        "company_id": [OURS, NAMES[OURS]],
        "partner_id": [31, "Kestrel Electrical Contractors"],
        "amount_total": 1250.0,
        "create_date": f"2026-03-05 14:30:{number % 60:02}",
        "active": True,
    } | but


MOVES = [
    move(11, "draft", name=False),
    move(12, "draft"),
    move(13, "posted"),
    move(14, "posted", "blocked"),
    move(15, "posted", "partial"),
    move(16, "posted", "in_payment"),
    move(17, "posted", "paid"),
    move(18, "cancel"),
    move(19, "posted", "reversed"),
    move(20, "draft", name="/"),
    move(21, "posted", "invoicing_legacy"),
    move(30, "posted", move_type="out_invoice", name="INV/2026/00030"),
    move(31, "posted", company_id=[THEIRS, NAMES[THEIRS]]),
    *(move(number, "posted") for number in MANY),
]
# Ids are of one database: a second has other bills with ours.
MOVES_OF = {
    DATABASE: MOVES,
    ANOTHER_DATABASE: [move(n, "posted", create_date="2021-01-07 08:00:00") for n in (13, 17)],
}
MODELS = {"account.move"}
ARGUMENTS = {"domain", "fields", "offset", "limit", "order", "context"}


def error(status: int, name: str, message: str) -> Response:
    body = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": "…"}
    return JSONResponse(body, status)


async def call(request: Request) -> Response:
    moves = MOVES_OF.get(request.headers.get("X-Odoo-Database", ""))
    if moves is None:
        return HTMLResponse("<h1>Not Found</h1>", 404)  # of several databases none is chosen
    key = request.headers.get("Authorization", "").removeprefix("bearer ")
    if key not in COMPANIES:
        return error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    if request.path_params["model"] not in MODELS:
        return error(404, "werkzeug.exceptions.NotFound", "the model does not exist")
    query = json.loads(await request.body())
    if not query.keys() <= ARGUMENTS:
        return error(422, "werkzeug.exceptions.UnprocessableEntity", "unexpected argument")
    if key == NOBODY:
        return error(403, "odoo.exceptions.AccessError", "You are not allowed to access it")
    allowed = set(query["context"].get("allowed_company_ids", [OURS]))
    if not allowed <= COMPANIES[key]:
        return error(403, "odoo.exceptions.AccessError", "Access to unauthorized companies.")
    return JSONResponse(found(moves, query, COMPANIES[key] if key == SUPERUSER else allowed))


def found(moves: list[Row], query: Mapping[str, Any], companies: set[int]) -> list[Row]:
    moves = [
        each
        for each in moves
        if each["company_id"][0] in companies and all(holds(each, *c) for c in query["domain"])
    ]
    assert query["order"] == "state desc, id asc"
    moves.sort(key=lambda each: ([-ord(letter) for letter in each["state"]], each["id"]))
    wanted = {"id", *query["fields"]}
    return [{name: each[name] for name in each if name in wanted} for each in moves][
        : query["limit"]
    ]


def holds(row: Row, name: str, operator: str, value: Any) -> bool:
    held = row[name][0] if name == "company_id" else row[name]
    return bool(held in value if operator == "in" else held == value)


APP = Starlette(routes=[Route("/json/2/{model}/search_read", call, methods=["POST"])])


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {"url": url, "key": KEY, "company": str(OURS), "database": DATABASE}


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": first_but(id=4711),
    "no id": first_but(id=...),
    "an id that is text": first_but(id="13"),
    "an id that is true": first_but(id=True),
    "no state": first_but(state=...),
    "a state that is false": first_but(state=False),
    "a state that nobody knows": first_but(state="approved"),
    "no payment state": first_but(payment_state=...),
    "a payment state that is false": first_but(payment_state=False),
    "a payment state that nobody knows": first_but(payment_state="waived"),
    "no name": first_but(name=...),
    "a name that is a number": first_but(name=7),
    "a name that is true": first_but(name=True),
    "a name that is null": first_but(name=None),
    "no kind": first_but(move_type=...),
    "a credit note": first_but(move_type="in_refund"),
    "a customer invoice": first_but(move_type="out_invoice"),
    "no company": first_but(company_id=...),
    "a company that is false": first_but(company_id=False),
    "a company that is true": first_but(company_id=[True, "Aldgate Builders"]),
    "a company without its name": first_but(company_id=OURS),
    "another company": first_but(company_id=[THEIRS, NAMES[THEIRS]]),
    "no creation date": first_but(create_date=...),
    "a creation date that is false": first_but(create_date=False),
    "a creation date in month 13": first_but(create_date="2026-13-05 14:30:12"),
    "a creation date without its time": first_but(create_date="2026-03-05"),
    "one bill twice": lambda rows: [*rows, rows[0]],
    "a bill more than asked for": lambda rows: [*rows, rows[0] | {"id": 4711}],
    "a row that is null": lambda rows: [*rows, None],
    "a row that is a list": lambda rows: [rows],
    "rows in an envelope": lambda rows: {"jsonrpc": "2.0", "result": rows},
    "an error in a 200": lambda rows: {"name": "odoo.exceptions.MissingError", "message": "…"},
    "no rows but false": lambda rows: False,
}

VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId("11"), RecordState.DRAFT, None),
        KnownBill(RecordId("12"), RecordState.DRAFT, "BILL/2026/03/0012"),  # was posted before
        KnownBill(RecordId("13"), RecordState.OPEN, "BILL/2026/03/0013"),
        KnownBill(RecordId("14"), RecordState.OPEN, "BILL/2026/03/0014"),
        KnownBill(RecordId("15"), RecordState.PARTLY_PAID, "BILL/2026/03/0015"),
        KnownBill(RecordId("16"), RecordState.PAID, "BILL/2026/03/0016"),
        KnownBill(RecordId("17"), RecordState.PAID, "BILL/2026/03/0017"),
        KnownBill(RecordId("18"), RecordState.VOIDED, "BILL/2026/03/0018"),
        KnownBill(RecordId("19"), RecordState.REVERSED, "BILL/2026/03/0019"),
        KnownBill(RecordId("20"), RecordState.DRAFT, None),
        KnownBill(RecordId("21"), RecordState.OPEN, "BILL/2026/03/0021"),
    ],
    deleted=RecordId("22"),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId("987654"),
    of_another_company=RecordId("31"),
    canary=RecordId("13"),
    http=HttpVendor(
        answer=responding(APP),
        secret="key",
        refusals={
            "a wrong key": ({"key": "f" * 40}, Trouble.UNAUTHORIZED),
            "a user without rights": ({"key": NOBODY}, Trouble.FORBIDDEN),
            "a company that is not the user's": ({"company": str(THEIRS)}, Trouble.FORBIDDEN),
            "a database that is not there": ({"database": "other"}, Trouble.UNEXPECTED_ANSWER),
            "no database": ({"database": ""}, Trouble.UNEXPECTED_ANSWER),
        },
        shows_nothing={"company": str(EMPTY)},
        unusable=[
            ("url", ""),
            ("url", "erp.example.com"),
            ("url", "http://erp.example.com"),
            ("url", "https://erp.example.com/?db=1"),
            ("key", ""),
            ("key", "two words"),
            ("key", "line\r\nX-Injected: 1"),
            ("company", ""),
            ("company", "0"),
            ("company", "٣"),
            ("company", "The company"),
            ("database", "line\r\nX-Injected: 1"),
        ],
        not_ours={
            "a customer invoice": ({}, RecordId("30")),
            "another company's bill": ({"key": SUPERUSER}, RecordId("31")),
        },
        impossible=["", "0", "-3", "03", " 3", "3.0", "٣", "BILL/2026/03/0013", "2147483648"],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"database": ANOTHER_DATABASE},
        revoked={"key": "f" * 40},
        reads=f"POST {PATH}",
        many=[RecordId(str(number)) for number in MANY],
        batch=500,
        at_once=2,
        allowance="none published for own servers; odoo.com answers 429 (recalled)",
    ),
    cannot_be={
        "expired token": "a key that has ended cannot be renewed by us; it is a wrong key",
        "expired token, met by twenty": "a key that has ended is a wrong key",
    },
    sources=[
        "github.com/odoo/odoo addons/rpc (controllers/json2.py, tests/test_json2.py)",
        "odoo.com/documentation/19.0, external API",
    ],
)
