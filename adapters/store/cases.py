"""What an attempt to unlink is judged by: the link as it is now, and what the person may do."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Select, and_, bindparam, or_, select

from adapters.store import rows
from adapters.store.directory import (
    GRANTS,
    IDENTITIES,
    MEMBERSHIPS,
    PEOPLE,
    PROJECT_GRANTS,
    is_the_reader,
)
from adapters.store.engine import Database
from adapters.store.machine_tokens import TOKENS
from adapters.store.prepared import Prepared, Row
from adapters.store.rows import INTEGRATIONS, INVOICES, LINKS, PROJECTS
from adapters.store.selecting import Selecting
from adapters.store.tables import InvoiceRow
from domain.permissions import AccessLevel, Grants, Reader
from domain.rows import Selection
from domain.unlinking import UnlinkCase

JOINED = Selection.of("project", "link.integration")
READ = (PROJECTS, LINKS, INTEGRATIONS)
GRANTED: tuple[Column[Any], ...] = (
    GRANTS.c.erp_integrations,
    GRANTS.c.can_push_to_accounting,
    PROJECT_GRANTS.c.commitments,
)


class Cases:
    """Reads a case in one statement, so that all of it was so at one moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        selecting = Selecting(InvoiceRow, database.engine.dialect)
        selecting.layout(JOINED)
        self._places = [selecting.place(column) for table in READ for column in table.c]
        self._granted = [selecting.place(column) for column in GRANTED]
        self._person = [selecting.place(column) for column in (PEOPLE.c.id, PEOPLE.c.name)]
        of_a_member = _of_a_member(selecting.statement())
        by_id = PEOPLE.c.id == bindparam("person_id", type_=BigInteger)
        named = (
            PEOPLE.c.id == select(IDENTITIES.c.person_id).where(is_the_reader()).scalar_subquery()
        )
        self._by_id = Prepared(of_a_member.where(by_id), database.engine.dialect)
        let_in = of_a_member.where(by_id, _would_be_let_in())
        self._by_id_later = Prepared(let_in, database.engine.dialect)
        self._by_name = Prepared(of_a_member.where(named), database.engine.dialect)

    async def read(self, company_id: int, invoice_id: int, by: int | Reader) -> UnlinkCase | None:
        values: dict[str, Any] = {"company_id": company_id, "invoice_id": invoice_id}
        if isinstance(by, Reader):
            values |= {"issuer": by.issuer, "subject": by.subject}
            found = await self._database.rows(self._by_name, values)
        else:
            found = await self._database.rows(self._by_id, values | {"person_id": by})
        return self._case(found[0]) if found else None

    async def read_later(
        self, company_id: int, invoice_id: int, person_id: int
    ) -> UnlinkCase | None:
        values = {"company_id": company_id, "invoice_id": invoice_id, "person_id": person_id}
        now = {"now": datetime.now(UTC)}
        found = await self._database.rows(self._by_id_later, values | now)
        return self._case(found[0]) if found else None

    def _case(self, row: Row) -> UnlinkCase:
        values = [place.of(row) for place in self._places]
        its_project, its_link, its_integration = rows.split(values, READ)
        project = rows.project(its_project)
        link = rows.link(its_link, its_integration) if its_link["id"] else None
        person_id, name = (place.of(row) for place in self._person)
        return UnlinkCase(person_id, name, project, link, self._grants(row, project.id))

    def _grants(self, row: Row, project_id: int) -> Grants:
        erp_integrations, can_push_to_accounting, commitments = (
            place.of(row) for place in self._granted
        )
        return Grants(
            AccessLevel(erp_integrations or 0),
            bool(can_push_to_accounting),
            {project_id: AccessLevel(commitments or 0)},
        )


def _would_be_let_in() -> ColumnElement[bool]:
    """Not a machine whose token lets it in no more (`domain.machines.MachineToken.is_good`)."""
    now = bindparam("now", type_=TOKENS.c.expires_at.type)
    is_over = or_(TOKENS.c.revoked_at.is_not(None), TOKENS.c.expires_at <= now)
    company = bindparam("company_id", type_=BigInteger)
    of_the_person = and_(TOKENS.c.company_id == company, TOKENS.c.person_id == PEOPLE.c.id)
    return ~select(TOKENS.c.id).where(of_the_person, is_over).correlate(PEOPLE).exists()


def _of_a_member(invoices: Select[Any]) -> Select[Any]:
    """The one invoice, for a person who is of the company, with their grants on its project."""
    granted = and_(
        GRANTS.c.company_id == INVOICES.c.company_id,
        GRANTS.c.person_id == MEMBERSHIPS.c.person_id,
    )
    on_the_project = and_(
        PROJECT_GRANTS.c.company_id == INVOICES.c.company_id,
        PROJECT_GRANTS.c.person_id == MEMBERSHIPS.c.person_id,
        PROJECT_GRANTS.c.project_id == INVOICES.c.project_id,
    )
    return (
        invoices.join_from(INVOICES, MEMBERSHIPS, MEMBERSHIPS.c.company_id == INVOICES.c.company_id)
        .join(PEOPLE, PEOPLE.c.id == MEMBERSHIPS.c.person_id)
        .outerjoin(GRANTS, granted)
        .outerjoin(PROJECT_GRANTS, on_the_project)
        .where(INVOICES.c.id == bindparam("invoice_id"))
    )
