"""I1, I3, I6: an ERP that gives no definite answer. Nothing is changed, and it is told why."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps
from domain.erps import ErpName, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.unlinking import AttemptOutcome, ErpUnavailable, Unlinked
from tests.fakes import FakeErp, without_attempts
from tests.resolvers.conftest import ALSO_SYNCED, SYNCED, Desk

BILL = f"BILL-{SYNCED}"
FAKE = ErpName("fake")


def raising(exception: Exception) -> Callable[[], Awaitable[None]]:
    async def meanwhile() -> None:
        raise exception

    return meanwhile


@dataclass
class UnreliableErp(FakeErp):
    """One whose answer is not to be trusted."""

    spoil: Callable[[Sequence[Sighting]], Sequence[Sighting]] = field(default=lambda answer: answer)

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        return self.spoil(await super().look_up(record_ids))


@pytest.mark.parametrize("retry_after", [None, 17])
async def test_i1_every_trouble_is_unavailable_and_changes_nothing(
    desk: Desk, retry_after: int | None
) -> None:
    desk.erp.states[BILL] = RecordState.DELETED
    before = await desk.contents()
    link = (await desk.invoice()).link

    for trouble in Trouble:
        desk.erp.meanwhile = raising(ErpTrouble(trouble, "so it goes", retry_after))

        outcome = await desk.unlink()

        assert outcome == ErpUnavailable(FAKE, trouble, "so it goes", retry_after)
        assert without_attempts(await desk.contents()) == without_attempts(before)
        attempt = (await desk.attempts())[0]
        assert attempt.outcome is AttemptOutcome.ERP_UNAVAILABLE
        assert attempt.evidence == f"{trouble.value}: so it goes"
        assert attempt.link == link
    assert len(await desk.attempts()) == len(Trouble)


async def test_i6_a_slow_erp_is_given_up_at_the_deadline(desk: Desk) -> None:
    async def sleeps() -> None:
        await asyncio.sleep(60)

    desk.erp.states[BILL] = RecordState.DELETED
    desk.erp.meanwhile = sleeps
    desk.services = replace(desk.services, erp_deadline_seconds=0.2)
    before = await desk.contents()
    began = time.monotonic()

    outcome = await desk.unlink()

    assert 0.2 <= time.monotonic() - began < 2
    assert outcome == ErpUnavailable(FAKE, Trouble.TIMEOUT, "no answer within 0.2 s")
    assert without_attempts(await desk.contents()) == without_attempts(before)
    assert await desk.outcomes() == [AttemptOutcome.ERP_UNAVAILABLE]


async def test_i6_a_slow_erp_holds_up_nobody_else(desk: Desk) -> None:
    asked = asyncio.Event()

    async def hangs() -> None:
        if not asked.is_set():
            asked.set()
            await asyncio.sleep(60)

    desk.erp.states[f"BILL-{ALSO_SYNCED}"] = RecordState.DELETED
    desk.erp.meanwhile = hangs
    desk.services = replace(desk.services, erp_deadline_seconds=1)
    slow = asyncio.create_task(desk.unlink())
    await asked.wait()

    assert isinstance(await desk.unlink(ALSO_SYNCED), Unlinked)

    assert not slow.done()
    assert isinstance(await slow, ErpUnavailable)


async def test_a_time_out_that_the_adapter_let_through_is_one_too(desk: Desk) -> None:
    desk.erp.meanwhile = raising(TimeoutError("of some library"))

    outcome = await desk.unlink()

    assert isinstance(outcome, ErpUnavailable)
    assert outcome.trouble is Trouble.TIMEOUT


async def test_an_erp_that_nobody_set_up_is_not_configured(desk: Desk, tmp_path: Path) -> None:
    async with httpx2.AsyncClient() as http:
        erps = ConfiguredErps(Around(http, tmp_path), {})
        desk.services = replace(desk.services, erps=erps)

        outcome = await desk.unlink()

    assert isinstance(outcome, ErpUnavailable)
    assert outcome.trouble is Trouble.NOT_CONFIGURED
    assert (await desk.invoice()).locked


@pytest.mark.parametrize("fault", [KeyError("id"), RuntimeError("boom"), OSError("disk")])
async def test_i3_a_surprise_is_passed_on_and_nothing_at_all_is_written(
    desk: Desk, fault: Exception
) -> None:
    desk.erp.states[BILL] = RecordState.DELETED
    desk.erp.meanwhile = raising(fault)
    before = await desk.contents()

    with pytest.raises(type(fault)):
        await desk.unlink()

    assert await desk.contents() == before


SPOILT: dict[str, tuple[Callable[[Sequence[Sighting]], Sequence[Sighting]], Trouble]] = {
    "empty": (lambda answer: [], Trouble.STALE),
    "without the record": (lambda answer: answer[1:], Trouble.STALE),
    "of other records": (
        lambda answer: [replace(each, record_id=RecordId("BILL-99")) for each in answer],
        Trouble.STALE,
    ),
    "from before we asked": (
        lambda answer: [replace(s, as_of=s.as_of - timedelta(seconds=1)) for s in answer],
        Trouble.STALE,
    ),
    "without the canary": (lambda answer: answer[:1], Trouble.NOT_VISIBLE),
    "with another database's canary": (
        lambda answer: [answer[0], replace(answer[1], fingerprint="another")],
        Trouble.NOT_VISIBLE,
    ),
    "that all records are absent": (
        lambda answer: [replace(s, state=RecordState.ABSENT, fingerprint=None) for s in answer],
        Trouble.NOT_VISIBLE,
    ),
}


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("state", [RecordState.ABSENT, RecordState.DELETED])
async def test_i1_a_record_in_an_answer_that_proves_nothing_is_not_gone(
    desk: Desk, how: str, state: RecordState
) -> None:
    spoil, trouble = SPOILT[how]
    erp = UnreliableErp(states={BILL: state}, spoil=spoil)
    desk.services = replace(desk.services, erps=erp)
    before = await desk.contents()

    outcome = await desk.unlink()

    assert isinstance(outcome, ErpUnavailable)
    assert outcome.trouble is trouble
    assert without_attempts(await desk.contents()) == without_attempts(before)


async def test_the_same_answer_unspoilt_is_a_proof(desk: Desk) -> None:
    desk.services = replace(desk.services, erps=UnreliableErp({BILL: RecordState.ABSENT}))

    assert isinstance(await desk.unlink(), Unlinked)
