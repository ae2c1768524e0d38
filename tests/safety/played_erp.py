"""An ERP played by the tests: records are there unless they were deleted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.erps import Canary, RecordId, RecordState, Sighting

CANARY = Canary(RecordId("OPENING"), "print of OPENING")


async def at_once() -> None:
    pass


@dataclass
class PlayedErp:
    """`meanwhile` happens when the answer is fixed, and before it arrives."""

    deleted: set[str] = field(default_factory=set)
    meanwhile: Callable[[], Awaitable[object]] = at_once

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        answer = [self._sighting(record_id) for record_id in record_ids]
        await self.meanwhile()
        return answer

    async def choose_canary(self) -> Canary | None:
        return CANARY

    def _sighting(self, record_id: RecordId) -> Sighting:
        state = RecordState.DELETED if record_id in self.deleted else RecordState.OPEN
        return Sighting(
            record_id,
            state,
            datetime.now(UTC),
            f"{record_id} is {state.value}",
            document_number=f"DOC-{record_id}",
            fingerprint=f"print of {record_id}",
        )
