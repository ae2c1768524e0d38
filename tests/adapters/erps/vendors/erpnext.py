"""ERPNext as Frappe publishes it: documents listed by filters and read by name, by token.

Shapes, each typed anew: paths, `filters`, `fields`, `limit_page_length` and `data` as on
docs.frappe.io, REST API; statuses and `exc_type` of errors as in github.com/frappe/frappe
frappe/exceptions.py and in public clients; Deleted Document as in core/doctype/deleted_document.
One host plays two sites here, which the token chooses: a real site is chosen by its host's name.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import Change, first_but, responding

OURS, THEIRS = "Aldgate Builders", "Barbican & Sons"
SECRET = "5ecret0fthekey1"
KEY, BOTH, STRANGER, NOBODY, PLAIN, OTHER_SITE = (
    "key-ours",
    "key-both",
    "key-theirs",
    "key-nobody",
    "key-plain",
    "key-other",
)
COMPANIES: Mapping[str, set[str]] = {
    KEY: {OURS},
    PLAIN: {OURS},  # who may not read Deleted Document
    BOTH: {OURS, THEIRS},
    STRANGER: {THEIRS},
    NOBODY: set(),
    OTHER_SITE: {OURS},
}
BASE = "/api/resource"
BILLS, DELETIONS = "Purchase Invoice", "Deleted Document"
LONGEST_LINE = 4094
MANY = [f"ACC-PINV-2026-{number:05}" for number in range(1000, 1500)]

Row = dict[str, Any]


def name(number: int, amendment: int = 0) -> RecordId:
    return RecordId(f"ACC-PINV-2026-{number:05}" + (f"-{amendment}" if amendment else ""))


def bill(called: str, docstatus: int, status: str, second: int = 0, **but: Any) -> Row:
    return {
        "name": called,
        "docstatus": docstatus,
        "status": status,
        "company": OURS,
        "is_return": 0,
        "creation": f"2026-03-05 14:30:{second:02}.123456",
        "modified": "2026-04-02 10:00:00.000001",
        "amended_from": None,
        "supplier": "Kestrel Electrical Contractors",
        "bill_no": "KE-26031",
        "grand_total": 1250.0,
        "outstanding_amount": 1250.0,
        "currency": "USD",
    } | but


BILLS_OF: Mapping[str, list[Row]] = {
    "the site": [
        bill(name(1), 0, "Draft", 1),
        bill(name(2), 1, "Unpaid", 2),
        bill(name(3), 1, "Overdue", 3),
        bill(name(4), 1, "Partly Paid", 4),
        bill(name(5), 1, "Paid", 5),
        bill(name(6), 2, "Cancelled", 6),
        bill(name(7), 1, "Debit Note Issued", 7),
        bill(name(8), 2, "Cancelled", 8),
        bill(name(8, 1), 2, "Cancelled", 9, amended_from=name(8)),
        bill(name(8, 2), 1, "Unpaid", 10, amended_from=name(8, 1)),
        bill(name(9), 2, "Cancelled", 11),
        bill(name(9, 1), 2, "Cancelled", 12, amended_from=name(9)),
        bill("PI/26 Süd #1?", 1, "Submitted", 13),
        bill(name(20), 1, "Return", 14, is_return=1),
        bill(name(21), 1, "Unpaid", 15, company=THEIRS),
        *(bill(called, 1, "Unpaid", 20) for called in MANY),
    ],
    # Another site names its documents by the same series.
    "another site": [bill(name(2), 1, "Unpaid", 40), bill(name(5), 1, "Paid", 41)],
}
DELETED, LONG_GONE, RESTORED, NEVER = name(30), name(31), name(32), name(98765)
DELETED_DOCUMENTS = [
    {
        "name": "a1b2c3d4e5",
        "deleted_doctype": doctype,
        "deleted_name": called,
        "restored": restored,
        "creation": "2026-04-01 08:00:00.000001",
        "owner": "accounts@aldgate.example",
    }
    for doctype, called, restored in (
        (BILLS, DELETED, 0),
        (BILLS, RESTORED, 1),
        ("Purchase Order", NEVER, 0),
    )
]


def error(status: int, kind: str, message: str) -> Response:
    said = json.dumps([json.dumps({"message": message, "title": "Message"})])
    body = {"exc_type": kind, "exception": f"frappe.exceptions.{kind}: {message}"}
    return JSONResponse(body | {"_server_messages": said}, status)


def guarded(answer: Callable[[Request, str], Response]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        key, _, secret = (
            request.headers.get("Authorization", "").removeprefix("token ").partition(":")
        )
        if key not in COMPANIES or secret != SECRET:
            return error(401, "AuthenticationError", "")
        if len(f"GET {request.url.path}?{request.url.query} HTTP/1.1") > LONGEST_LINE:
            return Response("Request Line is too large", 400, media_type="text/html")
        doctype = request.path_params["doctype"]
        if doctype not in (BILLS, DELETIONS):
            return error(404, "DoesNotExistError", f"DocType {doctype} not found")
        if key == NOBODY or (doctype == DELETIONS and key != KEY):
            return error(403, "PermissionError", f"No permission for {doctype}")
        return answer(request, key)

    return endpoint


def documents(doctype: str, key: str) -> list[Row]:
    if doctype == DELETIONS:
        return DELETED_DOCUMENTS
    return BILLS_OF["another site" if key == OTHER_SITE else "the site"]


def may_see(key: str, row: Row) -> bool:
    return "company" not in row or row["company"] in COMPANIES[key]


def several(request: Request, key: str) -> Response:
    asked = request.query_params
    rows = [row for row in documents(request.path_params["doctype"], key) if may_see(key, row)]
    for field, operator, value in json.loads(asked["filters"]):
        rows = [r for r in rows if (r[field] in value if operator == "in" else r[field] == value)]
    by, _, direction = asked["order_by"].partition(" ")
    rows = sorted(rows, key=lambda row: str(row[by]), reverse=direction == "desc")
    if limit := int(asked.get("limit_page_length", "20")):
        rows = rows[:limit]
    wanted = json.loads(asked["fields"])
    return JSONResponse({"data": [{field: row[field] for field in wanted} for row in rows]})


def one(request: Request, key: str) -> Response:
    called = request.path_params["name"]
    for row in documents(request.path_params["doctype"], key):
        if row["name"] == called and may_see(key, row):
            return JSONResponse({"data": row | {"doctype": BILLS, "items": []}})
        if row["name"] == called:
            return error(403, "PermissionError", f"No permission for {called}")
    return error(404, "DoesNotExistError", f"{BILLS} {called} not found")


APP = Starlette(
    routes=[
        Route(f"{BASE}/{{doctype}}", guarded(several)),
        Route(f"{BASE}/{{doctype}}/{{name:path}}", guarded(one)),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {"url": url, "key": KEY, "secret": SECRET, "company": OURS}


def rows(change: Callable[[list[Any]], Any]) -> Callable[[Any], Any]:
    return lambda body: {"data": change(body["data"])} if body.get("data") else body


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(name="ACC-PINV-2026-04711"),
    "no name": but(name=...),
    "an empty name": but(name=""),
    "a name in other letters": but(name=name(2).lower()),
    "no docstatus": but(docstatus=...),
    "a docstatus that is text": but(docstatus="1"),
    "a docstatus that is true": but(docstatus=True),
    "a docstatus that nobody knows": but(docstatus=3),
    "no status": but(status=...),
    "a status that is null": but(status=None),
    "a status that nobody knows": but(status="Archived"),
    "the status of a return": but(status="Return"),
    "no company": but(company=...),
    "another company": but(company=THEIRS),
    "no word on returns": but(is_return=...),
    "a return": but(is_return=1),
    "a return that is true": but(is_return=True),
    "no creation time": but(creation=...),
    "a creation time that is null": but(creation=None),
    "a creation time that is none": but(creation="yesterday"),
    "a creation time with a zone": but(creation="2026-03-05T14:30:12+01:00"),
    "a creation time without its time": but(creation="2026-03-05"),
    "no word on amendments": but(amended_from=...),
    "an amendment of a number": but(amended_from=7),
    "one bill twice": rows(lambda found: [*found, found[0]]),
    "a bill more than asked for": rows(lambda found: [*found, found[0] | {"name": name(4711)}]),
    "a row that is null": rows(lambda found: [*found, None]),
    "rows that are no list": lambda body: {"data": {}},
    "rows as a message": lambda body: {"message": body.get("data", [])},
    "an error in a 200": lambda body: body | {"exc_type": "DoesNotExistError"},
}

VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(name(1), RecordState.DRAFT, name(1)),
        KnownBill(name(2), RecordState.OPEN, name(2)),
        KnownBill(name(3), RecordState.OPEN, name(3)),
        KnownBill(name(4), RecordState.PARTLY_PAID, name(4)),
        KnownBill(name(5), RecordState.PAID, name(5)),
        KnownBill(name(6), RecordState.VOIDED, name(6)),
        KnownBill(name(7), RecordState.PAID, name(7)),
        KnownBill(name(8), RecordState.OPEN, name(8)),  # amended twice, and lives on
        KnownBill(name(9), RecordState.VOIDED, name(9)),  # amended, and cancelled again
        KnownBill(RecordId("PI/26 Süd #1?"), RecordState.OPEN, "PI/26 Süd #1?"),
    ],
    deleted=DELETED,
    deletion_is=RecordState.DELETED,
    never_existed=NEVER,
    of_another_company=name(21),
    canary=name(2),
    http=HttpVendor(
        answer=responding(APP),
        secret="secret",
        refusals={
            "a wrong secret": ({"secret": "guessed"}, Trouble.UNAUTHORIZED),
            "a wrong key": ({"key": "guessed"}, Trouble.UNAUTHORIZED),
            "a user without rights": ({"key": NOBODY}, Trouble.FORBIDDEN),
        },
        shows_nothing={"key": STRANGER},
        unusable=[
            ("url", ""),
            ("url", "erp.example.com"),
            ("url", "http://erp.example.com"),
            ("url", "https://erp.example.com/?site=1"),
            ("key", ""),
            ("key", "two words"),
            ("secret", ""),
            ("secret", "line\r\nX-Injected: 1"),
            ("company", ""),
            ("company", " Aldgate Builders"),
            ("company", "line\nbreak"),
        ],
        not_ours={
            "a debit note": ({}, name(20)),
            "another company's bill": ({"key": BOTH}, name(21)),
        },
        impossible=["", " ", " 3", "3 ", "a\nb", "a\x00b", "n" * 141],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"key": OTHER_SITE},
        revoked={"secret": "of-a-user-who-was-disabled"},
        many=[RecordId(called) for called in MANY],
        batch=50,
        at_once=2,
        allowance="CPU time by the hour, where the site sets a limit (frappe/rate_limiter.py)",
    ),
    cannot_be={
        "reversed": "a debit note is a bill of its own, and what it settles is paid",
        "expired token": "a token has no end; one that was taken back is a wrong one",
        "expired token, met by twenty": "a token has no end",
    },
    sources=[
        "docs.frappe.io, REST API",
        "github.com/frappe/frappe (MIT): exceptions.py, model/delete_doc.py, deleted_document.json",
        "github.com/frappe/erpnext purchase_invoice_list.js: the statuses",
    ],
)
