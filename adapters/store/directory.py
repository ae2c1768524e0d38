"""Who a person is, which companies are theirs, and what they may do there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from adapters.store.engine import Database
from adapters.store.rows import table
from adapters.store.tables import (
    CompanyGrantRow,
    CompanyRow,
    IdentityRow,
    MembershipRow,
    PersonRow,
    ProjectGrantRow,
)
from domain.invoices import Company
from domain.permissions import AccessLevel, Grants, Viewer

COMPANIES = table(CompanyRow)
PEOPLE = table(PersonRow)
IDENTITIES = table(IdentityRow)
MEMBERSHIPS = table(MembershipRow)
GRANTS = table(CompanyGrantRow)
PROJECT_GRANTS = table(ProjectGrantRow)


@dataclass(frozen=True, slots=True)
class SqlCompanyDirectory:
    """`domain.ports.CompanyDirectory` over SQLite and PostgreSQL."""

    database: Database

    async def viewer(self, issuer: str, subject: str) -> Viewer | None:
        wanted = (
            select(PEOPLE.c.id, PEOPLE.c.name, *COMPANIES.c)
            .join(IDENTITIES, IDENTITIES.c.person_id == PEOPLE.c.id)
            .outerjoin(MEMBERSHIPS, MEMBERSHIPS.c.person_id == PEOPLE.c.id)
            .outerjoin(COMPANIES, COMPANIES.c.id == MEMBERSHIPS.c.company_id)
            .where(IDENTITIES.c.issuer == issuer, IDENTITIES.c.subject == subject)
            .order_by(COMPANIES.c.id)
        )
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        if not found:
            return None
        companies = tuple(Company(*row[2:]) for row in found if row[2] is not None)
        return Viewer(found[0][0], found[0][1], companies)

    async def companies(self) -> Sequence[Company]:
        async with self.database.reading() as connection:
            found = (await connection.execute(select(COMPANIES).order_by(COMPANIES.c.id))).all()
        return [Company(*row) for row in found]

    async def grants(self, company_id: int, person_id: int) -> Grants:
        on_projects = and_(
            PROJECT_GRANTS.c.company_id == GRANTS.c.company_id,
            PROJECT_GRANTS.c.person_id == GRANTS.c.person_id,
        )
        wanted = (
            select(
                GRANTS.c.erp_integrations,
                GRANTS.c.can_push_to_accounting,
                PROJECT_GRANTS.c.project_id,
                PROJECT_GRANTS.c.commitments,
            )
            .select_from(GRANTS.outerjoin(PROJECT_GRANTS, on_projects))
            .where(GRANTS.c.company_id == company_id, GRANTS.c.person_id == person_id)
        )
        async with self.database.reading() as connection:
            found = (await connection.execute(wanted)).all()
        if not found:
            return Grants()
        return Grants(
            erp_integrations=AccessLevel(found[0].erp_integrations),
            can_push_to_accounting=found[0].can_push_to_accounting,
            commitments={
                row.project_id: AccessLevel(row.commitments)
                for row in found
                if row.project_id is not None
            },
        )
