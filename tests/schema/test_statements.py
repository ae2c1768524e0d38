"""How many statements an answer costs: one for a page, whatever it shows and however long."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.builders import a_directory, a_requisition, bring_in
from tests.schema import books
from tests.schema.conftest import HARBOR_ID, Clerk

EACH_REQUEST = "FROM people JOIN identities"
"""Who is asking is looked up anew each time."""

NUMBERS = "nodes { number }"
NESTED = """
edges { cursor node {
  id number vendor { id name } project { id name number } commitment { id title type }
  totalClaimedAmount { amount } summary { originalContractSum { amount } } locked
  erpLink { id recordId recordState checkedAt integration { id name notes } }
} }
pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
"""
HISTORY = "nodes { unlinkHistory { at by outcome evidence link { id recordId } } }"
HISTORY_WITH_INTEGRATIONS = "nodes { unlinkHistory { link { integration { name } } } }"


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the service asks of the database, but for who is asking."""
    seen: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and EACH_REQUEST not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


@pytest.fixture
async def full(clerk: Clerk) -> Clerk:
    """Sixty synced invoices, each with three attempts to unlink it."""
    more = [a_requisition(id) for id in range(20, 70)]
    await bring_in(clerk.database, a_directory(books.HARBOR_PEOPLE), more)
    for number in (*range(20, 70), *range(1, 12)):
        await clerk.unlink(number, "bob")
    return clerk


async def cost(clerk: Clerk, selection: str, arguments: str) -> int:
    page = f"syncedInvoices(companyId: $c, {arguments}) {{ {selection} }}"
    with statements() as seen:
        data = await clerk.service.data(f"query($c: ID!) {{ {page} }}", {"c": HARBOR_ID}, "ann")
    assert data["syncedInvoices"] is not None
    return len(seen)


async def test_a_page_is_one_statement_and_what_is_batched_one_more(full: Clerk) -> None:
    """And one for all histories in which somebody waits for an agent: may its time be over?"""
    cursor = (await full.page(first=5))["pageInfo"]["endCursor"]
    for arguments, waits in (
        ("first: 1", 0),
        ("first: 50", 1),
        ("last: 50", 0),
        (f'first: 50, after: "{cursor}"', 1),
    ):
        assert await cost(full, NUMBERS, arguments) == 1
        assert await cost(full, NESTED, arguments) == 1
        assert await cost(full, f"totalCount {NUMBERS}", arguments) == 2
        assert await cost(full, HISTORY, arguments) == 2 + waits
        assert await cost(full, HISTORY_WITH_INTEGRATIONS, arguments) == 2 + waits
        assert await cost(full, f"totalCount {HISTORY} {NESTED}", arguments) == 3 + waits


async def test_the_total_alone_still_needs_the_page_to_be_there(full: Clerk) -> None:
    assert await cost(full, "totalCount", "first: 1") == 2


async def test_the_history_of_each_invoice_is_its_own_newest_first(full: Clerk) -> None:
    for number in (3, 3, 7):
        await full.unlink(number, "ann")
    data = await full.service.data(
        """query($c: ID!) { syncedInvoices(companyId: $c, first: 100) {
          nodes { number all: unlinkHistory { at by outcome } newest: unlinkHistory(first: 1) { at }
        } } }""",
        {"c": HARBOR_ID},
        "ann",
    )

    by_number = {node["number"]: node for node in data["syncedInvoices"]["nodes"]}
    assert len(by_number) == 61
    for number, node in by_number.items():
        ann = {3: 2, 7: 1}.get(number, 0)
        waits = number == books.REQUESTED
        assert [each["by"] for each in node["all"]] == ["Ann"] * ann + ["Bob"] + ["Ann"] * waits
        times = [each["at"] for each in node["all"]]
        assert times == sorted(times, reverse=True)
        assert node["newest"] == [{"at": times[0]}]


async def test_many_nodes_cost_one_statement_for_each_kind(full: Clerk) -> None:
    data = await full.service.data(
        """query($c: ID!) { syncedInvoices(companyId: $c, first: 50) {
          nodes { id vendor { id } project { id } commitment { id } erpLink { id } } } }""",
        {"c": HARBOR_ID},
        "ann",
    )
    nodes = data["syncedInvoices"]["nodes"]
    ids = [node["id"] for node in nodes[:40]]
    ids += [node[kind]["id"] for kind in ("vendor", "project", "commitment") for node in nodes[:8]]
    ids += [node["erpLink"]["id"] for node in nodes[:30]]

    with statements() as seen:
        found = await full.service.data(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}, "ann"
        )

    assert found["nodes"] == [{"id": id} for id in ids]
    assert len(seen) == 5
