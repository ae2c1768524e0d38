"""The Demo ERP: a small ledger of vendor bills in a file, to try the product with.

It keeps proof of deletions, as some ERPs do: a deleted bill leaves a tombstone behind.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.erps import Around
from adapters.erps._demo_bill import (
    Change,
    DemoBill,
    DemoErpBroken,
    DemoErpBusy,
    DemoErpError,
    DemoErpMissing,
    PermanentBill,
    UnknownBill,
)
from adapters.erps._demo_ledger import DemoBills
from domain.erps import (
    Canary,
    ErpIntegration,
    ErpTrouble,
    RecordId,
    RecordState,
    Sighting,
    Trouble,
)
from domain.ports import Erp

__all__ = [
    "Change",
    "DemoBill",
    "DemoBills",
    "DemoErp",
    "DemoErpBroken",
    "DemoErpBusy",
    "DemoErpError",
    "DemoErpMissing",
    "PermanentBill",
    "UnknownBill",
    "connect",
]


def connect(integration: ErpIntegration, settings: Mapping[str, str], around: Around) -> Erp:
    """The Demo ERP as one company sees it; it needs no settings."""
    return DemoErp(DemoBills.of(around.data_dir), integration.company_id)


@dataclass(frozen=True, slots=True)
class DemoErp:
    """One company's view of the Demo ERP. Another company's bills do not exist here."""

    bills: DemoBills
    company_id: int

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        return await asyncio.to_thread(self._look_up, record_ids)

    async def choose_canary(self) -> Canary | None:
        """The opening balance, which nobody can delete; failing that, the oldest bill."""
        return await asyncio.to_thread(self._choose_canary)

    def _look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        # Before the read: a sighting must never claim to be fresher than it is.
        as_of = datetime.now(UTC)
        try:
            found = self.bills.find(self.company_id, record_ids)
        except DemoErpError as error:
            raise _trouble(error) from error
        by_id = {bill.record_id: bill for bill in found}
        return [_sighting(record_id, by_id.get(record_id), as_of) for record_id in record_ids]

    def _choose_canary(self) -> Canary | None:
        try:
            bills = self.bills.of_company(self.company_id)
        except DemoErpError as error:
            raise _trouble(error) from error
        visible = [bill for bill in bills if bill.deleted_at is None]
        if not visible:
            return None
        chosen = next((bill for bill in visible if bill.permanent), visible[0])
        return Canary(RecordId(chosen.record_id), chosen.fingerprint)


def _trouble(error: DemoErpError) -> ErpTrouble:
    # In words of our own: where the file lies is nobody's business outside.
    match error:
        case DemoErpMissing():
            return ErpTrouble(Trouble.UNREACHABLE, "the demo ERP has no ledger")
        case DemoErpBusy():
            return ErpTrouble(Trouble.TIMEOUT, "the demo ERP was busy for too long")
        case _:
            return ErpTrouble(Trouble.UNEXPECTED_ANSWER, "the demo ERP's ledger is damaged")


def _sighting(record_id: RecordId, bill: DemoBill | None, as_of: datetime) -> Sighting:
    if bill is None:
        evidence = f"the ERP knows no record {record_id}"
        return Sighting(record_id, RecordState.ABSENT, as_of, evidence)
    state, evidence = bill.state, f"the ERP holds {record_id} as {_words(bill.state)}"
    if bill.deleted_at is not None:
        instant = bill.deleted_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        state, evidence = RecordState.DELETED, f"deleted in the ERP on {instant}"
    return Sighting(record_id, state, as_of, evidence, bill.document_number, bill.fingerprint)


def _words(state: RecordState) -> str:
    return state.value.replace("_", " ")
