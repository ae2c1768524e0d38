"""A company of 100,000 invoices: its import, and its list, which stays as fast as its first page.

What is counted is what the database looks at, in the one statement of a page, with its values.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.lists import SORT_KEYS
from adapters.store.rows import INVOICES
from domain.invoices import InvoiceStatus
from domain.pages import (
    OrderField,
    Page,
    PageRequest,
    Position,
    SyncedInvoiceFilter,
    SyncedInvoiceOrder,
)
from domain.rows import Selection
from tests.adapters.store.big_company import BIG, MANY, NEEDLES, OLD, SMALL, Imported
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

LOOKED_UP = 150
"""What SQLite does for a search whatever it finds, by the measure of the rows of a list."""


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
    """A page, and the statement that it took; where it is empty, another one tells of the rest."""
    with sent_to(database) as sent:
        found = await SqlInvoiceStore(database).page(
            company_id, keep, order, request or PageRequest(25), WANTED
        )
    assert len(sent) == (1 if found.entries else 2)
    return found, sent[0]


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


FILTERS = {
    "project": SyncedInvoiceFilter(project_ids=[5103]),
    "vendor": SyncedInvoiceFilter(vendor_ids=[6105]),
    "commitment": SyncedInvoiceFilter(commitment_ids=[700_005]),
    "status": SyncedInvoiceFilter(statuses=[InvoiceStatus.APPROVED]),
}


@pytest.mark.parametrize("order", ORDERS, ids=named)
async def test_each_order_walks_an_index_of_its_own(
    database: Database, counts: Counts, order: SyncedInvoiceOrder
) -> None:
    middle = await position(database, order, MANY // 2)
    for company_id in (BIG, SMALL):
        for request in (PageRequest(25), PageRequest(25, after=middle)):
            _, statement = await one_page(database, EVERYTHING, order, request, company_id)
            used = (await counts.count(statement)).indexes
            assert f"synced_invoices_by_{order.field.value}" in used


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("company_id", [BIG, SMALL], ids=["big", "small"])
async def test_each_filter_walks_an_index_of_its_own(
    database: Database, counts: Counts, name: str, company_id: int
) -> None:
    _, statement = await one_page(database, FILTERS[name], company_id=company_id)

    visits = await counts.count(statement)

    assert f"synced_invoices_by_{name}" in visits.indexes
    assert visits.rows <= A_PAGE
    assert not of_invoices(visits.faults)


@pytest.mark.parametrize("word", NEEDLES)
async def test_a_rare_text_is_found_without_reading_the_company(
    database: Database, counts: Counts, on_postgresql: bool, word: str
) -> None:
    rare = SyncedInvoiceFilter(search=f"needle-{word}")
    in_project = replace(rare, project_ids=[5101 + NEEDLES[word] % 40])
    elsewhere = replace(rare, project_ids=[5101 + NEEDLES[word] % 40 + 1])
    here = {"rare": [NEEDLES[word]], "in_project": [NEEDLES[word]], "elsewhere": []}

    for keep, ids in zip((rare, in_project, elsewhere), here.values(), strict=True):
        found, statement = await one_page(database, keep)
        assert [entry.invoice.id for entry in found.entries] == ids
        visits = await counts.count(statement)
        assert visits.rows <= (10 if on_postgresql else LOOKED_UP)
        assert visits.entries <= 10
        assert not of_invoices(visits.faults)


@pytest.mark.parametrize("words", ["nothing-like-it", "concrete nothing-like-it", "needle old"])
async def test_what_there_is_not_is_looked_for_nowhere(
    database: Database, counts: Counts, on_postgresql: bool, words: str
) -> None:
    found, statement = await one_page(database, SyncedInvoiceFilter(search=words))

    visits = await counts.count(statement)

    assert not found.entries
    assert visits.rows <= (10 if on_postgresql else LOOKED_UP)


@pytest.mark.parametrize("order", ORDERS, ids=named)
@pytest.mark.parametrize("project_ids", [None, [5103]], ids=["alone", "in-a-project"])
async def test_a_common_text_is_met_on_the_way(
    database: Database,
    counts: Counts,
    order: SyncedInvoiceOrder,
    project_ids: Sequence[int] | None,
) -> None:
    common = SyncedInvoiceFilter(search="concrete", project_ids=project_ids)
    middle = await position(database, order, MANY // 2)
    requests = (
        PageRequest(25),
        PageRequest(25, backward=True),
        PageRequest(25, after=middle),
        PageRequest(25, before=middle, backward=True),
    )

    for request in requests:
        found, statement = await one_page(database, common, order, request)
        visits = await counts.count(statement)
        assert all(entry.invoice.id % 10 < 3 for entry in found.entries)
        assert len(found.entries) == 25
        # Some to know that it is common; then three or four for each that is found.
        assert visits.rows <= (MANY // 50 if project_ids and order != NEWEST_FIRST else 800)
        assert visits.entries <= MANY // 100
        assert not of_invoices(visits.faults)


async def test_what_is_far_away_is_looked_up_in_the_end(database: Database, counts: Counts) -> None:
    found, statement = await one_page(database, SyncedInvoiceFilter(search="old-"))

    visits = await counts.count(statement)

    assert [entry.invoice.id for entry in found.entries] == list(range(OLD, OLD - 25, -1))
    assert visits.rows <= 5000 + 2 * OLD


async def test_a_search_of_a_small_company_looks_at_nothing_of_the_big_one(
    database: Database, counts: Counts
) -> None:
    for words, many in (("concrete", 25), ("old-17", 11), ("needle", 0)):
        keep = SyncedInvoiceFilter(search=words)
        found, statement = await one_page(database, keep, company_id=SMALL)
        assert len(found.entries) == many
        visits = await counts.count(statement)
        assert visits.rows + visits.entries <= 350, words


async def test_a_word_too_short_for_the_index_is_met_on_the_way(
    database: Database, counts: Counts
) -> None:
    short = SyncedInvoiceFilter(search="17")

    for keep in (short, replace(short, search="vendor 17")):
        found, statement = await one_page(database, keep)
        assert len(found.entries) == 25
        assert (await counts.count(statement)).rows < 2000


async def test_one_invoice_and_a_count_of_few_read_no_more_than_these(
    database: Database, counts: Counts, on_postgresql: bool
) -> None:
    store = SqlInvoiceStore(database)

    with sent_to(database) as sent:
        assert list(await store.selected(BIG, [50_000], WANTED)) == [50_000]
        assert await store.count(BIG, SyncedInvoiceFilter(search="needle-second")) == 1

    for statement in sent:
        assert (await counts.count(statement)).rows <= (5 if on_postgresql else LOOKED_UP)


async def test_every_statement_is_planned_once(database: Database, on_postgresql: bool) -> None:
    for words in 4 * ["concrete", "needle-first"]:
        await one_page(database, SyncedInvoiceFilter(search=words))

    if on_postgresql:
        assert await plans(database) == [(8, 0)]


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
