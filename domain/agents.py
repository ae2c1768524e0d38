"""Agents: programs beside ERPs that can only be polled. They ask us what to ask their ERP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.erps import ErpIntegration, RecordId


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent was handed to ask its ERP, at `asked_at`, and is to bring the answer of.

    About these records, the canary among them; about none: which record could be the canary.
    """

    id: UUID
    asked_at: datetime
    record_ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class AgentSession:
    """One visit of an agent, which a ticket stands for.

    `place` is what the agent has shown to be connected with, once it has shown that it is the
    right one. `asked` is what was asked in this session and answered, one way or the other.
    """

    company_id: int
    integration_id: int
    expires_at: datetime
    place: str | None = None
    question: Question | None = None
    asked: frozenset[RecordId] = frozenset()
    canary_asked: bool = False
    trouble: str | None = None
    """What went wrong last, in words for whoever looks after the agent."""


@dataclass(frozen=True, slots=True)
class AgentVisit:
    """When an agent was here last, and what went wrong since something last went right."""

    called_at: datetime
    trouble: str | None


class AgentSessions(Protocol):
    """The visits of the agents of all integrations, in every process.

    An integration has one at a time: a new one takes the last one's place. Of a ticket, only a
    hash is kept. What changes a session does so only while it is the one of that very ticket.
    """

    async def open(
        self, integration: ErpIntegration, ticket: str, now: datetime, until: datetime
    ) -> None:
        """An agent came, and is let in."""
        ...

    async def called(self, integration: ErpIntegration, now: datetime) -> None:
        """An agent came, and there was nothing to ask."""
        ...

    async def visit(self, integration: ErpIntegration) -> AgentVisit | None:
        """The last one; None when there was none yet."""
        ...

    async def find(
        self, company_id: int, integration_id: int, ticket: str, now: datetime
    ) -> AgentSession | None:
        """The session of a ticket; None when it is over, or another one's."""
        ...

    async def hand_out(
        self, session: AgentSession, ticket: str, question: Question, place: str, until: datetime
    ) -> bool:
        """This is asked now, in place of what was handed out before and not answered."""
        ...

    async def take(self, session: AgentSession, ticket: str, question: Question) -> bool:
        """The question is answered: True for one only, whoever else brings the answer too."""
        ...

    async def tell(self, session: AgentSession, ticket: str, trouble: str | None) -> None:
        """What went wrong; None: something went right."""
        ...

    async def close(self, session: AgentSession, ticket: str) -> None: ...

    async def never_looked_up(
        self, integration: ErpIntegration, limit: int
    ) -> Mapping[RecordId, int]:
        """Records of active links that no ERP has told of yet, each with its invoice's id."""
        ...

    async def forget_canary(self, integration: ErpIntegration) -> None:
        """Have the next visit choose another."""
        ...
