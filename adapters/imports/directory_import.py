"""Importing a company's directory, in one transaction."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.companies import COMPANIES
from adapters.imports.directory import Directory, ProjectFields, read_directory
from adapters.imports.grants import write_members
from adapters.imports.people import one_at_a_time, person_ids
from adapters.imports.problems import Problem, refusal
from adapters.imports.statements import Values, put
from adapters.store.engine import Database
from adapters.store.rows import INTEGRATIONS, PROJECTS
from adapters.store.statements import inside


async def import_directory(database: Database, document: object) -> int:
    """Bring in a parsed directory; answers the id of its company.

    Integrations and projects are added or changed, never removed. Memberships and grants are
    what the directory says, and nothing else; other companies' are left alone.
    Raises ImportRefused, with all that is wrong, when nothing was kept.
    """
    directory = read_directory(document)
    company_id = directory.company.id
    async with database.writing() as connection:
        await one_at_a_time(connection)
        await put(connection, COMPANIES, [directory.company.model_dump()])
        integrations = [{"company_id": company_id} | i.row() for i in directory.erp_integrations]
        await put(connection, INTEGRATIONS, integrations)
        await _write_projects(connection, company_id, directory.projects)
        await _refuse_unknown_projects(connection, directory)
        ids = await person_ids(connection, directory.people)
        people = dict(zip(ids, directory.people, strict=True))
        await write_members(connection, company_id, people)
    return company_id


async def _write_projects(
    connection: AsyncConnection, company_id: int, projects: tuple[ProjectFields, ...]
) -> None:
    """A project keeps the number that it has if the directory does not give it one."""
    rows: list[Values] = [{"company_id": company_id} | each.model_dump() for each in projects]
    await put(connection, PROJECTS, [row for row in rows if row["number"] is not None])
    await put(connection, PROJECTS, [row for row in rows if row["number"] is None], keep=["number"])


async def _refuse_unknown_projects(connection: AsyncConnection, directory: Directory) -> None:
    query = select(PROJECTS.c.id).where(inside(directory.company.id, PROJECTS))
    known = set((await connection.execute(query)).scalars())
    problems = [
        Problem(0, f"people[{place}].commitments.{project}", "is not a project of this company")
        for place, person in enumerate(directory.people)
        for project in person.commitments
        if project not in known
    ]
    if problems:
        raise refusal(problems)
