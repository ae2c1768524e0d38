"""An ERP that can only be polled, and the agent beside it: in this process, over the port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain.erps import AskedLater, Canary, ErpIntegration, RecordId, Sighting
from domain.ports import Erp
from domain.unlink_requests import UnlinkRequest
from resolvers.context import Services
from resolvers.unlink_requests import Said, finish_unlinks, waiting_unlinks
from tests.builders import HARBOR, INTEGRATION
from tests.fakes import FakeErp


@dataclass(frozen=True)
class PolledErp:
    """Nobody can ask it."""

    def of(self, integration: ErpIntegration) -> Erp:
        return self

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        raise AskedLater

    async def choose_canary(self) -> Canary | None:
        raise AskedLater


@dataclass(frozen=True)
class Question:
    """What an agent was handed, and when."""

    handed_at: datetime
    record_ids: Mapping[UUID, Sequence[RecordId]]
    """By request."""


@dataclass
class Agent:
    """Stands beside the books of one company's ERP, and calls when a test has it call."""

    services: Services
    books: FakeErp
    company_id: int = HARBOR
    integration_id: int = INTEGRATION

    async def call(self) -> Mapping[UUID, UnlinkRequest]:
        """All of it: fetch the question, look, answer."""
        question = await self.fetch()
        return await self.answer(question, await self.look(question))

    async def fetch(self, limit: int = 50) -> Question:
        requests = await waiting_unlinks(self.services, self.company_id, self.integration_id, limit)
        handed_at = datetime.now(UTC)
        return Question(handed_at, {each.id: each.record_ids for each in requests})

    async def look(self, question: Question) -> dict[UUID, Said]:
        return {id: await self.books.look_up(ids) for id, ids in question.record_ids.items()}

    async def answer(
        self, question: Question, said: Mapping[UUID, Said]
    ) -> Mapping[UUID, UnlinkRequest]:
        return await finish_unlinks(
            self.services, self.company_id, self.integration_id, said, question.handed_at
        )
