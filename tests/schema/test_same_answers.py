"""Every answer is the one that graphql-core's own executor gives, whatever the document."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from domain.erps import AskedLater, ErpTrouble, RecordState, Trouble
from schema.executor import RowExecutor
from tests.builders import HARBOR, QUARRY, a_directory, bring_in
from tests.databases import Templates
from tests.fakes import FakeErp
from tests.schema import books, odd_books
from tests.schema.both_ways import BothWays, TooBig, both_ways, schema_executed_by
from tests.schema.choices import IN_ORDER, ORDERS, REQUESTS, USABLE, VALUES
from tests.schema.conftest import HARBOR_ID, an_id
from tests.schema.documents import Asked, operations_around, queries
from tests.service import running_service

SCHEMA = schema_executed_by(RowExecutor)._schema
WHOLLY = [*range(1, 12), odd_books.WHOLE]
LISTED_AND_WHOLE = """
query Asked($ids: [ID!]!, $company: ID!, $order: SyncedInvoiceOrder, $keep: SyncedInvoiceFilter) {
  nodes(ids: $ids) { id ...Same }
  syncedInvoices(companyId: $company, orderBy: $order, filter: $keep, first: 15) {
    nodes { id ...Same }
  }
}"""
UNLINK = """
mutation Asked($input: UnlinkInvoiceInput!) {
  unlinkInvoice(input: $input) { outcome: __typename ...Same }
}"""
REQUEST = """
query Asked($id: ID!) {
  node(id: $id) { ...Same ... on UnlinkRequest { ended: outcome { as: __typename } } }
}"""
NEVER_THE_SAME = frozenset({"checkedAt", "endedAt", "unlinkHistory", "updatedAt"})
"""What an unlink changes by the clock."""


def steadily(most: int) -> settings:
    """The same documents in every run, so that CI is told the same each time."""
    return settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=most,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Asking:
    """Both ways, asked from outside of their event loop, where hypothesis is."""

    both: BothWays
    erp: FakeErp
    runner: asyncio.Runner

    def run(self, asked: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self.runner.run(asked)
        except TooBig:
            reject()


@pytest.fixture
def odd_url(kind: str, templates: Templates, tmp_path: Path) -> str:
    return templates.copy(kind, "odd books", odd_books.fill, tmp_path)


@pytest.fixture
def asking(odd_url: str, tmp_path: Path) -> Iterator[Asking]:
    erp = FakeErp()
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        both = runner.run(stack.enter_async_context(both_ways(odd_url, tmp_path, erp)))
        yield Asking(both, erp, runner)
        runner.run(stack.aclose())


def test_two_thousand_queries_are_answered_alike(asking: Asking) -> None:
    @steadily(3_300)
    @given(queries(SCHEMA, VALUES))
    def alike(asked: Asked) -> None:
        asking.run(asking.both.agree(asked))

    alike()

    tally = asking.both.tally
    assert len(tally.texts) >= 2_000
    assert tally.rendered > 500
    assert tally.executed > 50
    assert tally.with_errors > 100


def test_over_http_it_is_what_json_says_of_the_same_answer(
    asking: Asking, odd_url: str, tmp_path: Path
) -> None:
    stack = AsyncExitStack()
    service = asking.run(stack.enter_async_context(running_service(odd_url, tmp_path)))

    @steadily(60)
    @given(queries(SCHEMA, VALUES))
    def the_same(asked: Asked) -> None:
        plain = asking.run(asking.both.agreed(asked.text, asked.variables))
        answer = asking.run(service.post(asked.text, asked.variables, "olga"))
        data, *errors, _ = plain.split("\n")
        told = json.loads(answer.content)
        assert json.dumps(told["data"]) == data
        places = [_place(json.loads(each)) for each in errors]
        assert len(told.get("errors", ())) == min(len(places), 5)
        assert all(_place(each) in places for each in told.get("errors", ()))

    the_same()
    asking.run(stack.aclose())


def test_what_is_read_of_a_row_is_what_the_whole_invoice_says(asking: Asking) -> None:
    """`nodes` reads all of an invoice, and the list only what is selected of it."""
    ids = [an_id("SubcontractorInvoice", HARBOR, each) for each in WHOLLY]

    @steadily(120)
    @given(
        operations_around(SCHEMA, USABLE, "SubcontractorInvoice", LISTED_AND_WHOLE),
        st.sampled_from(ORDERS),
        st.sampled_from([None, {"recordStates": ["OPEN", "PAID"]}]),
    )
    def the_same(asked: Asked, order: Any, keep: Any) -> None:
        own = {"ids": ids, "company": HARBOR_ID, "order": order, "keep": keep}
        data = asking.run(asking.both.data(asked.text, {**asked.variables, **own}))
        whole = {each["id"]: each for each in data["nodes"]}
        listed = data["syncedInvoices"]["nodes"]
        assert len(listed) > 2
        assert listed == [whole[each["id"]] for each in listed]

    the_same()


def test_refusals_are_answered_alike(asking: Asking) -> None:
    """Of all kinds: Quarry's ERP allows no unlink, and Harbor's is in trouble now and then."""
    both, erp = asking.both, asking.erp
    quarry = a_directory(books.QUARRY_PEOPLE, QUARRY, {"unlinkSupported": False})
    asking.run(bring_in(both.database, quarry))
    people = {name: asking.run(both.seen_by(name)) for name in ("ann", "olga")}
    seen: set[str] = set()

    @steadily(150)
    @given(
        operations_around(SCHEMA, USABLE, "UnlinkInvoiceResult", UNLINK, NEVER_THE_SAME),
        st.sampled_from([*IN_ORDER, an_id("SubcontractorInvoice", QUARRY, 1)]),
        st.sampled_from(["ann", "olga"]),
        st.sampled_from([_nothing, _trouble, _later]),
    )
    def alike(asked: Asked, invoice: str, asks: str, meanwhile: Any) -> None:
        erp.meanwhile = meanwhile
        variables = {**asked.variables, "input": {"invoiceId": invoice}}
        data = asking.run(people[asks].data(asked.text, variables))
        seen.add(data["unlinkInvoice"]["outcome"])

    alike()

    assert seen == {
        "StillInErp",
        "PermissionDenied",
        "InvoiceNotFound",
        "InvoiceNotSynced",
        "UnlinkNotSupported",
        "ErpUnavailable",
        "UnlinkPending",
    }


def test_what_waits_and_what_became_of_it_is_answered_alike(asking: Asking) -> None:
    seen: set[str] = set()

    @steadily(150)
    @given(
        operations_around(SCHEMA, USABLE, "UnlinkRequest", REQUEST),
        st.sampled_from(REQUESTS),
    )
    def alike(asked: Asked, id: str) -> None:
        data = asking.run(asking.both.data(asked.text, {**asked.variables, "id": id}))
        ended = data["node"]["ended"]
        seen.add(ended["as"] if ended else "waiting")

    alike()

    assert len(seen) == 8


def test_what_is_told_of_an_unlink_is_answered_alike(asking: Asking) -> None:
    asking.erp.states[f"BILL-{odd_books.WHOLE}"] = RecordState.DELETED
    ann = asking.run(asking.both.seen_by("ann"))
    invoice = {"invoiceId": an_id("SubcontractorInvoice", HARBOR, odd_books.WHOLE)}
    before = asking.run(odd_books.linked(ann.database))

    @steadily(60)
    @given(operations_around(SCHEMA, USABLE, "UnlinkInvoiceResult", UNLINK, NEVER_THE_SAME))
    def alike(asked: Asked) -> None:
        answers = []
        for schema in (ann.ours, ann.plain, ann.ours):
            variables = {**asked.variables, "input": invoice}
            answers.append(asking.run(ann.answer(schema, asked.text, variables)))
            asking.run(odd_books.link_again(ann.database, before))
        assert answers == [answers[0]] * 3
        assert json.loads(answers[0].split("\n")[0])["unlinkInvoice"]["outcome"] == "Success"

    alike()


def _place(error: Any) -> Any:
    return error["path"], error["locations"]


async def _nothing() -> None:
    pass


async def _trouble() -> None:
    raise ErpTrouble(Trouble.RATE_LIMITED, "slowly", 7)


async def _later() -> None:
    raise AskedLater
