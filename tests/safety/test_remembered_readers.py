"""I5, of people whom the service remembers: what is not theirs any more, nobody shows them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from adapters.erps.demo import DemoBills
from adapters.store.directory import IDENTITIES, MEMBERSHIPS, PEOPLE
from adapters.store.engine import Database
from adapters.store.rows import ATTEMPTS
from adapters.tokens import DEMO_ISSUER
from schema.ids import node_id
from tests.safety.company import COMPANY, ready_to_unlink
from tests.service import Service, running_service

IDS = {
    "company": node_id("Company", COMPANY, COMPANY),
    "invoice": node_id("SubcontractorInvoice", COMPANY, 1),
}
ONE = "query($invoice: ID!) { subcontractorInvoice(id: $invoice) { number } }"
PAGE = "query($company: ID!) { syncedInvoices(companyId: $company) { nodes { number } } }"
COUNTED = "query($company: ID!) { syncedInvoices(companyId: $company) { totalCount } }"
NAMED = "query($company: ID!) { company(id: $company) { name } }"
ALL = (ONE, PAGE, COUNTED, NAMED)
UNLINK = """mutation($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) { __typename ... on Success { message } } }"""
ADA = (IDENTITIES.c.issuer == DEMO_ISSUER, IDENTITIES.c.subject == "ada")


@pytest.fixture
async def service(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """Where ada has asked for everything a few times, and may unlink the invoice."""
    await ready_to_unlink(database, DemoBills.of(tmp_path), [1, 2])
    async with running_service(database_url, tmp_path) as started:
        for _ in range(3):
            for query in ALL:
                assert any((await asked(started, query)).values())
        yield started


async def asked(service: Service, query: str) -> Any:
    return await service.data(query, {name: id for name, id in IDS.items() if f"${name}" in query})


async def done(database: Database, *statements: Any) -> None:
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(statement)


async def ada_id(database: Database) -> int:
    async with database.reading() as connection:
        id = await connection.execute(select(IDENTITIES.c.person_id).where(*ADA))
        return int(id.scalar_one())


@pytest.mark.parametrize("query", [*ALL, UNLINK])
async def test_who_has_left_the_company_is_shown_nothing_of_it_from_that_moment_on(
    service: Service, database: Database, query: str
) -> None:
    id = await ada_id(database)

    await done(database, delete(MEMBERSHIPS).where(MEMBERSHIPS.c.person_id == id))

    (answer,) = (await asked(service, query)).values()
    assert answer in (None, {"__typename": "InvoiceNotFound"})


@pytest.mark.parametrize("query", [*ALL, UNLINK])
async def test_whom_the_directory_does_not_know_any_more_is_not_let_in(
    service: Service, database: Database, query: str
) -> None:
    await done(database, delete(IDENTITIES).where(*ADA))

    answer = await service.post(query, IDS)

    assert answer.status_code == 401
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer.json()


@pytest.mark.parametrize("query", [ONE, PAGE, UNLINK])
async def test_who_is_another_person_now_is_shown_what_that_person_is(
    service: Service, database: Database, query: str
) -> None:
    """An issuer may give a name that is free again to somebody else."""
    stranger = {"id": 990_001, "name": "Somebody else"}
    theirs = update(IDENTITIES).where(*ADA).values(person_id=stranger["id"])
    await done(database, insert(PEOPLE).values(stranger), theirs)

    (answer,) = (await asked(service, query)).values()

    assert answer in (None, {"__typename": "InvoiceNotFound"})


async def test_who_has_joined_a_company_is_shown_it_from_that_moment_on(
    service: Service, database: Database
) -> None:
    id = await ada_id(database)
    left = delete(MEMBERSHIPS).where(MEMBERSHIPS.c.person_id == id)
    joined = insert(MEMBERSHIPS).values(person_id=id, company_id=COMPANY)
    await done(database, left)
    assert await asked(service, ONE) == {"subcontractorInvoice": None}

    await done(database, joined)

    assert await asked(service, ONE) == {"subcontractorInvoice": {"number": 1}}


async def test_the_audit_names_a_person_as_they_are_called_when_they_unlink(
    service: Service, database: Database
) -> None:
    id = await ada_id(database)
    for _ in range(2):
        other = {"invoice": node_id("SubcontractorInvoice", COMPANY, 2)}
        await service.data(UNLINK, other)
    await done(database, update(PEOPLE).where(PEOPLE.c.id == id).values(name="Ada Married"))

    assert (await asked(service, UNLINK))["unlinkInvoice"]["__typename"] == "Success"

    async with database.reading() as connection:
        mine = (ATTEMPTS.c.company_id == COMPANY, ATTEMPTS.c.invoice_id == 1)
        names = await connection.execute(select(ATTEMPTS.c.person_name).where(*mine))
        assert list(names.scalars()) == ["Ada Married"]
