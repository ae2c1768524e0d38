"""Processes that share a database share their callers' budgets, when they are told to."""

import asyncio
import time
from pathlib import Path

import httpx2
import pytest

from adapters.tokens import DemoIssuer
from tests.safety.processes import serving

QUERY = '{ syncedInvoices(companyId: "x", first: 19) { nodes { id } } }'
"""Costs 20. That there is no such company is found out after it is paid for."""


async def statuses(addresses: list[str], token: str, times: int) -> list[int]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        answers = await asyncio.gather(
            *(
                http.post(f"{address}/graphql", json={"query": QUERY})
                for address in addresses * times
            )
        )
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize(("store", "most"), [("database", 1), ("memory", 2)])
async def test_two_processes_give_no_more_than_one(
    demo_url: str, tmp_path: Path, store: str, most: int
) -> None:
    """In memory each process has a budget of its own: the same callers then have two."""
    settings = {"budget_size": 200, "budget_refill_per_second": 1, "budget_store": store}
    with (
        serving(demo_url, tmp_path, tmp_path / "first", **settings) as first,
        serving(demo_url, tmp_path, tmp_path / "second", **settings) as second,
    ):
        token = DemoIssuer.open(tmp_path).token("ada")
        began = time.monotonic()

        found = await statuses([first, second], token, 25)

        flowed_in = (time.monotonic() - began) / 20
    assert set(found) == {200, 429}
    assert 10 * most <= found.count(200) <= 10 * most + flowed_in * most
