"""What is no GraphQL request is refused with its status, before or without being understood."""

import json
from typing import Any

import pytest

from tests.endpoint.asking import WHO, ask, get, post, refused
from tests.service import Service

QUERY = f'"query": {json.dumps(WHO)}'
NOT_JSON = {
    "nothing": b"",
    "half an object": b"{",
    "not UTF-8": b'{"query": "\xff"}',
    "overlong UTF-8": b'{"query": "\xc0\xaf"}',
    "UTF-16": f"{{{QUERY}}}".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + f"{{{QUERY}}}".encode(),
    "a number of 5,000 digits": f'{{{QUERY}, "variables": {{"n": {"1" * 5_000}}}}}'.encode(),
    "NaN": f'{{{QUERY}, "variables": {{"n": NaN}}}}'.encode(),
    "Infinity": f'{{{QUERY}, "variables": {{"n": -Infinity}}}}'.encode(),
    "nested too deeply": b"[" * 100_000,
    "half a surrogate pair": f'{{{QUERY}, "variables": {{"n": "\\ud83d"}}}}'.encode(),
    "a surrogate pair the wrong way round": f'{{{QUERY}, "x": "\\ude00\\ud83d"}}'.encode(),
    "a name given twice": f"{{{QUERY}, {QUERY}}}".encode(),
    "a variable given twice": f'{{{QUERY}, "variables": {{"n": 1, "n": 2}}}}'.encode(),
    "two bodies": f"{{{QUERY}}} {{{QUERY}}}".encode(),
}
NO_REQUEST: dict[str, Any] = {
    "null": None,
    "a number": 5,
    "a text": WHO,
    "a truth": True,
    "an empty list": [],
    "a batch": [{"query": WHO}],
    "no query": {},
    "an empty query": {"query": ""},
    "a query of null": {"query": None},
    "a query that is a number": {"query": 5},
    "a query that is a list": {"query": [WHO]},
    "variables that are a text": {"query": WHO, "variables": "{}"},
    "variables that are a list": {"query": WHO, "variables": []},
    "an operation's name that is a number": {"query": WHO, "operationName": 1},
    "an operation's name that is an object": {"query": WHO, "operationName": {}},
    "extensions that are a list": {"query": WHO, "extensions": [1]},
    "extensions that are a truth": {"query": WHO, "extensions": False},
}


@pytest.mark.parametrize("what", NOT_JSON)
async def test_a_body_that_is_no_json_is_refused(service: Service, what: str) -> None:
    told = refused(await post(service, NOT_JSON[what]), 400)

    assert told.startswith("the body is not")


@pytest.mark.parametrize("what", NO_REQUEST)
async def test_json_that_is_no_request_is_refused(service: Service, what: str) -> None:
    refused(await post(service, json.dumps(NO_REQUEST[what])), 400)


async def test_what_a_request_may_leave_out_may_be_null_and_what_is_unknown_is_let_be(
    service: Service,
) -> None:
    rest: dict[str, Any] = {
        "operationName": None,
        "variables": None,
        "extensions": None,
        "id": 7,
        "x": {"y": []},
    }

    answer = await post(service, json.dumps({"query": WHO} | rest))

    assert answer.json()["data"] == {"viewer": {"name": "Ada Whitfield"}}


async def test_a_whole_surrogate_pair_is_a_character(service: Service) -> None:
    asked = {
        "query": "query ($id: ID!) { node(id: $id) { id } }",
        "variables": {"id": "\U0001f600"},
    }
    escaped = json.dumps(asked)
    assert "\\ud83d\\ude00" in escaped

    assert (await post(service, escaped)).json()["data"] == {"node": None}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
        "xapplication/json",
        "text/plain; application/json",
        "application/json, application/json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; boundary=x",
        "application/json; ",
    ],
)
async def test_a_body_of_another_media_type_is_refused(service: Service, content_type: str) -> None:
    refused(await ask(service, content_type=content_type), 415)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; Charset="UTF-8"',
    ],
)
async def test_the_media_type_may_be_spelled_in_any_case(
    service: Service, content_type: str
) -> None:
    assert (await ask(service, content_type=content_type)).status_code == 200


async def test_a_packed_body_is_refused(service: Service) -> None:
    for coding in ("gzip", "br", "deflate", "identity, gzip", "x"):
        answer = await ask(service, content_encoding=coding)

        assert "compressed" in refused(answer, 415)
        assert answer.headers["accept-encoding"] == "identity"
    assert (await ask(service, content_encoding="Identity")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_other_methods_are_told_which_there_are(service: Service, method: str) -> None:
    answer = await service.http.request(method, "/graphql")

    refused(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


async def test_a_query_may_stand_in_the_url(service: Service) -> None:
    for more in (
        {"variables": "{}"},
        {"variables": "null", "extensions": "{}"},
        {"operationName": ""},
        {"other": "x"},
    ):
        answer = await get(service, {"query": WHO} | more)

        assert answer.json()["data"] == {"viewer": {"name": "Ada Whitfield"}}, more


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query={__typename}&query={__typename}",
        "query={__typename}&variables=",
        "query={__typename}&extensions=",
        "query={__typename}&variables=[]",
        "query={__typename}&variables=5",
        "query={__typename}&variables={",
        "query={__typename}&variables={}&variables={}",
        "query={__typename}&operationName=a&operationName=a",
        "query={__typename}&extensions=%22x%22",
        "query=%ff",
        "query=%c0%af",
        "&".join(["query={__typename}", *(f"a{n}=" for n in range(200))]),
    ],
)
async def test_a_url_that_holds_no_request_is_refused(service: Service, query_string: str) -> None:
    answer = await service.http.get(
        f"/graphql?{query_string}",
        headers={"Authorization": f"Bearer {service.issuer.token('ada')}"},
    )

    refused(answer, 400)


async def test_a_mutation_is_not_asked_by_get(service: Service) -> None:
    mutation = 'mutation { unlinkInvoice(input: {invoiceId: "x"}) { __typename } }'

    for query, name in (
        (mutation, ""),
        (f"query A {{ __typename }} {mutation.replace('{', 'B {', 1)}", "B"),
    ):
        answer = await get(service, {"query": query, "operationName": name})

        refused(answer, 405)
        assert answer.headers["allow"] == "POST"


async def test_of_several_operations_none_is_run_unless_one_is_named(service: Service) -> None:
    both = "query A { viewer { name } } query B { __typename }"

    for name in (None, "C", ""):
        answer = await post(service, json.dumps({"query": both, "operationName": name}))
        told = refused(answer, 200, "OPERATION_RESOLUTION_FAILURE")
        assert told == "operationName must name one operation of the document."
    answer = await post(service, json.dumps({"query": both, "operationName": "B"}))
    assert answer.json()["data"] == {"__typename": "Query"}
    answer = await post(service, json.dumps({"query": WHO, "operationName": "Secret"}))
    refused(answer, 200, "OPERATION_RESOLUTION_FAILURE")
    assert "Secret" not in answer.text


async def test_what_is_too_long_for_a_url_can_be_posted(service: Service) -> None:
    long = WHO + "," * 8_200

    refused(await get(service, {"query": long}), 414)
    assert (await ask(service, long)).status_code == 200


async def test_a_body_is_refused_that_is_too_big(service: Service) -> None:
    at_most = json.dumps({"query": WHO}).ljust(128 * 1024)

    assert (await post(service, at_most)).status_code == 200
    answer = await post(service, at_most + " ")
    refused(answer, 413)
    assert answer.headers["connection"] == "close"
