"""Tryton: what trytond 8.2.1 on PostgreSQL answered, in tryton.json beside this file.

The rows and refusals are as recorded; which of the rows an answer holds is found as Tryton does.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import first_but

RECORDED = json.loads(Path(__file__).with_suffix(".json").read_text())
OURS, THEIRS = 1, 2
MANY = range(2000, 2500)
KEY, ADMINISTRATOR, STRANGER, NOBODY, BOTH = (letter * 128 for letter in "abcde")
COMPANIES = {
    KEY: {OURS},
    ADMINISTRATOR: {OURS},
    STRANGER: {THEIRS},
    NOBODY: {OURS},
    BOTH: {OURS, THEIRS},
}

Row = dict[str, Any]
Rows = list[Row]


def settings(url: str) -> dict[str, str]:
    return {"url": f"{url}/erp", "key": KEY, "company": str(OURS)}


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return settings(url)


async def answer(request: Request) -> Response:
    key = request.headers.get("Authorization", "").removeprefix("bearer ")
    if key not in COMPANIES:
        return recorded("wrong key")
    match request.method, request.url.path:
        case "GET", "/erp/rest/model/account.invoice" if key == NOBODY:
            return recorded("no rights")
        case "GET", "/erp/rest/model/account.invoice":
            return rows(request, [bill for bill in bills() if bill["company"] in COMPANIES[key]])
        case "GET", "/erp/rest/model/ir.model.log" if key == ADMINISTRATOR:
            domain = {clause[0]: clause[2] for clause in decoded(request, "d")}
            _, record_id = domain["resource"].split(",")
            return JSONResponse(RECORDED["deletions"].get(record_id, []))
        case "GET", "/erp/rest/model/ir.model.log":
            return recorded("no log")
    return recorded("unknown database")


def bills() -> Rows:
    """As recorded, and many more that are like one of them."""
    return [*RECORDED["bills"], *(recorded_bill(3) | {"id": number} for number in MANY)]


def recorded(what: str) -> Response:
    reply = RECORDED[what]
    return Response(reply["body"], reply["status"], {"Content-Type": reply["content_type"]})


def recorded_bill(number: int) -> Row:
    return next(row for row in RECORDED["bills"] if row["id"] == number)


def decoded(request: Request, parameter: str) -> Any:
    return json.loads(urlsafe_b64decode(request.query_params[parameter]))


def rows(request: Request, visible: Rows) -> Response:
    found = [row for row in visible if all(holds(row, *each) for each in decoded(request, "d"))]
    if decoded(request, "o"):
        found.sort(key=lambda row: (row["number"] is None, row["number"], row["id"]))
    wanted = {"id", "__name__", *request.query_params.getlist("f")}
    limit = int(request.query_params["s"])
    return JSONResponse([{k: row[k] for k in row if k in wanted} for row in found[:limit]])


def holds(row: Row, name: str, operator: str, value: Any) -> bool:
    return bool(row[name] in value if operator == "in" else row[name] == value)


def decimal(text: str) -> Row:
    return {"__class__": "Decimal", "decimal": text}


def on(**parts: Any) -> Row:
    return {"__class__": "datetime", "year": 2026, "month": 3, "day": 5, "hour": 9} | parts


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "no state": first_but(state=...),
    "a state that is null": first_but(state=None),
    "a state that nobody knows": first_but(state="approved"),
    "a total that may not be read": first_but(total_amount=...),
    "a total that is a float": first_but(total_amount=1250.0),
    "a total that is null": first_but(total_amount=None),
    "a total that is no number": first_but(total_amount=decimal("NaN")),
    "a total that is endless": first_but(total_amount=decimal("Infinity")),
    "a total that is a word": first_but(total_amount=decimal("much")),
    "a total that is a list": first_but(total_amount=["1250.00"]),
    "no amount to pay": first_but(amount_to_pay=...),
    "an amount to pay that is a float": first_but(amount_to_pay=0.0),
    "no creation date": first_but(create_date=...),
    "a creation date that is null": first_but(create_date=None),
    "a creation date that is text": first_but(create_date="2026-03-05 14:30:12"),
    "a creation date in month 13": first_but(create_date=on(month=13)),
    "a creation date with a word in it": first_but(create_date=on(minute="ten")),
    "a creation date with a part too many": first_but(create_date=on(fold=0, tzinfo="UTC")),
    "a creation date without a year": first_but(create_date={"__class__": "datetime", "month": 3}),
    "a number that is a number": first_but(number=2),
    "no number field": first_but(number=...),
    "no id": first_but(id=...),
    "an id that is text": first_but(id="3"),
    "an id that is true": first_but(id=True),
    "the id of another bill": first_but(id=4711),
    "no company": first_but(company=...),
    "a company that is null": first_but(company=None),
    "a company that is true": first_but(company=True),
    "another company": first_but(company=THEIRS),
    "no type": first_but(type=...),
    "a customer invoice": first_but(type="out"),
    "a record of another model": first_but(__name__="account.move"),
    "one bill twice": lambda rows: [*rows, rows[0]],
    "a bill more than asked for": lambda rows: [*rows, rows[0] | {"id": 4711}],
    "a row that is null": lambda rows: [*rows, None],
    "a row that is a list": lambda rows: [rows],
    "rows in an envelope": lambda rows: {"result": rows},
    "an error in a 200": lambda rows: {"error": ["UserError", ["...", "", None]]},
}

VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId("10"), RecordState.DRAFT, None),
        KnownBill(RecordId("9"), RecordState.DRAFT, "6"),  # was validated, and is a draft again
        KnownBill(RecordId("2"), RecordState.OPEN, "1"),  # validated
        KnownBill(RecordId("3"), RecordState.OPEN, "2"),
        KnownBill(RecordId("4"), RecordState.PARTLY_PAID, "3"),
        KnownBill(RecordId("5"), RecordState.PAID, "4"),
        KnownBill(RecordId("6"), RecordState.VOIDED, "5"),
    ],
    deleted=RecordId("11"),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId("987654"),
    of_another_company=RecordId("12"),
    canary=RecordId("2"),
    http=HttpVendor(
        answer=answer,
        secret="key",
        refusals={
            "a wrong key": ({"key": "f" * 128}, Trouble.UNAUTHORIZED),
            "a user without rights": ({"key": NOBODY}, Trouble.FORBIDDEN),
        },
        shows_nothing={"key": STRANGER},
        unusable=[
            ("url", ""),
            ("url", "erp.example.com/erp"),
            ("url", "ftp://erp.example.com/erp"),
            ("url", "https:///erp"),
            ("url", "https://erp.example.com"),
            ("url", "https://user:password@erp.example.com/erp"),
            ("url", "https://erp.example.com:99999/erp"),
            ("url", "https://erp.example.com/erp?company=1"),
            ("url", "https://erp.example.com/erp#1"),
            ("url", "https://[::1/erp"),
            ("key", ""),
            ("key", "two words"),
            ("key", "line\r\nX-Injected: 1"),
            ("key", "schlüssel"),
            ("company", ""),
            ("company", "0"),
            ("company", "-1"),
            ("company", "1.0"),
            ("company", "٣"),  # a digit, yet not one of Tryton's
            ("company", "The company"),
        ],
        not_ours={
            "a customer invoice": ({}, RecordId("13")),
            "another company's bill": ({"key": BOTH}, RecordId("12")),
        },
        impossible=[
            "",
            "0",
            "-3",
            "+3",
            "03",
            " 3",
            "3 ",
            "3.0",
            "1e3",
            "٣",
            "BILL-1042",
            "3,4",
            "9" * 19,
        ],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"key": STRANGER},
        revoked={"key": "f" * 128},
        many=[RecordId(str(number)) for number in MANY],
        allowance="none published; one search takes some 10 ms",
    ),
    cannot_be={
        "reversed": "a credit note is a bill of its own, and what it settles is paid",
        "expired token": "a key has no end; one that was withdrawn is a wrong key",
        "expired token, met by twenty": "a key has no end",
    },
    sources=["recorded from trytond 8.2.1, and asked again by test_real_tryton.py"],
)
