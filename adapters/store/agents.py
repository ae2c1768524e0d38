"""The visits of agents: what each was handed to ask, in the database that all processes share.

Every change is a compare-and-set of one statement, on the very ticket and the very question.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.store.engine import Database
from adapters.store.rows import INTEGRATIONS, LINKS, table
from adapters.store.statements import inside
from adapters.store.tables import AgentSessionRow
from domain.agents import AgentSession, AgentVisit, Question
from domain.erps import ErpIntegration, RecordId

SESSIONS = table(AgentSessionRow)
CANARY = ""
"""What stands among the asked records for the choice of a canary."""
NO_QUESTION: dict[str, Any] = {"question_id": None, "question_at": None, "question": []}


class SqlAgentSessions:
    """`domain.ports.AgentSessions` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def open(
        self, integration: ErpIntegration, ticket: str, now: datetime, until: datetime
    ) -> None:
        await self._come(integration, now, {"ticket_sha256": _digest(ticket), "expires_at": until})

    async def called(self, integration: ErpIntegration, now: datetime) -> None:
        await self._come(integration, now, {"ticket_sha256": None, "expires_at": now})

    async def visit(self, integration: ErpIntegration) -> AgentVisit | None:
        wanted = select(SESSIONS.c.called_at, SESSIONS.c.trouble)
        async with self.database.reading() as connection:
            found = await connection.execute(
                wanted.where(_of(integration.company_id, integration.id))
            )
        row = found.one_or_none()
        return None if row is None else AgentVisit(*row)

    async def find(
        self, company_id: int, integration_id: int, ticket: str, now: datetime
    ) -> AgentSession | None:
        this = and_(
            _of(company_id, integration_id),
            SESSIONS.c.ticket_sha256 == _digest(ticket),
            SESSIONS.c.expires_at > now,
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(select(*SESSIONS.c).where(this))).one_or_none()
        return None if row is None else _session(row)

    async def hand_out(
        self, session: AgentSession, ticket: str, question: Question, place: str, until: datetime
    ) -> bool:
        new = {
            "question_id": question.id,
            "question_at": question.asked_at,
            "question": list(question.record_ids),
            "place": place,
            "expires_at": until,
        }
        return await self._change(session, ticket, new)

    async def take(self, session: AgentSession, ticket: str, question: Question) -> bool:
        asked = {*session.asked, *(question.record_ids or {CANARY})}
        if session.canary_asked:
            asked.add(RecordId(CANARY))
        new = NO_QUESTION | {"asked": sorted(asked)}
        return await self._change(session, ticket, new, SESSIONS.c.question_id == question.id)

    async def tell(self, session: AgentSession, ticket: str, trouble: str | None) -> None:
        await self._change(session, ticket, {"trouble": trouble})

    async def close(self, session: AgentSession, ticket: str) -> None:
        await self._change(session, ticket, {"ticket_sha256": None} | NO_QUESTION)

    async def never_looked_up(
        self, integration: ErpIntegration, limit: int
    ) -> Mapping[RecordId, int]:
        wanted = select(LINKS.c.record_id, LINKS.c.invoice_id).where(
            inside(integration.company_id, LINKS),
            LINKS.c.integration_id == integration.id,
            LINKS.c.ended_at.is_(None),
            LINKS.c.checked_at.is_(None),
        )
        async with self.database.reading() as connection:
            found = await connection.execute(wanted.order_by(LINKS.c.id).limit(limit))
        return {RecordId(record_id): invoice_id for record_id, invoice_id in found}

    async def forget_canary(self, integration: ErpIntegration) -> None:
        this = and_(
            inside(integration.company_id, INTEGRATIONS), INTEGRATIONS.c.id == integration.id
        )
        none = {"canary_record_id": None, "canary_fingerprint": None}
        async with self.database.writing() as connection:
            await connection.execute(update(INTEGRATIONS).where(this).values(none))

    async def _come(self, integration: ErpIntegration, now: datetime, more: dict[str, Any]) -> None:
        """A new visit in place of the last one, whose ticket opens nothing any more."""
        where = {"company_id": integration.company_id, "integration_id": integration.id}
        new = {"called_at": now, "place": None, "asked": []} | NO_QUESTION | more
        async with self.database.writing() as connection:
            on_sqlite = connection.dialect.name == "sqlite"
            insert = sqlite.insert if on_sqlite else postgresql.insert
            await connection.execute(
                insert(SESSIONS)
                .values(where | new)
                .on_conflict_do_update(index_elements=list(where), set_=new)
            )

    async def _change(
        self, session: AgentSession, ticket: str, values: dict[str, Any], *more: ColumnElement[bool]
    ) -> bool:
        this = and_(
            _of(session.company_id, session.integration_id),
            SESSIONS.c.ticket_sha256 == _digest(ticket),
            *more,
        )
        async with self.database.writing() as connection:
            done = await connection.execute(update(SESSIONS).where(this).values(values))
        return done.rowcount == 1


def _session(row: Any) -> AgentSession:
    question = None
    if row.question_id is not None:
        record_ids = tuple(RecordId(each) for each in row.question)
        question = Question(row.question_id, row.question_at, record_ids)
    return AgentSession(
        company_id=row.company_id,
        integration_id=row.integration_id,
        expires_at=row.expires_at,
        place=row.place,
        question=question,
        asked=frozenset(RecordId(each) for each in row.asked if each != CANARY),
        canary_asked=CANARY in row.asked,
        trouble=row.trouble,
    )


def _of(company_id: int, integration_id: int) -> ColumnElement[bool]:
    return and_(inside(company_id, SESSIONS), SESSIONS.c.integration_id == integration_id)


def _digest(ticket: str) -> bytes:
    """A fast hash without salt will do for 256 random bits: see `adapters.machine_tokens`."""
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
