"""A company of 100,000 invoices: its import, and its list, which stays as fast as its first page.

What is counted is what the database looks at, in the one statement of a page, with its values.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.lists import SORT_KEYS
from adapters.store.rows import INVOICES
from domain.pages import (
    OrderField,
    Page,
    PageRequest,
    Position,
    SyncedInvoiceFilter,
    SyncedInvoiceOrder,
)
from domain.rows import Selection
from tests.adapters.store.big_company import BIG, MANY, NEEDLES, SMALL, Imported
from tests.adapters.store.visits import Counts, OnPostgresql, OnSqlite, Sent, sent_to

ORDERS = [SyncedInvoiceOrder(field, down) for field in OrderField for down in (True, False)]
NEWEST_FIRST = SyncedInvoiceOrder()
EVERYTHING = SyncedInvoiceFilter()
WANTED = Selection.of(
    "number",
    "vendor.name",
    "project.name",
    "commitment.title",
    "link.record_id",
    "link.integration.name",
)
A_PAGE = 50
"""Invoices that a page of 25 may look at: its own, one more, and the next one on each side."""


@pytest.fixture
async def database(big: Imported) -> AsyncIterator[Database]:
    opened = open_database(big.url)
    yield opened
    await opened.engine.dispose()


@pytest.fixture
def on_postgresql(big: Imported) -> bool:
    return big.url.startswith("postgresql")


@pytest.fixture
def counts(big: Imported, on_postgresql: bool) -> Counts:
    return OnPostgresql(big.url) if on_postgresql else OnSqlite(big.url)


async def one_page(
    database: Database,
    keep: SyncedInvoiceFilter = EVERYTHING,
    order: SyncedInvoiceOrder = NEWEST_FIRST,
    request: PageRequest | None = None,
    company_id: int = BIG,
) -> tuple[Page, Sent]:
    """A page, and the one statement that it took."""
    with sent_to(database) as sent:
        found = await SqlInvoiceStore(database).page(
            company_id, keep, order, request or PageRequest(25), WANTED
        )
    [statement] = sent
    return found, statement


async def position(database: Database, order: SyncedInvoiceOrder, place: int) -> Position:
    """The position of the invoice at this place of the list."""
    columns = (SORT_KEYS[order.field], INVOICES.c.id)
    wanted = select(*columns).where(INVOICES.c.company_id == BIG, INVOICES.c.link_id.is_not(None))
    sorted_by = [column.desc() if order.descending else column.asc() for column in columns]
    async with database.reading() as connection:
        found = await connection.execute(wanted.order_by(*sorted_by).offset(place - 1).limit(1))
        return Position(order.field, *found.one())


def of_invoices(faults: list[str]) -> list[str]:
    """Without those about vendors and commitments: for a few invoices all of these are read."""
    return [fault for fault in faults if "invoices" in fault or "erp_links" in fault]


def named(order: SyncedInvoiceOrder) -> str:
    return f"{order.field.value}-{'down' if order.descending else 'up'}"


@pytest.mark.parametrize("order", ORDERS, ids=named)
async def test_a_deep_page_looks_at_no_more_than_the_first(
    database: Database, counts: Counts, order: SyncedInvoiceOrder
) -> None:
    middle = await position(database, order, MANY // 2)
    requests = (
        PageRequest(25),
        PageRequest(25, backward=True),
        PageRequest(25, after=middle),
        PageRequest(25, before=middle, backward=True),
    )

    for request in requests:
        found, statement = await one_page(database, order=order, request=request)
        assert len(found.entries) == 25
        visits = await counts.count(statement)
        assert visits.rows <= A_PAGE, request
        assert not visits.faults, request


@pytest.mark.parametrize("order", ORDERS, ids=named)
async def test_the_second_page_and_the_last_look_at_no_more_than_the_first(
    database: Database, counts: Counts, order: SyncedInvoiceOrder
) -> None:
    for place in (26, MANY - 26):
        there = await position(database, order, place)
        for request in (PageRequest(25, after=there), PageRequest(25, before=there, backward=True)):
            found, statement = await one_page(database, order=order, request=request)
            assert len(found.entries) == 25
            visits = await counts.count(statement)
            assert visits.rows <= A_PAGE, (place, request)
            assert not of_invoices(visits.faults), (place, request)


@pytest.mark.parametrize("order", [NEWEST_FIRST, SyncedInvoiceOrder(OrderField.BILLING_DATE)])
@pytest.mark.parametrize("keep", [EVERYTHING, SyncedInvoiceFilter(project_ids=[5103])])
async def test_a_page_of_a_small_company_looks_at_nothing_of_the_big_one(
    database: Database, counts: Counts, order: SyncedInvoiceOrder, keep: SyncedInvoiceFilter
) -> None:
    _, statement = await one_page(database, keep, order, company_id=SMALL)

    visits = await counts.count(statement)

    assert visits.rows <= 250
    assert not of_invoices(visits.faults)


@pytest.mark.parametrize(
    "keep",
    [
        SyncedInvoiceFilter(project_ids=[5103]),
        SyncedInvoiceFilter(vendor_ids=[6105]),
        SyncedInvoiceFilter(commitment_ids=[700_005]),
    ],
    ids=["project", "vendor", "commitment"],
)
async def test_a_page_of_one_project_vendor_or_commitment_looks_at_itself(
    database: Database, counts: Counts, keep: SyncedInvoiceFilter
) -> None:
    _, statement = await one_page(database, keep)

    visits = await counts.count(statement)

    assert visits.rows <= A_PAGE
    assert not visits.faults


@pytest.mark.parametrize("word", NEEDLES)
async def test_a_rare_text_is_found_without_reading_the_company(
    database: Database, counts: Counts, on_postgresql: bool, word: str
) -> None:
    rare = SyncedInvoiceFilter(search=f"needle-{word}")
    in_project = replace(rare, project_ids=[5101 + NEEDLES[word] % 40])
    elsewhere = replace(rare, project_ids=[5101 + NEEDLES[word] % 40 + 1])

    found, alone = await one_page(database, rare)
    again, together = await one_page(database, in_project)
    nothing = await SqlInvoiceStore(database).page(
        BIG, elsewhere, NEWEST_FIRST, PageRequest(25), WANTED
    )

    assert [entry.invoice.id for entry in found.entries] == [NEEDLES[word]]
    assert [entry.invoice.id for entry in again.entries] == [NEEDLES[word]]
    assert not nothing.entries
    # SQLite has no index of texts: it reads the list, or as much of it as the project has.
    limits = (10, 10) if on_postgresql else (MANY // 10, MANY // 400)
    for statement, limit in zip((alone, together), limits, strict=True):
        visits = await counts.count(statement)
        assert visits.rows <= limit
        assert not of_invoices(visits.faults)


async def test_a_search_stays_quick_however_often_it_is_made(
    database: Database, counts: Counts, on_postgresql: bool
) -> None:
    common = SyncedInvoiceFilter(search="vendor 17")

    for _ in range(8):
        _, statement = await one_page(database, common)

    assert (await counts.count(statement)).rows < 2000
    if on_postgresql:
        assert await plans(database) == [(0, 8)]


async def plans(database: Database) -> list[tuple[int, int]]:
    """How often the list's statements were planned for any values, and for their own."""
    prepared = text(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE :part"
    )
    async with database.reading() as connection:
        found = await connection.execute(prepared, {"part": "%subcontractor_invoices%"})
        return [(generic, custom) for generic, custom in found]


async def test_the_import_brings_in_all_of_them(big: Imported) -> None:
    database = open_database(big.url)
    store = SqlInvoiceStore(database)

    counted = [await store.count(company_id, SyncedInvoiceFilter()) for company_id in (BIG, SMALL)]

    assert counted == [MANY, 200]
    assert f"{MANY} created" in big.said
    assert f"{MANY} linked" in big.said
    await database.engine.dispose()


def test_the_import_holds_little_of_the_file_in_memory(big: Imported) -> None:
    print(f"{MANY} requisitions: {big.seconds:.1f} s, at most {big.megabytes:.0f} MB")

    assert big.megabytes < 300
