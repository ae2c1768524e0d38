"""I2, I3, I4: unlinks, imports and looks at the records, all at once, over two engines."""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from adapters.imports import RequisitionsReport
from adapters.store.engine import Database, open_database
from domain.unlinking import InvoiceNotSynced, StillInErp, Unlinked
from tests.safety.books import Books, books
from tests.safety.company import (
    a_requisition,
    bring_in,
    found_company,
    look,
    record_of,
    services_on,
)
from tests.safety.played_erp import PlayedErp
from tests.safety.steps import ada, unlink_as

INVOICES = range(1, 31)
DELETED = {record_of(id, edition) for id in INVOICES for edition in (1, 3)}
"""Every other edition of every bill is deleted in the ERP."""


@pytest.fixture
async def databases(database: Database, database_url: str) -> AsyncIterator[list[Database]]:
    """The same database twice, as two processes have it open."""
    other = open_database(database_url)
    yield [database, other]
    await other.engine.dispose()


def unlinked_records(held: Books) -> set[str]:
    records = {link["id"]: link["record_id"] for link in held.links}
    return {records[row["link_id"]] for row in held.attempts if row["outcome"] == "unlinked"}


async def together(work: list[Coroutine[Any, Any, object]], seconds: float = 60) -> list[object]:
    async with asyncio.timeout(seconds):
        return await asyncio.gather(*work)


@pytest.mark.parametrize("seed", range(4))
async def test_unlinks_racing_with_resyncs_end_only_what_was_judged_gone(
    databases: list[Database], seed: int
) -> None:
    chance = random.Random(seed)
    services = [services_on(database, PlayedErp()) for database in databases]
    await found_company(databases[0], INVOICES)
    await look(services[0])
    viewer = await ada(services[0])
    services = [services_on(database, PlayedErp(DELETED)) for database in databases]
    imports = [
        bring_in(chance.choice(databases), [a_requisition(id, edition) for id in some])
        for edition in (2, 3, 4)
        for some in (sorted(chance.sample(INVOICES, 20)), [chance.choice(INVOICES)])
    ]
    unlinks = [unlink_as(viewer, chance.choice(services), id) for id in [*INVOICES, *INVOICES]]
    work: list[Coroutine[Any, Any, object]] = [*imports, *unlinks]
    chance.shuffle(work)

    ends = await together(work)

    outcomes = [each for each in ends if not isinstance(each, RequisitionsReport)]
    assert {type(each) for each in outcomes} <= {Unlinked, StillInErp, InvoiceNotSynced}
    held = await books(databases[0])
    assert not list(held.faults())
    assert unlinked_records(held) <= DELETED
    assert sum(isinstance(each, Unlinked) for each in outcomes) == held.outcomes()["unlinked"] > 0
    assert len(held.attempts) == len(unlinks)


async def test_of_imports_at_once_the_newest_row_stands(databases: list[Database]) -> None:
    await found_company(databases[0], INVOICES)
    backwards = list(reversed(INVOICES))

    await together(
        [
            bring_in(databases[edition % 2], [a_requisition(id, edition) for id in ids])
            for edition, ids in ((2, INVOICES), (5, backwards), (3, backwards), (4, INVOICES))
        ]
    )

    held = await books(databases[0])
    assert not list(held.faults())
    assert {link["record_id"] for link in held.active()} == {record_of(id, 5) for id in INVOICES}


@pytest.mark.parametrize("seed", range(3))
async def test_looks_at_the_records_stand_in_nobodys_way(
    databases: list[Database], seed: int
) -> None:
    chance = random.Random(seed)
    services = [services_on(database, PlayedErp(DELETED)) for database in databases]
    await found_company(databases[0], INVOICES)
    viewer = await ada(services[0])
    await look(services[0])
    new = {id: f"NEW-{id}" for id in INVOICES}
    imports = [
        bring_in(
            databases[1],
            [a_requisition(id, edition, invoice_number=new[id]) for id in INVOICES],
        )
        for edition in (2, 3, 4)
    ]
    looks = [look(each) for each in services * 3]
    unlinks = [unlink_as(viewer, chance.choice(services), id) for id in INVOICES]
    work: list[Coroutine[Any, Any, object]] = [*imports, *looks, *unlinks]
    chance.shuffle(work)

    await together(work)

    held = await books(databases[0])
    assert not list(held.faults())
    assert unlinked_records(held) <= DELETED
    for invoice in held.invoices:
        assert new[invoice["id"]].casefold() in invoice["search_text"].splitlines()
