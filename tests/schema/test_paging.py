"""Pages: every order, both directions, every size, from either end, with ties and gaps."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.schema import DropIndex

from adapters.store.rows import INVOICES
from tests.builders import Document
from tests.schema.books import HARBOR_INVOICES, UNSYNCED
from tests.schema.conftest import Clerk, numbers

SYNCED = [row for row in HARBOR_INVOICES if row["id"] != UNSYNCED]
KEYS: dict[str, Callable[[Document], Any]] = {
    "SYNCED_AT": lambda row: datetime.fromisoformat(row["updated_at"]),
    "BILLING_DATE": lambda row: date.fromisoformat(row["billing_date"] or "0001-01-01"),
    "INVOICE_NUMBER": lambda row: row["invoice_number"] or "",
    "CURRENT_PAYMENT_DUE": lambda row: Decimal(row["summary"]["current_payment_due"] or 0),
}
ORDERS = [(field, direction) for field in KEYS for direction in ("ASC", "DESC")]
each_order = pytest.mark.parametrize(("field", "direction"), ORDERS)


def in_order(field: str, direction: str) -> list[int]:
    """The numbers of Harbor's synced invoices; ties go by the id, what is missing is least."""
    rows = sorted(SYNCED, key=lambda row: (KEYS[field](row), row["id"]))
    found = [row["number"] for row in rows]
    return found if direction == "ASC" else found[::-1]


def test_the_books_have_ties_in_every_order() -> None:
    for key in KEYS.values():
        keys = sorted(key(row) for row in SYNCED)
        assert any(one == other for one, other in pairwise(keys))


@each_order
async def test_a_walk_in_either_direction_visits_everything_once_in_the_same_order(
    reader: Clerk, field: str, direction: str
) -> None:
    order = {"field": field, "direction": direction}
    expected = in_order(field, direction)
    for size in range(1, 8):
        pages = [expected[at : at + size] for at in range(0, len(expected), size)]
        assert await forward(reader, order, size) == pages

        pages = [expected[::-1][at : at + size][::-1] for at in range(0, len(expected), size)]
        assert await backward(reader, order, size) == pages


async def forward(reader: Clerk, order: dict[str, str], size: int) -> list[list[int]]:
    found: list[list[int]] = []
    after, more = None, True
    while more:
        assert len(found) < len(SYNCED), "the walk does not end"
        page = await reader.step(order=order, first=size, after=after)
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is bool(found)
        found.append(numbers(page))
        after, more = info["endCursor"], info["hasNextPage"]
    return found


async def backward(reader: Clerk, order: dict[str, str], size: int) -> list[list[int]]:
    found: list[list[int]] = []
    before, more = None, True
    while more:
        assert len(found) < len(SYNCED), "the walk does not end"
        page = await reader.step(order=order, last=size, before=before)
        info = page["pageInfo"]
        assert info["hasNextPage"] is bool(found)
        found.append(numbers(page))
        before, more = info["startCursor"], info["hasPreviousPage"]
    return found


def windows(count: int) -> Iterator[tuple[int | None, int | None, int]]:
    """Every pair of an `after` and a `before`, by place, with a few sizes."""
    places = [None, *range(count)]
    for after in places:
        for before in places:
            if (after is None or after % 3 == 0) and (before is None or before % 4 == 0):
                yield from ((after, before, size) for size in (1, 3, 11))


async def test_after_and_before_together_cut_a_window_out_of_the_list(reader: Clerk) -> None:
    order = {"field": "BILLING_DATE", "direction": "DESC"}
    whole = await reader.page(order=order, first=100)
    cursors, listed = [edge["cursor"] for edge in whole["edges"]], numbers(whole)
    for after, before, size in windows(len(listed)):
        start = 0 if after is None else after + 1
        end = max(start, len(listed) if before is None else before)
        between: dict[str, Any] = {
            "order": order,
            "after": None if after is None else cursors[after],
            "before": None if before is None else cursors[before],
        }

        page = await reader.step(first=size, **between)

        assert numbers(page) == listed[start:end][:size]
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert info["hasNextPage"] is (before is not None or end - start > size)

        page = await reader.step(last=size, **between)

        assert numbers(page) == listed[start:end][-size:]
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None or end - start > size)
        assert info["hasNextPage"] is (before is not None)


async def test_without_arguments_it_is_the_newest_sync_first(reader: Clerk) -> None:
    page = await reader.page()

    assert numbers(page) == in_order("SYNCED_AT", "DESC")
    assert page["pageInfo"]["hasNextPage"] is False
    assert page["pageInfo"]["hasPreviousPage"] is False
    assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
    assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]


async def test_an_order_without_a_direction_is_descending(reader: Clerk) -> None:
    page = await reader.page(order={"field": "INVOICE_NUMBER"})

    assert numbers(page) == in_order("INVOICE_NUMBER", "DESC")


async def test_an_empty_list_has_no_cursors_and_nothing_beyond(reader: Clerk) -> None:
    sizes: list[dict[str, Any]] = [{"first": 3}, {"last": 3}]
    for size in sizes:
        page = await reader.page(filter={"search": "no such thing"}, **size)

        assert page == {
            "totalCount": 0,
            "edges": [],
            "nodes": [],
            "pageInfo": {
                "hasNextPage": False,
                "hasPreviousPage": False,
                "startCursor": None,
                "endCursor": None,
            },
        }


async def test_a_cursor_serves_the_other_direction_too(reader: Clerk) -> None:
    descending = await reader.page(order={"field": "INVOICE_NUMBER", "direction": "DESC"}, first=4)
    cursor = descending["pageInfo"]["endCursor"]

    page = await reader.page(
        order={"field": "INVOICE_NUMBER", "direction": "ASC"}, first=100, after=cursor
    )

    assert numbers(page) == numbers(descending)[:3][::-1]


async def test_a_cursor_of_another_order_is_refused(reader: Clerk) -> None:
    cursor = (await reader.page(first=1))["pageInfo"]["endCursor"]

    error = await reader.bad_input(order={"field": "INVOICE_NUMBER"}, after=cursor)

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after"}


async def test_ties_go_by_the_id_even_where_no_index_keeps_them_so(clerk: Clerk) -> None:
    async with clerk.database.writing() as connection:
        for index in INVOICES.indexes:
            await connection.execute(DropIndex(index))

    for field, direction in ORDERS:
        page = await clerk.step(order={"field": field, "direction": direction}, first=100)
        assert numbers(page) == in_order(field, direction)
