"""Who belongs to a company, and what they may do there: what a directory does not say, ends."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.directory import PersonFields
from adapters.imports.statements import add_missing, chunks, put
from adapters.store.rows import table
from adapters.store.statements import inside
from adapters.store.tables import (
    CompanyGrantRow,
    MachineTokenRow,
    MembershipRow,
    ProjectGrantRow,
)
from domain.permissions import AccessLevel

MEMBERSHIPS = table(MembershipRow)
COMPANY_GRANTS = table(CompanyGrantRow)
PROJECT_GRANTS = table(ProjectGrantRow)
MACHINE_TOKENS = table(MachineTokenRow)

People = Mapping[int, PersonFields]
"""What the directory says of each person, by id."""


async def write_members(connection: AsyncConnection, company_id: int, people: People) -> None:
    """Let these people, and no others, belong to the company, with these grants.

    Its machines stay as they are: what they may do ends with their tokens.
    """
    query = select(MEMBERSHIPS.c.person_id).where(
        inside(company_id, MEMBERSHIPS), _is_no_machine(company_id, MEMBERSHIPS)
    )
    members = set((await connection.execute(query)).scalars())
    for gone in chunks(members - people.keys()):
        for each in (PROJECT_GRANTS, COMPANY_GRANTS, MEMBERSHIPS):
            await _delete_people(connection, company_id, each, gone)
    await add_missing(
        connection, MEMBERSHIPS, [{"company_id": company_id, "person_id": id} for id in people]
    )
    await put(
        connection,
        COMPANY_GRANTS,
        [
            {
                "company_id": company_id,
                "person_id": id,
                "erp_integrations": person.erp_integrations.value,
                "can_push_to_accounting": person.can_push_to_accounting,
            }
            for id, person in people.items()
        ],
    )
    await _write_project_grants(connection, company_id, people)


def _is_no_machine(company_id: int, people: Table) -> ColumnElement[bool]:
    machines = select(MACHINE_TOKENS.c.person_id).where(inside(company_id, MACHINE_TOKENS))
    return people.c.person_id.not_in(machines)


async def _delete_people(
    connection: AsyncConnection, company_id: int, table: Table, ids: list[int]
) -> None:
    await connection.execute(
        delete(table).where(inside(company_id, table), table.c.person_id.in_(ids))
    )


async def _write_project_grants(
    connection: AsyncConnection, company_id: int, people: People
) -> None:
    key = (PROJECT_GRANTS.c.person_id, PROJECT_GRANTS.c.project_id)
    query = select(*key, PROJECT_GRANTS.c.commitments).where(
        inside(company_id, PROJECT_GRANTS), _is_no_machine(company_id, PROJECT_GRANTS)
    )
    before = {
        (person, project): level for person, project, level in await connection.execute(query)
    }
    after = {
        (person, project): level.value
        for person, fields in people.items()
        for project, level in fields.commitments.items()
        if level is not AccessLevel.NONE
    }
    for gone in chunks(before.keys() - after.keys()):
        await connection.execute(
            delete(PROJECT_GRANTS).where(inside(company_id, PROJECT_GRANTS), tuple_(*key).in_(gone))
        )
    new = [
        {"company_id": company_id, "person_id": person, "project_id": project, "commitments": level}
        for (person, project), level in after.items()
        if before.get((person, project)) != level
    ]
    await put(connection, PROJECT_GRANTS, new)
