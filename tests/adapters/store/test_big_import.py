"""The import of 100,000 requisitions: all of them, and without holding them in memory."""

from adapters.store.engine import open_database
from adapters.store.invoices import SqlInvoiceStore
from domain.pages import SyncedInvoiceFilter
from tests.adapters.store.big_company import BIG, MANY, SMALL, Imported


async def test_brings_in_all_of_them(big: Imported) -> None:
    database = open_database(big.url)
    store = SqlInvoiceStore(database)

    counted = [await store.count(company_id, SyncedInvoiceFilter()) for company_id in (BIG, SMALL)]

    assert counted == [MANY, 200]
    assert f"{MANY} created" in big.said
    assert f"{MANY} linked" in big.said
    await database.engine.dispose()


def test_holds_little_of_the_file_in_memory(big: Imported) -> None:
    print(f"{MANY} requisitions: {big.seconds:.1f} s, at most {big.megabytes:.0f} MB")

    assert big.megabytes < 300
