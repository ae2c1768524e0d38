"""Who a person is, which companies are theirs, and what they may do there."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal_column, select

from adapters.lately import Lately
from adapters.store.engine import Database
from adapters.store.prepared import Prepared
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
from domain.permissions import AccessLevel, Grants, Reader, Viewer

COMPANIES = table(CompanyRow)
PEOPLE = table(PersonRow)
IDENTITIES = table(IdentityRow)
MEMBERSHIPS = table(MembershipRow)
GRANTS = table(CompanyGrantRow)
PROJECT_GRANTS = table(ProjectGrantRow)


MOST_REMEMBERED, REMEMBERED_SECONDS = 4096, 60.0


class SqlCompanyDirectory:
    """`domain.ports.CompanyDirectory` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        dialect = database.engine.dialect
        self._told = Lately[Reader, Viewer](MOST_REMEMBERED, REMEMBERED_SECONDS)
        self._viewer = Prepared(_viewer(), dialect)
        self._grants = Prepared(_grants(), dialect)

    async def viewer(self, issuer: str, subject: str) -> Viewer | None:
        reader = Reader(issuer, subject)
        found = await self.database.rows(self._viewer, asdict(reader))
        if not found:
            self._told.forget(reader)
            return None
        companies = tuple(Company(*row[2:]) for row in found if row[2] is not None)
        viewer = Viewer(found[0][0], found[0][1], companies)
        self._told.keep(reader, viewer)
        return viewer

    def remembered(self, reader: Reader) -> Viewer | None:
        return self._told.find(reader)

    async def companies(self) -> Sequence[Company]:
        async with self.database.reading() as connection:
            found = (await connection.execute(select(COMPANIES).order_by(COMPANIES.c.id))).all()
        return [Company(*row) for row in found]

    async def grants(self, company_id: int, person_id: int) -> Grants:
        wanted = {"company_id": company_id, "person_id": person_id}
        found = await self.database.rows(self._grants, wanted)
        if not found:
            return Grants()
        erp_integrations, can_push_to_accounting, *_ = found[0]
        return Grants(
            erp_integrations=AccessLevel(erp_integrations),
            can_push_to_accounting=bool(can_push_to_accounting),
            commitments={
                project_id: AccessLevel(commitments)
                for *_, project_id, commitments in found
                if project_id is not None
            },
        )


def _viewer() -> Select[Any]:
    """The person whom an issuer calls so, once for each of their companies."""
    return (
        select(PEOPLE.c.id, PEOPLE.c.name, *COMPANIES.c)
        .join(IDENTITIES, IDENTITIES.c.person_id == PEOPLE.c.id)
        .outerjoin(MEMBERSHIPS, MEMBERSHIPS.c.person_id == PEOPLE.c.id)
        .outerjoin(COMPANIES, COMPANIES.c.id == MEMBERSHIPS.c.company_id)
        .where(is_the_reader())
        .order_by(COMPANIES.c.id)
    )


def is_of_the_company() -> ColumnElement[bool]:
    """Whether whom the parameters `issuer` and `subject` name is of the company `company_id`."""
    return (
        select(literal_column("1"))
        .select_from(IDENTITIES)
        .join(MEMBERSHIPS, MEMBERSHIPS.c.person_id == IDENTITIES.c.person_id)
        .where(is_the_reader(), MEMBERSHIPS.c.company_id == bindparam("company_id"))
        .exists()
    )


def is_the_reader() -> ColumnElement[bool]:
    """Whether an identity is the one that the parameters `issuer` and `subject` name."""
    return and_(
        IDENTITIES.c.issuer == bindparam("issuer"), IDENTITIES.c.subject == bindparam("subject")
    )


def _grants() -> Select[Any]:
    """What a person may do in a company, once for each project where they may do anything."""
    on_projects = and_(
        PROJECT_GRANTS.c.company_id == GRANTS.c.company_id,
        PROJECT_GRANTS.c.person_id == GRANTS.c.person_id,
    )
    return (
        select(
            GRANTS.c.erp_integrations,
            GRANTS.c.can_push_to_accounting,
            PROJECT_GRANTS.c.project_id,
            PROJECT_GRANTS.c.commitments,
        )
        .select_from(GRANTS.outerjoin(PROJECT_GRANTS, on_projects))
        .where(GRANTS.c.company_id == bindparam("company_id"))
        .where(GRANTS.c.person_id == bindparam("person_id"))
    )
