"""GraphQL over server-sent events, as the protocol graphql-sse has it and as urql reads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from domain.erps import RecordState
from endpoint.event_stream import HEARTBEAT_SECONDS
from schema.ids import node_id
from tests.builders import QUARRY, a_directory, a_person, bring_in
from tests.endpoint.lines import SOON, Line, unlink, watch

STREAM = "text/event-stream"
URQL = "application/graphql-response+json, application/graphql+json, application/json, " + (
    "text/event-stream, multipart/mixed"
)
END = ("", None)
WHO = {"query": "{ viewer { name } }"}


class Events:
    """The events of a stream, parsed as https://html.spec.whatwg.org says. No CR in any line."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._chunks = answer.aiter_text()
        self._text = ""

    async def next(self) -> tuple[str, Any]:
        """The next event, without comments; END at the end of the stream."""
        async with asyncio.timeout(SOON):
            while True:
                while "\n\n" not in self._text:
                    chunk = await anext(self._chunks, None)
                    if chunk is None:
                        assert self._text == ""
                        return END
                    self._text += chunk
                assert "\r" not in self._text
                block, _, self._text = self._text.partition("\n\n")
                if not block.startswith(":"):
                    return _event(block)


def _event(block: str) -> tuple[str, Any]:
    fields = dict(line.split(":", 1) for line in block.split("\n"))
    data = fields["data"].strip()
    return fields["event"].strip(), json.loads(data) if data else None


@asynccontextmanager
async def streaming(
    line: Line, body: dict[str, Any], accept: str = STREAM, bearer: str | None = None
) -> AsyncIterator[tuple[httpx2.Response, Events]]:
    headers = {"Accept": accept, "Authorization": bearer or line.bearer()}
    async with (
        line.http() as http,
        http.stream("POST", "/graphql", json=body, headers=headers) as answer,
    ):
        yield answer, Events(answer)


@asynccontextmanager
async def watching(line: Line, **how: Any) -> AsyncIterator[Events]:
    async with streaming(line, watch(), **how) as (answer, events):
        assert answer.status_code == 200
        before = 0
        await line.until(lambda: line.watchers > before)
        yield events


async def change(events: Events) -> Any:
    kind, data = await events.next()
    assert kind == "next"
    assert "errors" not in data, data
    return data["data"]["invoiceChanged"]


@pytest.mark.parametrize("accept", [STREAM, URQL, f"{STREAM}, application/json;q=0.9"])
async def test_a_subscription_is_an_event_stream(line: Line, accept: str) -> None:
    async with streaming(line, watch(), accept) as (answer, events):
        await line.until(lambda: line.watchers == 1)
        await line.changing.unlink(1)
        told = await change(events)

    assert answer.headers["content-type"].split(";")[0] == STREAM
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-request-id"]
    assert (told["kind"], told["invoice"]["number"]) == ("UNLINKED", 1)
    await line.until(lambda: line.watchers == 0)


async def test_a_query_is_json_where_json_is_liked_as_well(line: Line) -> None:
    async with line.http(accept=URQL) as http:
        answer = await http.post("/graphql", json=WHO)

    assert answer.headers["content-type"].startswith("application/graphql-response+json")
    assert answer.json()["data"] == {"viewer": {"name": "Ann"}}


async def test_queries_and_mutations_come_as_one_event_where_only_events_are_read(
    line: Line,
) -> None:
    line.erp.states = {"BILL-1": RecordState.DELETED}

    for body, data in (
        (WHO, {"viewer": {"name": "Ann"}}),
        (unlink(1), {"unlinkInvoice": {"__typename": "Success"}}),
    ):
        async with streaming(line, body) as (answer, events):
            kind, told = await events.next()
            assert (answer.status_code, kind, told["data"]) == (200, "next", data)
            assert await events.next() == ("complete", None)
            assert await events.next() == END


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        (watch() | {"variables": {}}, "BAD_USER_INPUT"),
        ({"query": "{ viewer { name } } # " + "x" * 30_000}, "LIMIT_EXCEEDED"),
        (
            {"query": "query A { viewer { name } } query B { viewer { name } }"},
            "OPERATION_RESOLUTION_FAILURE",
        ),
    ],
)
async def test_what_is_wrong_with_the_document_is_told_in_the_stream(
    line: Line, body: dict[str, Any], code: str
) -> None:
    async with streaming(line, body) as (answer, events):
        kind, told = await events.next()

        assert (answer.status_code, kind) == (200, "next")
        assert told["errors"][0]["extensions"]["code"] == code
        assert told["errors"][0]["extensions"]["requestId"] == answer.headers["x-request-id"]
        assert await events.next() == ("complete", None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({"query": 1}, 400),
        ({}, 400),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}, 200),
    ],
)
async def test_what_is_wrong_with_the_request_is_told_in_json(
    line: Line, body: Any, status: int
) -> None:
    async with line.http(accept=STREAM) as http:
        answer = await http.post("/graphql", json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["errors"][0]["extensions"]["requestId"]


async def test_nobody_is_let_in_without_a_token(line: Line) -> None:
    async with line.http(accept=STREAM) as http:
        answer = await http.post("/graphql", json=watch(), headers={"Authorization": ""})

    assert answer.status_code == 401


async def test_a_foreign_company_answers_as_one_that_does_not_exist(line: Line) -> None:
    for company in (node_id("Company", QUARRY, QUARRY), node_id("Company", 99, 99)):
        async with streaming(line, watch(company)) as (_, events):
            kind, told = await events.next()
            assert (kind, told["data"]) == ("next", {"invoiceChanged": None})
            assert await events.next() == ("complete", None)


async def test_one_who_leaves_the_company_is_told_nothing_more(line: Line) -> None:
    async with watching(line, bearer=line.bearer("bob")) as events:
        await bring_in(line.database, a_directory([a_person("ann")]))
        await line.changing.unlink(1)
        ends = [await change(events), await events.next(), await events.next()]

    assert ends == [None, ("complete", None), END]


async def test_a_stream_ends_with_its_token_and_without_a_completion(line: Line) -> None:
    almost_over = line.bearer(lifetime=timedelta(seconds=-28))  # 30 seconds later it is refused

    async with watching(line, bearer=almost_over) as events:
        assert await events.next() == END
    await line.until(lambda: line.watchers == 0)


async def test_a_stream_ends_with_the_process_and_without_a_completion(line: Line) -> None:
    async with watching(line) as events:
        line.draining.say_goodbye()

        assert await events.next() == END


async def test_one_who_does_not_read_is_cut_off(line: Line) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port, limit=1024)
    body = json.dumps(
        {
            "query": "subscription($company: ID!) { invoiceChanged(companyId: $company) { "
            + "invoice { "
            + " ".join(f"a{n}: id number vendor {{ name }}" for n in range(40))
            + " } } }",
            "variables": watch()["variables"],
        }
    )
    head = [
        "POST /graphql HTTP/1.1",
        "Host: erp-link",
        f"Accept: {STREAM}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Authorization: {line.bearer()}",
    ]
    writer.write("\r\n".join([*head, "", body]).encode())
    await line.until(lambda: line.watchers == 1)

    async with asyncio.timeout(60):
        n = 1000
        while line.watchers:
            await line.changing.bring(*range(n, n + 200))
            n += 200
    writer.close()
    reader.feed_eof()


async def test_a_stream_that_is_silent_has_a_heartbeat(line: Line) -> None:
    async with streaming(line, watch()) as (answer, _), asyncio.timeout(2 * HEARTBEAT_SECONDS):
        assert await anext(answer.aiter_text()) == ": ping\n\n"
