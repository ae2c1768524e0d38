"""What a client accepts decides how it is answered, and how errors in its document are told."""

import pytest

from endpoint.media_types import accepted
from tests.endpoint.asking import GRAPHQL, JSON, ask, refused
from tests.service import Service

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
CHOICES = {
    "": JSON,
    " , ": JSON,
    "*/*": JSON,
    "application/*": JSON,
    JSON: JSON,
    "APPLICATION/JSON; Charset=UTF-8": JSON,
    'application/json; charset="utf-8"': JSON,
    GRAPHQL: GRAPHQL,
    "application/graphql-response+json; charset=utf-8, application/json; q=0.9": GRAPHQL,
    "application/json; q=0.8, application/graphql-response+json; q=0.7": JSON,
    "application/json, application/graphql-response+json": JSON,
    "application/json, text/plain, */*": JSON,
    "application/graphql-response+json; q=0.5, */*; q=0.4": GRAPHQL,
    "application/json; q=0, */*": GRAPHQL,
    "text/html, */*; q=0.1": JSON,
    URQL: GRAPHQL,
    "multipart/mixed; deferSpec=20220824, application/json": JSON,
    "text/html": None,
    "image/*": None,
    "*/*; q=0": None,
    "application/json; q=0": None,
    "application/json; charset=utf-16": None,
    "application/json; q=two": None,
    "application/jsonx": None,
    "xapplication/json": None,
}


@pytest.mark.parametrize("header", CHOICES)
def test_the_type_that_is_liked_best_is_chosen(header: str) -> None:
    assert accepted(header).json == CHOICES[header]


def test_event_streams_are_taken_where_named_and_preferred_only_over_json() -> None:
    alone, urql = accepted("text/event-stream"), accepted(URQL)

    assert (alone.json, alone.event_stream, alone.prefers_event_stream) == (None, True, True)
    assert (urql.event_stream, urql.prefers_event_stream) == (True, False)
    assert not accepted("*/*").event_stream
    assert not accepted("text/event-stream; q=0, */*").event_stream
    assert accepted("application/json; q=0.5, text/event-stream").prefers_event_stream
    assert not accepted("text/event-stream, application/json").prefers_event_stream


async def test_an_answer_says_what_it_is_and_what_it_depends_on(service: Service) -> None:
    for accept, chosen in ((JSON, JSON), (GRAPHQL, GRAPHQL), ("*/*", JSON), (URQL, GRAPHQL)):
        answer = await ask(service, accept=accept)

        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{chosen}; charset=utf-8"
        assert answer.headers["vary"] == "Accept, Origin"


async def test_what_cannot_be_answered_in_any_accepted_type_is_refused(service: Service) -> None:
    for accept in ("text/html", "image/png", "application/json; q=0", "multipart/mixed"):
        answer = await ask(service, accept=accept)

        assert refused(answer, 406).startswith("answers are")
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


REQUEST_ERRORS = {
    "{": "GRAPHQL_PARSE_FAILED",
    "{ nothing }": "GRAPHQL_VALIDATION_FAILED",
    "{ viewer { ...Nothing } }": "GRAPHQL_VALIDATION_FAILED",
    "query ($id: ID!) { node(id: $id) { id } }": "BAD_USER_INPUT",
    "fragment F on Viewer { name }": "OPERATION_RESOLUTION_FAILURE",
    "query A { __typename } query B { __typename }": "OPERATION_RESOLUTION_FAILURE",
    "{ viewer { " + "name " * 101 + "} }": "LIMIT_EXCEEDED",
}


@pytest.mark.parametrize("query", REQUEST_ERRORS)
async def test_an_error_in_the_document_is_a_400_only_in_the_new_media_type(
    service: Service, query: str
) -> None:
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        answer = await ask(service, query, accept=accept)

        refused(answer, status, REQUEST_ERRORS[query])
        assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_an_answer_with_data_is_a_success_whatever_its_errors(service: Service) -> None:
    query = (
        '{ viewer { name } node(id: "x") { id } nodes(ids: ["'
        + '", "'.join("x" * 101)
        + '"]) { id } }'
    )

    for accept in (JSON, GRAPHQL):
        answer = await ask(service, query, accept=accept)

        assert answer.status_code == 200
        assert answer.json()["data"] is not None or answer.json()["errors"][0]["path"] == ["nodes"]
