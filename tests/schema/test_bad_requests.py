"""Requests that are none: a plain 400 of ours, never a 500."""

import pytest

from tests.builders import HARBOR
from tests.fakes import contents
from tests.schema.conftest import HARBOR_ID, Clerk, an_id

INVOICE = an_id("SubcontractorInvoice", HARBOR, 1)
VIEWER = '"query": "{ viewer { name } }"'
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"query": "\xff"}',
    "null": b"null",
    "a number": b"5",
    "a text": b'"{ viewer { name } }"',
    "a truth": b"true",
    "an empty list": b"[]",
    "a batch": b'[{"query": "{ viewer { name } }"}]',
    "a list of numbers": b"[1]",
    "no query": b"{}",
    "an empty query": b'{"query": ""}',
    "a query of null": b'{"query": null}',
    "a query that is a number": b'{"query": 5}',
    "a query that is a list": b'{"query": ["{ viewer { name } }"]}',
    "variables that are a text": f'{{{VIEWER}, "variables": "x"}}'.encode(),
    "variables that are a list": f'{{{VIEWER}, "variables": []}}'.encode(),
    "nested too deeply": b"[" * 100_000,
    "nested too deeply in variables": f'{{{VIEWER}, "variables": {"[" * 50_000}'.encode(),
}


async def test_a_body_that_holds_no_request_is_refused(reader: Clerk) -> None:
    for what, body in BODIES.items():
        answer = await reader.service.http.post("/graphql", content=body, headers=headers(reader))

        assert answer.status_code == 400, what
        assert len(answer.text) < 200


def headers(reader: Clerk, kind: str = "application/json") -> dict[str, str]:
    token = reader.service.issuer.token("ann")
    return {"Authorization": f"Bearer {token}", "Content-Type": kind}


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ viewer { name }",
        "{ viewer { nme } }",
        "{ viewer { name { first } } }",
        "{ viewer }",
        "{ syncedInvoices { totalCount } }",
        '{ node(id: "x") { ... on Nothing { id } } }',
        "{ viewer { ...Missing } }",
        '{ node(id: "\\ud800") { id } }',
        '{ viewer(nonsense: "x") { name } }',
        "mutation { unlinkInvoice { __typename } }",
        "mutation { unlinkInvoice(input: {}) { __typename } }",
        'mutation { unlinkInvoice(input: {invoiceId: "x", force: true}) { __typename } }',
        "{ a " * 300 + "}" * 300,
    ],
)
async def test_a_query_that_does_not_fit_the_schema_is_told_so(reader: Clerk, query: str) -> None:
    before = await contents(reader.database, HARBOR)

    answer = await reader.service.post(query, None, "ann")

    body = answer.json()
    assert answer.status_code == 200
    assert "data" not in body
    for error in body["errors"]:
        assert error["extensions"]["code"] in ("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED")
    assert await contents(reader.database, HARBOR) == before


@pytest.mark.parametrize("number", ["1e999", "1" * 400])
async def test_what_is_too_big_a_number_is_refused_by_name(reader: Clerk, number: str) -> None:
    page = "syncedInvoices(companyId: $c, first: $first) { __typename }"
    query = f"query($c: ID!, $first: Int) {{ {page} }}"
    body = f'{{"query": "{query}", "variables": {{"c": "{HARBOR_ID}", "first": {number}}}}}'

    answer = await reader.service.http.post("/graphql", content=body, headers=headers(reader))

    (error,) = answer.json()["errors"]
    assert error["message"].startswith("Variable '$first' has invalid value")
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


UNLINK = f'mutation {{ unlinkInvoice(input: {{invoiceId: "{INVOICE}"}}) {{ __typename }} }}'


async def test_nothing_is_changed_by_get_nor_by_a_form(reader: Clerk) -> None:
    """A link or a form on another site cannot make a browser unlink."""
    before = await contents(reader.database, HARBOR)
    http = reader.service.http

    by_get = await http.get("/graphql", params={"query": UNLINK}, headers=headers(reader))
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    by_form = [
        await http.post(
            "/graphql", content=f'{{"query": {UNLINK!r}}}', headers=headers(reader, kind)
        )
        for kind in kinds
    ]

    assert (by_get.status_code, by_get.headers["allow"]) == (405, "POST")
    assert [answer.status_code for answer in by_form] == [415, 415, 415]
    assert await contents(reader.database, HARBOR) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_allowed(reader: Clerk, method: str) -> None:
    answer = await reader.service.http.request(method, "/graphql", headers=headers(reader))

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_query_may_be_asked_by_get(reader: Clerk) -> None:
    for variables in ({}, {"variables": "{}"}, {"variables": "null"}):
        answer = await reader.service.http.get(
            "/graphql",
            params={"query": "{ viewer { name } }", **variables},
            headers=headers(reader),
        )
        assert answer.json()["data"] == {"viewer": {"name": "Ann"}}
