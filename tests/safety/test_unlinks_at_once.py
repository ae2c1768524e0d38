"""I2, I4: many callers unlink the same invoice at once, through two processes; one wins."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database
from adapters.tokens import DemoIssuer
from tests.safety.books import books
from tests.safety.company import ready_to_unlink, unlink_request
from tests.safety.processes import serving

CALLERS, ROUNDS = 32, 50
INVOICES = range(1, ROUNDS + 1)
BYSTANDERS = range(ROUNDS + 1, ROUNDS + 11)


@pytest.fixture
def addresses(database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Two processes of the service on one database."""
    with (
        serving(database_url, tmp_path, tmp_path / "one") as one,
        serving(database_url, tmp_path, tmp_path / "two") as two,
    ):
        yield [one, two]


async def typename(http: httpx2.AsyncClient, invoice_id: int) -> str:
    answer = (await http.post("/graphql", json=unlink_request(invoice_id))).json()
    assert "errors" not in answer, answer
    name: str = answer["data"]["unlinkInvoice"]["__typename"]
    return name


async def test_one_of_32_callers_at_once_unlinks_and_the_others_are_told(
    database: Database, addresses: list[str], tmp_path: Path
) -> None:
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES, kept=BYSTANDERS)
    before = await books(database)
    headers = {"Authorization": f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"}

    async with asyncio.timeout(120), AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx2.AsyncClient(base_url=address, headers=headers, timeout=30)
            )
            for address in addresses
        ]
        for invoice_id in INVOICES:
            callers = (typename(clients[n % 2], invoice_id) for n in range(CALLERS))
            answers = Counter(await asyncio.gather(*callers))
            assert answers == {"Success": 1, "InvoiceNotSynced": CALLERS - 1}, invoice_id

    after = await books(database)
    assert not list(after.faults())
    for invoice_id in INVOICES:
        about = after.invoice(invoice_id)
        assert about.state() == "new"
        assert about.outcomes() == {"unlinked": 1, "invoice_not_synced": CALLERS - 1}
    for invoice_id in BYSTANDERS:
        assert after.invoice(invoice_id) == before.invoice(invoice_id)
