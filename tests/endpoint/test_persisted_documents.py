"""Apollo's automatic persisted queries, and `documentId`, as they travel over HTTP."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.budget import InMemoryCostBudget
from adapters.store.engine import Database
from domain.budget import Allowance
from endpoint.documents import digest_of
from tests.adapters.test_budget import Clock
from tests.builders import a_directory, a_person, bring_in
from tests.databases import Templates
from tests.endpoint.test_documents import MALFORMED
from tests.fakes import FakeErp, service_asking
from tests.service import Service

WHO = "query Who { viewer { name } }"
CHANGE = 'mutation Change { unlinkInvoice(input: {invoiceId: "x"}) { __typename } }'
GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


async def fill(database: Database) -> None:
    await bring_in(database, a_directory([a_person("ann"), a_person("bob")]))


@pytest.fixture
async def service(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Service]:
    """A directory with Ann and Bob in it, each with 100 points that do not come back."""
    url = templates.copy(kind, "two people", fill, tmp_path)
    budget = InMemoryCostBudget(Allowance(100, 1), Clock())
    async with service_asking(FakeErp(), url, tmp_path, budget=budget) as started:
        yield started


def named(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}}


async def post(
    service: Service, body: dict[str, Any], person: str | None = "ann", accept: str = GRAPHQL
) -> httpx2.Response:
    headers = {"Accept": accept}
    if person:
        headers["Authorization"] = f"Bearer {service.issuer.token(person)}"
    return await service.http.post("/graphql", json=body, headers=headers)


async def get(service: Service, parameters: dict[str, Any]) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {service.issuer.token('ann')}"}
    written = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
    return await service.http.get("/graphql", params=written, headers=headers)


def refused(answer: httpx2.Response) -> str:
    """The code of the one error that an answer holds, and nothing else."""
    body = answer.json()
    assert body.keys() <= {"errors", "extensions"}
    [error] = body["errors"]
    assert error["extensions"]["requestId"]
    code: str = error["extensions"]["code"]
    return code


def is_answered(answer: httpx2.Response) -> bool:
    return bool(
        answer.status_code == 200 and answer.json().get("data") == {"viewer": {"name": "Ann"}}
    )


async def test_a_text_that_was_sent_once_with_its_hash_is_run_by_its_hash(
    service: Service,
) -> None:
    unknown = await post(service, named(WHO))
    sent = await post(service, {"query": WHO, **named(WHO)})

    assert refused(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert is_answered(sent)
    for body in (named(WHO), {"documentId": f"sha256:{digest_of(WHO)}"}, {"operationName": "Who"}):
        assert is_answered(await post(service, {**named(WHO), **body}))
    assert is_answered(await get(service, named(WHO)))
    assert is_answered(await get(service, {"documentId": f"sha256:{digest_of(WHO)}"}))


async def test_that_a_document_is_not_kept_is_no_fault_where_only_json_is_taken(
    service: Service,
) -> None:
    """200, as Apollo Server answers; in the newer media type what has no data is a 4xx."""
    for accept, status in ((JSON, 200), (GRAPHQL, 404), ("*/*", 200)):
        answer = await post(service, named(WHO), accept=accept)

        assert refused(answer) == "PERSISTED_QUERY_NOT_FOUND"
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"


async def test_a_text_under_the_hash_of_another_is_refused_and_poisons_nothing(
    service: Service,
) -> None:
    answer = await post(service, {"query": "{ viewer { companies { name } } }", **named(WHO)})

    assert answer.status_code == 400
    assert refused(answer) == "BAD_REQUEST"
    assert answer.json()["errors"][0]["message"] == "provided sha does not match query"
    assert refused(await post(service, named(WHO))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
@pytest.mark.parametrize("body", MALFORMED, ids=repr)
async def test_a_hash_that_is_none_is_refused(
    service: Service, body: dict[str, Any], accept: str
) -> None:
    answer = await post(service, body, accept=accept)

    assert answer.status_code == 400
    assert refused(answer) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { unknown } }",
        "{ viewer { name }",
        "query A { viewer { name } } fragment F on Viewer { name }",
        "{ viewer { " + "name " * 101 + "} }",
        "query A { viewer { name } } query B { viewer { name } }",
    ],
)
async def test_what_is_not_valid_is_not_kept(service: Service, text: str) -> None:
    sent = await post(service, {"query": text, **named(text)})

    assert sent.status_code == 400
    assert refused(await post(service, named(text))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_what_is_over_the_budget_is_not_kept(service: Service) -> None:
    dear = '{ syncedInvoices(companyId: "x", first: 99) { nodes { id } } }'
    await post(service, {"query": dear})

    sent = await post(service, {"query": dear, **named(dear)})

    assert refused(sent) == "RATE_LIMITED"
    assert refused(await post(service, named(dear), "bob")) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_plain_text_is_not_kept(service: Service) -> None:
    assert is_answered(await post(service, {"query": WHO}))

    assert refused(await post(service, named(WHO))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_nothing_is_kept_from_someone_who_is_not_let_in(service: Service) -> None:
    for person in (None, "mallory"):
        answer = await post(service, {"query": WHO, **named(WHO)}, person)
        assert answer.status_code == 401

    assert refused(await post(service, named(WHO))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_hash_opens_to_nobody_more_than_the_text_would(service: Service) -> None:
    await post(service, {"query": WHO, **named(WHO)}, "bob")

    assert is_answered(await post(service, named(WHO), "ann"))
    assert (await post(service, named(WHO), None)).status_code == 401


async def test_a_mutation_is_not_run_by_get_whatever_names_it(service: Service) -> None:
    sent = await post(service, {"query": CHANGE, **named(CHANGE)})
    assert "data" in sent.json()

    for parameters in (named(CHANGE), {"documentId": f"sha256:{digest_of(CHANGE)}"}):
        answer = await get(service, parameters)

        assert answer.status_code == 405
        assert refused(answer) == "BAD_REQUEST"


async def test_a_document_by_its_hash_costs_what_its_text_costs(service: Service) -> None:
    by_text = await post(service, {"query": WHO, **named(WHO)})
    by_hash = await post(service, named(WHO))

    told = [answer.json()["extensions"]["cost"] for answer in (by_text, by_hash)]
    assert [(each["requested"], each["remaining"]) for each in told] == [(1, 99), (1, 98)]
