"""A company's directory: the whole truth about its members and grants, and nobody else's."""

import asyncio

import pytest
from sqlalchemy import select, update

from adapters.imports import ImportRefused, Problem, import_directory
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from adapters.store.rows import INTEGRATIONS, table
from adapters.store.tables import (
    CompanyGrantRow,
    IdentityRow,
    IntegrationRow,
    MembershipRow,
    PersonRow,
    ProjectGrantRow,
    ProjectRow,
)
from domain.invoices import Company
from domain.permissions import AccessLevel, Grants, Viewer
from tests.adapters.imports.builders import (
    COMPANY,
    a_directory,
    a_person,
    a_requisition,
    an_integration,
)
from tests.adapters.imports.stored import all_of, bring_in, only

ISSUER = "https://id.example"
OTHER = {"id": 77, "name": "Other", "currency": "EUR"}


async def viewer(database: Database, subject: str = "ada", issuer: str = ISSUER) -> Viewer | None:
    return await SqlCompanyDirectory(database).viewer(issuer, subject)


async def grants(database: Database, subject: str = "ada", company_id: int = COMPANY) -> Grants:
    person = await viewer(database, subject)
    assert person is not None
    return await SqlCompanyDirectory(database).grants(company_id, person.id)


async def refused(database: Database, document: object) -> tuple[Problem, ...]:
    with pytest.raises(ImportRefused) as refusal:
        await import_directory(database, document)
    return refusal.value.problems


def an_identity(subject: str, issuer: str = ISSUER) -> dict[str, str]:
    return {"issuer": issuer, "subject": subject}


async def test_a_directory_brings_a_company_its_people_and_their_grants(
    database: Database,
) -> None:
    assert await import_directory(database, a_directory()) == COMPANY

    person = await viewer(database)
    assert person is not None
    assert person.name == "Ada"
    assert person.companies == (Company(COMPANY, "Hinterland Builders", "CAD"),)
    assert await grants(database) == Grants(AccessLevel.STANDARD, True, {500: AccessLevel.ADMIN})


async def test_a_directory_brings_integrations_and_projects(database: Database) -> None:
    integration = an_integration(notes="Ask Sam", documentationUrl="https://erp.example")
    await import_directory(database, a_directory(erpIntegrations=[integration]))

    found, project = await only(database, IntegrationRow), await only(database, ProjectRow)
    assert (found["id"], found["erp"], found["name"]) == (7, "sage_300", "Sage 300")
    assert (found["own_unlink_supported"], found["own_deletion_required"]) == (True, True)
    assert (found["own_void_counts_as_gone"], found["own_reversal_counts_as_gone"]) == (False,) * 2
    assert (found["notes"], found["own_documentation_url"]) == ("Ask Sam", "https://erp.example")
    assert (project["id"], project["name"], project["number"]) == (500, "Tower by the sea", None)


async def test_what_a_directory_leaves_out_of_the_rules_is_not_the_companys_word(
    database: Database,
) -> None:
    rules = ["unlinkSupported", "deletionRequired", "voidCountsAsGone", "reversalCountsAsGone"]
    silent = {k: v for k, v in an_integration().items() if k not in rules}
    for integration in (silent, an_integration(), silent | dict.fromkeys(rules)):
        await import_directory(database, a_directory(erpIntegrations=[integration]))
        found = await only(database, IntegrationRow)

        said = integration is not silent and integration.get("unlinkSupported") is not None
        assert found["own_unlink_supported"] == (True if said else None)
        assert found["own_void_counts_as_gone"] == (False if said else None)
        assert found["own_syncs_subcontractor_invoices"] is None


async def test_a_second_import_changes_nothing(database: Database) -> None:
    await import_directory(database, a_directory())
    before = await viewer(database)

    await import_directory(database, a_directory())

    assert await viewer(database) == before
    assert await grants(database) == Grants(AccessLevel.STANDARD, True, {500: AccessLevel.ADMIN})


async def test_a_person_who_is_left_out_loses_membership_and_grants(database: Database) -> None:
    await import_directory(database, a_directory(people=[a_person("ada"), a_person("bob")]))

    await import_directory(database, a_directory(people=[a_person("ada")]))

    gone, stays = await viewer(database, "bob"), await viewer(database, "ada")
    assert gone is not None
    assert gone.companies == ()
    assert await grants(database, "bob") == Grants()
    assert stays is not None
    assert len(stays.companies) == 1
    for model in (MembershipRow, CompanyGrantRow, ProjectGrantRow):
        assert len(await all_of(database, model)) == 1


async def test_a_grant_that_is_left_out_ends(database: Database) -> None:
    await import_directory(database, a_directory())

    less = a_person(erpIntegrations="none", canPushToAccounting=False, commitments={})
    await import_directory(database, a_directory(people=[less]))

    assert await grants(database) == Grants()


@pytest.mark.parametrize("level", list(AccessLevel))
async def test_grants_follow_the_directory_up_and_down(
    database: Database, level: AccessLevel
) -> None:
    await import_directory(database, a_directory())
    name = level.name.lower()

    person = a_person(erpIntegrations=name, commitments={"500": name})
    await import_directory(database, a_directory(people=[person]))

    found = await grants(database)
    assert (found.erp_integrations, found.on_commitments_of(500)) == (level, level)


async def test_other_companies_of_a_person_are_left_alone(database: Database) -> None:
    theirs = a_person(erpIntegrations="admin")
    await import_directory(database, a_directory(company=OTHER, people=[theirs]))
    await import_directory(database, a_directory())

    await import_directory(database, a_directory(people=[]))

    person = await viewer(database)
    assert person is not None
    assert [company.id for company in person.companies] == [77]
    assert (await grants(database, company_id=77)).erp_integrations is AccessLevel.ADMIN


async def test_a_person_known_by_any_identity_keeps_their_id(database: Database) -> None:
    await import_directory(database, a_directory())
    before = await viewer(database)

    moved = a_person(
        name="Ada L.", identities=[an_identity("a.l", "https://new.example"), an_identity("ada")]
    )
    await import_directory(database, a_directory(people=[a_person("bob"), moved]))

    after = await viewer(database, "a.l", "https://new.example")
    assert before is not None
    assert after is not None
    assert (after.id, after.name) == (before.id, "Ada L.")
    assert await viewer(database, "ada") == after
    assert (await viewer(database, "bob")) != after


async def test_identities_of_two_people_are_not_given_to_one(database: Database) -> None:
    await import_directory(database, a_directory(people=[a_person("ada"), a_person("bob")]))

    both = a_person(identities=[an_identity("ada"), an_identity("bob")])
    problems = await refused(database, a_directory(people=[both]))

    reason = "these are known as different people"
    assert problems == (Problem(0, "people[0].identities", reason),)
    assert len(await all_of(database, MembershipRow)) == 2


async def test_one_person_is_not_in_a_directory_twice(database: Database) -> None:
    two_names = a_person(identities=[an_identity("ada"), an_identity("lovelace")])
    await import_directory(database, a_directory(people=[two_names]))

    problems = await refused(database, a_directory(people=[a_person("ada"), a_person("lovelace")]))

    assert problems == (Problem(0, "people[1].identities", "this is known as people[0]"),)


async def test_integrations_and_projects_that_are_left_out_stay(database: Database) -> None:
    await import_directory(database, a_directory())

    await import_directory(database, a_directory(erpIntegrations=[], projects=[]))

    assert (await only(database, IntegrationRow))["id"] == 7
    assert (await only(database, ProjectRow))["id"] == 500
    assert (await grants(database)).on_commitments_of(500) is AccessLevel.ADMIN


async def test_an_integration_that_changes_keeps_its_canary(database: Database) -> None:
    await import_directory(database, a_directory())
    its_own = INTEGRATIONS.c.company_id == COMPANY
    canary = {"canary_record_id": "C1", "canary_fingerprint": "f"}
    async with database.writing() as connection:
        await connection.execute(update(INTEGRATIONS).where(its_own).values(**canary))

    changed = an_integration(name="Sage 300 CRE", voidCountsAsGone=True)
    await import_directory(database, a_directory(erpIntegrations=[changed]))

    found = await only(database, IntegrationRow)
    assert (found["name"], found["own_void_counts_as_gone"]) == ("Sage 300 CRE", True)
    assert (found["canary_record_id"], found["canary_fingerprint"]) == ("C1", "f")


async def test_a_company_and_its_projects_are_renamed(database: Database) -> None:
    await import_directory(database, a_directory())
    await bring_in(database, a_requisition())

    await import_directory(
        database,
        a_directory(
            company={"id": COMPANY, "name": "Hinterland", "currency": "USD"},
            projects=[{"id": 500, "name": "Tower"}],
        ),
    )

    person = await viewer(database)
    assert person is not None
    assert person.companies == (Company(COMPANY, "Hinterland", "USD"),)
    project = await only(database, ProjectRow)
    assert (project["name"], project["number"]) == ("Tower", "HT-1")


async def test_a_grant_on_a_project_that_is_not_known_is_refused(database: Database) -> None:
    person = a_person(commitments={"500": "admin", "501": "admin"})

    problems = await refused(database, a_directory(people=[person]))

    field = "people[0].commitments.501"
    assert problems == (Problem(0, field, "is not a project of this company"),)
    assert await all_of(database, ProjectRow) == []


async def test_two_directories_at_once_know_a_new_person_as_one(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(4)]
    people = [a_person(subject) for subject in ("ada", "bob", "cyd")]
    directories = [
        a_directory(company=OTHER | {"id": id}, people=people if id % 2 else people[::-1])
        for id in range(1, 5)
    ]

    await asyncio.gather(*map(import_directory, databases, directories))

    async with databases[0].reading() as connection:
        persons = await connection.execute(select(table(PersonRow)))
        identities = await connection.execute(select(table(IdentityRow)))
        assert (len(persons.all()), len(identities.all())) == (3, 3)
    for database in databases:
        await database.engine.dispose()
