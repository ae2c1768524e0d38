"""Putting the demo data in place at a start, without touching what is there already."""

import asyncio

from sqlalchemy import select

from adapters.demo.bills import bills_of
from adapters.demo.companies import COMPANIES, DemoCompany
from adapters.demo.directory import directory_of
from adapters.demo.requisitions import requisitions_of
from adapters.erps.demo import DemoBills
from adapters.imports import Row, import_directory, import_requisitions
from adapters.store.engine import Database
from adapters.store.rows import INVOICES, table
from adapters.store.tables import CompanyRow

COMPANY_TABLE = table(CompanyRow)


async def seed(database: Database, bills: DemoBills) -> None:
    """Bring in what lacks of the demo companies and of their bills.

    What is there stays as it is, unlinked invoices and deleted bills too, so that every start
    may call this, and several processes may at once. A start that was cut short is made good
    by the next one. The database must be migrated. Raises DemoErpError.
    """
    ledger = [bill for company in COMPANIES for bill in bills_of(company)]
    # The bills first: a link must never be seen without its record.
    await asyncio.to_thread(bills.add, ledger)
    for company in COMPANIES:
        await _seed(database, company)


async def _seed(database: Database, company: DemoCompany) -> None:
    name = await _name(database, company.id)
    if name is None:
        await import_directory(database, directory_of(company))
    elif name != company.name:
        return  # A real company, which happens to have this id.
    known = await _invoice_ids(database, company.id)
    missing = [each for each in requisitions_of(company) if each["id"] not in known]
    if missing:
        rows = [Row(line, each) for line, each in enumerate(missing, start=1)]
        await import_requisitions(database, rows, company.id, company.integration.id)


async def _name(database: Database, company_id: int) -> str | None:
    query = select(COMPANY_TABLE.c.name).where(COMPANY_TABLE.c.id == company_id)
    async with database.reading() as connection:
        name: str | None = await connection.scalar(query)
    return name


async def _invoice_ids(database: Database, company_id: int) -> frozenset[int]:
    query = select(INVOICES.c.id).where(INVOICES.c.company_id == company_id)
    async with database.reading() as connection:
        return frozenset((await connection.execute(query)).scalars())
