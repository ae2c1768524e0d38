"""The Demo ERP: what it says of a company's bills, and when it has no answer."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps, available
from adapters.erps.demo import DemoBill, DemoBills, DemoErp, DemoErpBusy
from domain.erps import (
    Canary,
    ErpIntegration,
    ErpName,
    ErpTrouble,
    RecordId,
    RecordState,
    Trouble,
)
from domain.ports import Erp
from tests.adapters.erps.demo_builders import CREATED, FOREIGN, OPENING, OURS, a_bill


@pytest.fixture
def bills(tmp_path: Path) -> DemoBills:
    return DemoBills.of(tmp_path)


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Around]:
    async with httpx2.AsyncClient() as http:
        yield Around(http, tmp_path)


@pytest.fixture
def erp(around: Around) -> Erp:
    integration = ErpIntegration(OURS, 1, ErpName("demo"), "Ledger")
    return ConfiguredErps(around, {}).of(integration)


def ids(*record_ids: str) -> list[RecordId]:
    return [RecordId(record_id) for record_id in record_ids]


async def trouble_of(erp: Erp) -> Trouble:
    """The trouble of both questions, which is the same."""
    with pytest.raises(ErpTrouble) as looking:
        await erp.look_up(ids("BILL-1042"))
    with pytest.raises(ErpTrouble) as choosing:
        await erp.choose_canary()
    assert looking.value.trouble is choosing.value.trouble
    assert "/" not in looking.value.detail
    return looking.value.trouble


def test_is_found_by_its_name() -> None:
    assert "demo" in available()


@pytest.mark.parametrize(
    "state", [each for each in RecordState if each not in (RecordState.DELETED, RecordState.ABSENT)]
)
async def test_says_the_state_of_a_bill(bills: DemoBills, erp: Erp, state: RecordState) -> None:
    bills.add([a_bill(state=state)])

    [sighting] = await erp.look_up(ids("BILL-1042"))

    assert sighting.record_id == "BILL-1042"
    assert sighting.state is state
    assert sighting.document_number == "KE-26031"
    assert sighting.fingerprint == "2026-03-05T14:30:12+00:00"
    assert state.value.replace("_", " ") in sighting.evidence


async def test_keeps_proof_of_a_deletion(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill(deleted_at=datetime(2026, 7, 14, 13, 5, tzinfo=UTC))])

    [sighting] = await erp.look_up(ids("BILL-1042"))

    assert sighting.state is RecordState.DELETED
    assert sighting.evidence == "deleted in the ERP on 2026-07-14T13:05:00Z"


async def test_a_bill_deleted_just_now_is_deleted(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill()])
    bills.delete("BILL-1042")

    [sighting] = await erp.look_up(ids("BILL-1042"))

    assert sighting.state is RecordState.DELETED


@pytest.mark.parametrize("unknown", ["BILL-9", "", "bill-1042", "BILL-1042 ", "' OR 1=1 --", "é\0"])
async def test_knows_nothing_of_an_id_it_never_had(
    bills: DemoBills, erp: Erp, unknown: str
) -> None:
    bills.add([a_bill()])

    [sighting] = await erp.look_up(ids(unknown))

    assert sighting.state is RecordState.ABSENT
    assert (sighting.document_number, sighting.fingerprint) == (None, None)


@pytest.mark.parametrize("deleted_at", [None, CREATED])
async def test_another_companys_bill_is_as_one_that_never_was(
    bills: DemoBills, erp: Erp, deleted_at: datetime | None
) -> None:
    bills.add([replace(FOREIGN, deleted_at=deleted_at)])

    foreign, never = await erp.look_up(ids("BILL-2001", "BILL-2002"))

    assert foreign.state is RecordState.ABSENT
    assert foreign == replace(
        never, record_id=foreign.record_id, evidence="the ERP knows no record BILL-2001"
    )


async def test_answers_one_sighting_for_each_id_in_the_order_asked(
    bills: DemoBills, erp: Erp
) -> None:
    bills.add([a_bill("BILL-1"), a_bill("BILL-2"), a_bill("BILL-3")])
    asked = ids("BILL-3", "BILL-9", "BILL-1", "BILL-3")

    sightings = await erp.look_up(asked)

    assert [sighting.record_id for sighting in sightings] == asked
    assert len({sighting.as_of for sighting in sightings}) == 1
    assert await erp.look_up([]) == []


async def test_looks_up_more_than_a_statement_can_name(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill(f"BILL-{number}") for number in range(40_000)])

    sightings = await erp.look_up(ids(*(f"BILL-{number}" for number in range(40_000))))

    assert {sighting.state for sighting in sightings} == {RecordState.OPEN}


class BillsThatNoteWhenTheyAreRead(DemoBills):
    """Real bills; `read_at` is the last moment before the read."""

    read_at = datetime.max.replace(tzinfo=UTC)

    def find(self, company_id: int, record_ids: Sequence[str]) -> Sequence[DemoBill]:
        type(self).read_at = datetime.now(UTC)
        return super().find(company_id, record_ids)


async def test_a_sighting_claims_no_more_freshness_than_it_has(tmp_path: Path) -> None:
    bills = BillsThatNoteWhenTheyAreRead.of(tmp_path)
    bills.add([a_bill()])

    asked_at = datetime.now(UTC)
    [sighting] = await DemoErp(bills, OURS).look_up(ids("BILL-1042"))

    assert asked_at <= sighting.as_of <= bills.read_at


async def test_the_canary_is_the_opening_balance_even_when_others_are_older(
    bills: DemoBills, erp: Erp
) -> None:
    bills.add([a_bill(), OPENING, replace(FOREIGN, permanent=True)])

    canary = await erp.choose_canary()

    assert canary == Canary(RecordId("BILL-1000"), OPENING.fingerprint)
    [sighting] = await erp.look_up([canary.record_id])
    assert sighting.fingerprint == canary.fingerprint


async def test_without_an_opening_balance_the_canary_is_the_oldest_bill_there_is(
    bills: DemoBills, erp: Erp
) -> None:
    older = replace(a_bill(), created_at=datetime(2026, 1, 9, tzinfo=UTC))
    bills.add([a_bill("BILL-1"), replace(older, record_id="BILL-2")])
    bills.add([replace(older, record_id="BILL-3", deleted_at=CREATED)])

    assert await erp.choose_canary() == Canary(RecordId("BILL-2"), "2026-01-09T00:00:00+00:00")


async def test_there_is_no_canary_where_nothing_is_seen(bills: DemoBills, erp: Erp) -> None:
    bills.add([FOREIGN, a_bill(deleted_at=CREATED)])

    assert await erp.choose_canary() is None


async def test_a_missing_ledger_is_out_of_reach_and_is_not_made(bills: DemoBills, erp: Erp) -> None:
    assert await trouble_of(erp) is Trouble.UNREACHABLE
    assert not bills.path.exists()


async def test_a_ledger_that_goes_missing_is_out_of_reach(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill()])
    for path in bills.path.parent.iterdir():
        path.unlink()

    assert await trouble_of(erp) is Trouble.UNREACHABLE


@pytest.mark.parametrize("content", [b"", b"<html>not a ledger</html>" * 100])
async def test_what_is_no_ledger_gives_no_answer(
    bills: DemoBills, erp: Erp, content: bytes
) -> None:
    bills.path.write_bytes(content)

    assert await trouble_of(erp) is Trouble.UNEXPECTED_ANSWER


@pytest.mark.parametrize(
    "damage", ["state = 'shredded'", "total = 'much'", "created_at = 'then'", "deleted_at = 'now'"]
)
async def test_a_bill_that_makes_no_sense_gives_no_answer(
    bills: DemoBills, erp: Erp, damage: str
) -> None:
    bills.add([a_bill()])
    connection = sqlite3.connect(bills.path)
    connection.execute(f"UPDATE bills SET {damage}")
    connection.commit()
    connection.close()

    assert await trouble_of(erp) is Trouble.UNEXPECTED_ANSWER


async def test_reads_while_another_process_writes(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill()])
    writer = sqlite3.connect(bills.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE bills SET state = 'paid'")

    [sighting] = await erp.look_up(ids("BILL-1042"))
    writer.close()

    assert sighting.state is RecordState.OPEN


async def test_a_ledger_that_is_kept_locked_is_too_slow(bills: DemoBills, erp: Erp) -> None:
    bills.add([a_bill()])
    other = sqlite3.connect(bills.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")

    try:
        assert await trouble_of(erp) is Trouble.TIMEOUT
        with pytest.raises(DemoErpBusy, match="try again"):
            bills.delete("BILL-1042")
    finally:
        other.close()
