"""NetSuite as Oracle publishes its REST web services: an account's bills through SuiteQL.

Shapes, each typed anew: the token request, its claims and its header, SuiteQL's request and the
page of its answer, and the envelope of errors as in docs.oracle.com, NetSuite online help
(section_162755359851, section_162790605110, section_157909186990, section_156570709583); the
columns and the status of one letter as several public clients read them. All values as text, null
left out, seconds as text, and the statuses beside open and paid by recollection.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps._netsuite_bill import COLUMNS
from domain.erps import RecordId, RecordState, Trouble
from tests.adapters.erps.contract import HttpVendor, KnownBill, Vendor
from tests.adapters.erps.simulator import CLIENT, Change, Tokens, at, first_but, responding

BASE = "/services/rest"
TOKEN_PATH = f"{BASE}/auth/oauth2/v1/token"
QUERY_PATH = f"{BASE}/query/v1/suiteql"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AUDIENCE = re.compile(rf"https://([a-z0-9-]+)\.suitetalk\.api\.netsuite\.com{TOKEN_PATH}")
ACCOUNT, SANDBOX = "1234567", "1234567-sb1"
CERTIFICATE, BLIND, CLERK = "kestrel-certificate", "blind-certificate", "clerk-certificate"
"""Each is mapped to a role: one that sees our bills, none, or may not ask for any."""
MOST_ROWS = 1000
MANY = range(1000, 1500)

Row = dict[str, str | None]


@cache
def key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def pem(made: RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def short_key() -> RSAPrivateKey:
    """Of 1128 bits, and always the same one: it is in the name of a test."""
    p, q, e = 2**521 - 1, 2**607 - 1, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, public).private_key()


def bill(number: int, status: str, paid: str, unpaid: str, tranid: str | None = None) -> Row:
    return {
        "id": str(number),
        "type": "VendBill",
        "tranid": tranid,
        "status": status,
        "voided": "F",
        "foreignamountpaid": paid,
        "foreignamountunpaid": unpaid,
    }


PAID = bill(65, "B", "1250", "0", "KE-26065")
COPIED = [bill(62, "A", "0", "1250", "KE-26062"), PAID]
BOOKS: Mapping[tuple[str, str], list[Row]] = {
    (ACCOUNT, CERTIFICATE): [
        bill(60, "D", "0", "1250"),
        bill(61, "E", "0", "1250", "KE-26061"),
        *COPIED,
        bill(63, "A", "749.75", "500.25", "KE-26063"),
        bill(66, "A", "0", "0", "KE-26066") | {"voided": "T"},
        bill(67, "C", "0", "0", "KE-26067"),
        bill(69, "A", "0", "1250", "KE-26069") | {"foreignamountpaid": None},
        # Ids are of all transactions.
        bill(70, "B", "0", "0", "PAY-70") | {"type": "VendPymt"},
        *(bill(number, "A", "0", "1250") for number in MANY),
    ],
    (ACCOUNT, BLIND): [],
    (ACCOUNT, CLERK): [],
    # A sandbox is a copy of the account, with the ids of the original.
    (SANDBOX, CERTIFICATE): COPIED,
}
HIDDEN = bill(71, "A", "0", "1250", "KE-26071")
"""Of a subsidiary that our role may not see."""
tokens = Tokens(lifetime=0, granted={})


def reset() -> None:
    tokens.become(Tokens(lifetime=3600, granted={}))


async def token(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode()))
    if (
        form.get("grant_type") != "client_credentials"
        or form.get("client_assertion_type") != BEARER
    ):
        return JSONResponse({"error": "unsupported_grant_type"}, 400)
    assertion = form["client_assertion"]
    certificate = jwt.get_unverified_header(assertion)["kid"]
    told = jwt.decode(assertion, options={"verify_signature": False})
    account = AUDIENCE.fullmatch(told["aud"])
    if account is None or told["exp"] - told["iat"] >= 3600:
        return JSONResponse({"error": "invalid_request"}, 400)
    if told["iss"] != CLIENT[0]:
        return JSONResponse({"error": "invalid_client"}, 401)
    try:
        jwt.decode(assertion, key().public_key(), algorithms=["PS256"], audience=told["aud"])
    except jwt.InvalidTokenError:
        return JSONResponse({"error": "invalid_grant"}, 400)
    if (account[1], certificate) not in BOOKS or "rest_webservices" not in told["scope"]:
        return JSONResponse({"error": "invalid_grant"}, 400)
    tokens.renewals += 1
    access = f"access-{tokens.renewals}"
    tokens.opened[access] = f"{account[1]} {certificate}"
    grant = {"token_type": "bearer", "expires_in": str(tokens.lifetime), "access_token": access}
    return JSONResponse(grant)


def error(status: int, code: str, detail: str) -> Response:
    body = {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5",
        "title": "As Oracle words it",
        "status": status,
        "o:errorDetails": [{"detail": detail, "o:errorCode": code}],
    }
    return JSONResponse(body, status, media_type="application/vnd.oracle.resource+json")


SELECT = f"SELECT {', '.join(COLUMNS)} FROM transaction WHERE type = 'VendBill'"


async def suiteql(request: Request) -> Response:
    opened = tokens.opens(request)
    if opened is None:
        return error(401, "INVALID_LOGIN", "Invalid login attempt.")
    account, certificate = opened.split()
    if certificate == CLERK:
        return error(400, "INVALID_PARAMETER", "Record 'transaction' was not found.")
    if request.headers.get("Prefer") != "transient":
        return error(400, "INVALID_HEADER", "Required header Prefer is missing or not valid.")
    query, most = (await request.json())["q"], int(request.query_params["limit"])
    asked = re.fullmatch(
        re.escape(SELECT) + r"( AND id IN \((\d+(?:, \d+)*)\))? ORDER BY id", query
    )
    if asked is None or not 1 <= most <= MOST_ROWS:
        return error(400, "INVALID_PARAMETER", "Invalid search query.")
    found = [row for row in BOOKS[account, certificate] if row["type"] == "VendBill"]
    if asked[2] is not None:
        found = [row for row in found if row["id"] in asked[2].split(", ")]
    items = [
        {"links": [], **{name: value for name, value in row.items() if value is not None}}
        for row in found[:most]
    ]
    page = {"links": [], "count": len(items), "hasMore": len(found) > most, "items": items}
    return JSONResponse(page | {"offset": 0, "totalResults": len(found)})


APP = Starlette(
    routes=[
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route(QUERY_PATH, suiteql, methods=["POST"]),
    ]
)


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    return {
        "url": f"{url}{BASE}",
        "account": ACCOUNT,
        "client_id": CLIENT[0],
        "certificate": CERTIFICATE,
        "private_key": pem(key()),
    }


rows = at("items")


def counted(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    """Other rows, with the counts that go with them."""

    def tamper(body: Any) -> Any:
        found = change(body["items"])
        return body | {"items": found, "count": len(found), "totalResults": len(found)}

    return tamper


def but(**values: Any) -> Change:
    return rows(first_but(**values))


CONTRADICTIONS: Mapping[str, Callable[[Any], Any]] = {
    "the id of another bill": but(id="4711"),
    "no id": but(id=...),
    "an id that is a number": but(id=62),
    "no type": but(type=...),
    "another type": but(type="VendPymt"),
    "no status": but(status=...),
    "a status that is null": but(status=None),
    "a status that nobody knows": but(status="Z"),
    "the status of another type": but(status="VendPymt:B"),
    "a number that is a number": but(tranid=7),
    "voided, or perhaps not": but(voided="maybe"),
    "a void that is true": but(voided=True),
    "an amount that is a number": but(foreignamountpaid=1),
    "an amount that is a word": but(foreignamountunpaid="much"),
    "an amount that is no number": but(foreignamountunpaid="NaN"),
    "one bill twice": counted(lambda found: [*found[:-1], found[0]]),
    "a bill that was not asked for": counted(lambda found: [*found, found[0] | {"id": "4711"}]),
    "more bills than asked for": counted(lambda found: [*found, *found]),
    "a bill more than counted": rows(lambda found: [*found, found[0] | {"id": "4711"}]),
    "a bill less than counted": rows(lambda found: found[:-1]),
    "a page with more to follow": lambda body: body | {"hasMore": True},
    "a total beyond the page": lambda body: body | {"totalResults": 4711},
    "no total": lambda body: {name: body[name] for name in ("items", "count", "hasMore")},
    "a row that is null": rows(lambda found: [None, *found[1:]]),
    "rows that are no list": rows(lambda found: found[0]),
}

reset()
VENDOR = Vendor(
    furnish=furnish,
    bills=[
        KnownBill(RecordId("60"), RecordState.DRAFT, None),
        KnownBill(RecordId("61"), RecordState.DRAFT, "KE-26061"),
        KnownBill(RecordId("62"), RecordState.OPEN, "KE-26062"),
        KnownBill(RecordId("69"), RecordState.OPEN, "KE-26069"),
        KnownBill(RecordId("63"), RecordState.PARTLY_PAID, "KE-26063"),
        KnownBill(RecordId("65"), RecordState.PAID, "KE-26065"),
        KnownBill(RecordId("66"), RecordState.VOIDED, "KE-26066"),
        KnownBill(RecordId("67"), RecordState.VOIDED, "KE-26067"),
    ],
    deleted=RecordId("68"),
    deletion_is=RecordState.ABSENT,
    never_existed=RecordId("987654"),
    of_another_company=RecordId(str(HIDDEN["id"])),
    canary=RecordId("65"),
    http=HttpVendor(
        answer=responding(APP),
        secret="private_key",
        refusals={
            "an unknown client": ({"client_id": "guessed"}, Trouble.UNAUTHORIZED),
            "a role without rights": ({"certificate": CLERK}, Trouble.FORBIDDEN),
        },
        shows_nothing={"certificate": BLIND},
        unusable=[
            ("url", "1234567.suitetalk.api.netsuite.com"),
            ("url", "http://erp.example.com/services/rest"),
            ("account", ""),
            ("account", "1234567.evil.example.com/"),
            ("client_id", ""),
            ("certificate", ""),
            ("certificate", "two words"),
            ("private_key", ""),
            ("private_key", "-----BEGIN PRIVATE KEY-----"),
            ("private_key", pem(ec.derive_private_key(4711, ec.SECP256R1()))),
            ("private_key", pem(short_key())),
        ],
        not_ours={},
        impossible=["", "0", "-3", "03", " 3", "3.0", "٣", "3) OR (1=1", "3, 4", "9" * 19],
        contradictions=CONTRADICTIONS,
        wrong_tenant={"account": SANDBOX},
        revoked={"certificate": "certificate-that-was-revoked"},
        token_path=TOKEN_PATH,
        expire=tokens.expire,
        reset=reset,
        reads=f"POST {QUERY_PATH}",
        many=[RecordId(str(number)) for number in MANY],
        batch=500,
        at_once=2,
        allowance="5 requests at once for an account on the shared tiers, of all its integrations"
        " together (docs.jitterbit.com, concurrency governance)",
    ),
    cannot_be={
        "reversed": "a reversing journal is a transaction of its own; what it settles is paid",
    },
    sources=[
        "docs.oracle.com, NetSuite online help: client credentials, SuiteQL, errors",
        "docs.jitterbit.com: concurrency governance",
    ],
)
