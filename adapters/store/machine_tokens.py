"""Machine tokens as the database keeps them, with their machines' place in the directory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.machine_tokens import TokenText
from adapters.store.directory import COMPANIES, GRANTS, MEMBERSHIPS, PEOPLE, PROJECT_GRANTS
from adapters.store.engine import Database
from adapters.store.rows import PROJECTS, Values, table
from adapters.store.statements import inside
from adapters.store.tables import MachineTokenRow
from domain.machines import MachineToken, Scope, grants_for, name_in_directory

TOKENS = table(MachineTokenRow)
NOT_SEEN = ("person_id", "secret_sha256")


class UnknownToMachines(Exception):
    """A company or a project for which a token was asked is not known. The message says which."""


@dataclass(frozen=True, slots=True)
class SqlMachineTokens:
    """The machine tokens of companies, for those who look after them."""

    database: Database

    async def make(
        self,
        company_id: int,
        name: str,
        scopes: Collection[Scope],
        project_ids: Collection[int] = (),
        expires_at: datetime | None = None,
    ) -> TokenText:
        """Make a token, and enter its machine in the company's directory with what it may do.

        Raises UnknownToMachines, and keeps nothing, for a company or a project not known.
        """
        made = TokenText.new(company_id)
        async with self.database.writing() as connection:
            await _require_known(connection, company_id, project_ids)
            person = insert(PEOPLE).values(name=name_in_directory(name)).returning(PEOPLE.c.id)
            person_id: int = (await connection.execute(person)).scalar_one()
            row = {
                "company_id": company_id,
                "id": made.id,
                "person_id": person_id,
                "name": name,
                "scopes": " ".join(each.value for each in Scope if each in scopes),
                "secret_sha256": made.digest(),
                "created_at": datetime.now(UTC),
                "expires_at": expires_at,
            }
            await connection.execute(insert(TOKENS).values(row))
            await _enter(connection, company_id, person_id, scopes, project_ids)
        return made

    async def of(self, company_id: int) -> Sequence[MachineToken]:
        """The company's tokens, in the order in which they were made, revoked ones too."""
        wanted = select(TOKENS).where(inside(company_id, TOKENS))
        async with self.database.reading() as connection:
            found = await connection.execute(wanted.order_by(TOKENS.c.created_at, TOKENS.c.id))
        return [machine_token(dict(row)) for row in found.mappings()]

    async def revoke(self, company_id: int, id: str) -> MachineToken | None:
        """Let the token in no more, from now on; one revoked before stays as it is.

        None when the company has no such token.
        """
        this = and_(inside(company_id, TOKENS), TOKENS.c.id == id)
        end = update(TOKENS).where(this, TOKENS.c.revoked_at.is_(None))
        async with self.database.writing() as connection:
            await connection.execute(end.values(revoked_at=datetime.now(UTC)))
            found = (await connection.execute(select(TOKENS).where(this))).mappings().one_or_none()
        return None if found is None else machine_token(dict(found))


def machine_token(values: Values) -> MachineToken:
    """A row of the table as those see it who look after tokens."""
    seen = {name: value for name, value in values.items() if name not in NOT_SEEN}
    return MachineToken(**seen | {"scopes": frozenset(map(Scope, values["scopes"].split()))})


async def _require_known(
    connection: AsyncConnection, company_id: int, project_ids: Collection[int]
) -> None:
    company = select(COMPANIES.c.id).where(COMPANIES.c.id == company_id)
    if await connection.scalar(company) is None:
        raise UnknownToMachines(f"company {company_id} is not known")
    projects = select(PROJECTS.c.id).where(inside(company_id, PROJECTS))
    known = set((await connection.execute(projects)).scalars())
    if unknown := sorted(set(project_ids) - known):
        raise UnknownToMachines(f"company {company_id} has no project {unknown[0]}")


async def _enter(
    connection: AsyncConnection,
    company_id: int,
    person_id: int,
    scopes: Collection[Scope],
    project_ids: Collection[int],
) -> None:
    """Let a machine belong to the company if it may read, with the grants of its scopes."""
    who = {"company_id": company_id, "person_id": person_id}
    grants = grants_for(scopes, project_ids)
    if Scope.READ in scopes:
        await connection.execute(insert(MEMBERSHIPS).values(who))
    row = {
        "erp_integrations": grants.erp_integrations.value,
        "can_push_to_accounting": grants.can_push_to_accounting,
    }
    await connection.execute(insert(GRANTS).values(who | row))
    on_projects = [
        who | {"project_id": project, "commitments": level.value}
        for project, level in grants.commitments.items()
    ]
    if on_projects:
        await connection.execute(insert(PROJECT_GRANTS), on_projects)
