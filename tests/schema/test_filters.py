"""The filter of the list, part by part and all together."""

from typing import Any

import pytest

from tests.builders import DOCKS, HARBOR, SHEDS
from tests.schema.books import BAUER, KESTREL, STEEL
from tests.schema.conftest import Clerk, an_id

ALL = list(range(1, 12))


def projects(*ids: int) -> list[str]:
    return [an_id("Project", HARBOR, id) for id in ids]


def vendors(*ids: int) -> list[str]:
    return [an_id("Vendor", HARBOR, id) for id in ids]


def commitments(*ids: int) -> list[str]:
    return [an_id("Commitment", HARBOR, id) for id in ids]


def dates(start: str | None = None, end: str | None = None) -> dict[str, str | None]:
    return {"start": start, "end": end}


KEPT: list[tuple[dict[str, Any], list[int]]] = [
    ({}, ALL),
    ({"projectIds": projects(SHEDS)}, [2, 5, 8, 9]),
    ({"projectIds": projects(DOCKS)}, [1, 3, 4, 6, 7, 10, 11]),
    ({"projectIds": projects(DOCKS, SHEDS)}, ALL),
    ({"projectIds": projects(999)}, []),
    ({"projectIds": []}, []),
    ({"projectIds": None}, ALL),
    ({"vendorIds": vendors(BAUER)}, [3, 6, 9]),
    ({"vendorIds": vendors(BAUER, KESTREL)}, [1, 3, 4, 6, 7, 9, 10, 11]),
    ({"vendorIds": projects(DOCKS)}, []),
    ({"commitmentIds": commitments(STEEL)}, [2, 5, 8]),
    ({"statuses": ["DRAFT"]}, [3, 9]),
    ({"statuses": ["DRAFT", "UNDER_REVIEW"]}, [3, 4, 9]),
    ({"statuses": ["REVISE_AND_RESUBMIT"]}, []),
    ({"statuses": []}, []),
    ({"recordStates": ["PAID"]}, [2, 3]),
    ({"recordStates": ["DRAFT", "VOIDED", "ABSENT"]}, [1, 4, 11]),
    ({"recordStates": []}, []),
    ({"billingDate": dates("2026-04-30")}, [3, 6, 7, 8]),
    ({"billingDate": dates("2026-05-01")}, [7, 8]),
    ({"billingDate": dates(None, "2026-03-31")}, [1, 2, 9, 10, 11]),
    ({"billingDate": dates("2026-04-30", "2026-04-30")}, [3, 6]),
    ({"billingDate": dates("2026-05-01", "2026-04-01")}, []),
    ({"billingDate": dates()}, ALL),
    ({"syncedAt": dates("2026-03-02T12:00:00.000001Z")}, [4, 5, 6, 7, 8, 9]),
    ({"syncedAt": dates("2026-03-02T12:00:00.000002Z")}, [8, 9]),
    ({"syncedAt": dates("2026-03-02T13:00:00.000001+01:00")}, [4, 5, 6, 7, 8, 9]),
    ({"syncedAt": dates(None, "2026-03-01T12:00:00Z")}, [1, 2, 3, 10, 11]),
    ({"syncedAt": dates(None, "2026-03-01T11:59:59Z")}, [10, 11]),
    ({"projectIds": projects(SHEDS), "statuses": ["DRAFT"]}, [9]),
    ({"vendorIds": vendors(KESTREL), "recordStates": ["PAID"]}, []),
    (
        {
            "projectIds": projects(DOCKS),
            "vendorIds": vendors(KESTREL),
            "commitmentIds": commitments(KESTREL),
            "statuses": ["APPROVED"],
            "recordStates": ["DRAFT", "OPEN"],
            "billingDate": dates("2026-03-01", "2026-03-31"),
            "syncedAt": dates("2026-03-01T00:00:00Z", "2026-03-01T23:59:59Z"),
            "search": "kestrel inv-7",
        },
        [1],
    ),
]


async def test_each_part_of_the_filter_keeps_what_it_says_and_all_must_hold(reader: Clerk) -> None:
    for keep, expected in KEPT:
        assert await reader.listed(**keep) == expected, keep


@pytest.mark.parametrize("first", [1, 2])
async def test_a_filter_holds_on_every_page_and_the_count_is_of_all_pages(
    reader: Clerk, first: int
) -> None:
    keep = {"vendorIds": vendors(BAUER)}
    order = {"field": "INVOICE_NUMBER", "direction": "ASC"}
    found: list[int] = []
    after, more = None, True
    while more:
        assert len(found) < 3, "the walk does not end"
        page = await reader.page(filter=keep, order=order, first=first, after=after)
        assert page["totalCount"] == 3
        found += [node["number"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert found == [6, 9, 3]


async def test_what_is_not_synced_is_not_in_the_list(reader: Clerk) -> None:
    assert 12 not in await reader.listed(search="inv-7")
