"""What is found by the index of texts is what is there, whoever wrote it and whenever."""

import pytest
from sqlalchemy import text

from adapters.store.engine import Database, open_database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.migrate import ExtensionMissing, migrate
from domain.pages import PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.rows import Selection
from tests.safety.company import COMPANY, a_requisition, bring_in, found_company
from tests.servers.postgresql import Postgresql

OTHER = COMPANY + 1
VENDORS = ("Kestrel Paving", "12 kestrels", "a%bcd", "axbcd", "a_b_c", "axbxc", 'a "quo"te', "it's")
SEARCHES = ("inv-1", "INV-2 kestrel", "rel pav", "12 kes", "a%bc", "a_b_c", "a_b", '"quo"', "it's")


async def found(database: Database, search: str, company_id: int = COMPANY) -> list[int]:
    """The ids of all that a search finds; as many must be counted."""
    store, keep = SqlInvoiceStore(database), SyncedInvoiceFilter(search=search)
    wanted, order = Selection.of("number"), SyncedInvoiceOrder()
    page = await store.page(company_id, keep, order, PageRequest(100), wanted)
    assert await store.count(company_id, keep) == len(page.entries)
    return sorted(entry.invoice.id for entry in page.entries)


async def write(database: Database, statement: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text(statement), {"company": COMPANY})


async def test_a_search_finds_what_has_its_words_and_nothing_else(database: Database) -> None:
    texts = {id: f"{id}\ninv-{id}\n{name.casefold()}" for id, name in enumerate(VENDORS, 1)}
    named = [
        a_requisition(id, vendor_id=id, vendor_name=name) for id, name in enumerate(VENDORS, 1)
    ]
    for company_id in (COMPANY, OTHER):
        await found_company(database, [], company_id)
        await bring_in(database, named, company_id)

    for search in SEARCHES:
        words = search.casefold().split()
        expected = [id for id, each in texts.items() if all(word in each for word in words)]
        assert await found(database, search) == expected, search
        assert await found(database, search, OTHER) == expected, search


async def test_whoever_writes_a_text_it_is_found(database: Database) -> None:
    await found_company(database, range(1, 4))
    second = "company_id = :company AND id = 2"
    change = "UPDATE subcontractor_invoices SET search_text = 'by hand' WHERE"

    await write(database, f"{change} {second}")
    assert await found(database, "hand") == [2]
    assert await found(database, "inv-") == [1, 3]

    await write(database, "DELETE FROM invoice_line_items WHERE company_id = :company")
    await write(database, "DELETE FROM erp_line_links WHERE company_id = :company")
    await write(database, "DELETE FROM erp_links WHERE company_id = :company AND invoice_id = 2")
    await write(database, f"DELETE FROM subcontractor_invoices WHERE {second}")
    assert await found(database, "hand") == []

    await bring_in(database, [a_requisition(2), a_requisition(4)])
    assert await found(database, "inv-") == [1, 2, 3, 4]


async def test_what_was_there_before_the_index_is_found(kind: str, empty: Database) -> None:
    await migrate(empty)
    for company_id in (OTHER, COMPANY):
        await found_company(empty, range(1, 30), company_id)
    await migrate(empty, "0004")

    await migrate(empty)
    await bring_in(empty, [a_requisition(40)])

    assert await found(empty, "inv-2") == [2, *range(20, 30)]
    assert await found(empty, "inv-40") == [40]
    assert await found(empty, "inv-40", OTHER) == []
    await migrate(empty, "base")
    await migrate(empty)


async def test_a_vacuum_moves_nothing(database: Database, kind: str) -> None:
    await found_company(database, range(1, 30))
    await write(database, "DELETE FROM invoice_changes WHERE company_id = :company")

    async with database.reading() as connection:
        await connection.execute(text("VACUUM"))

    assert await found(database, "inv-17") == [17]


async def test_an_extension_that_may_not_be_made_is_asked_for_in_plain_words(
    postgresql: Postgresql,
) -> None:
    url = postgresql.new_database()
    name = url.rpartition("/")[2]
    postgresql.sql("CREATE ROLE bookkeeper LOGIN PASSWORD 'secret'")
    postgresql.sql("GRANT CREATE ON SCHEMA public TO bookkeeper", name)
    database = open_database(url.replace(postgresql.address.partition("@")[0], "bookkeeper:secret"))

    with pytest.raises(ExtensionMissing, match=r"pg_trgm \(permission denied .*contrib"):
        await migrate(database)

    for extension in ("pg_trgm", "btree_gin"):
        postgresql.sql(f"CREATE EXTENSION {extension}", name)
    await migrate(database)
    await found_company(database, [1])
    assert await found(database, "inv-1") == [1]
    await database.engine.dispose()
