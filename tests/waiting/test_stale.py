"""What no agent answers in its time: stale, by a time that was stored, and written down once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from adapters.tokens import DEMO_ISSUER
from domain.erps import RecordId, RecordState
from domain.unlinking import AttemptOutcome, UnlinkAttempt
from schema.ids import node_key
from tests.builders import CANARY, HARBOR
from tests.waiting.agents import Question
from tests.waiting.conftest import Office, an_office

LATE = {
    "__typename": "ErpUnavailable",
    "message": "Your ERP system did not answer in time. Nothing was changed.",
    "code": "ERP_UNAVAILABLE",
    "reason": "TIMEOUT",
    "retryAfterSeconds": None,
}
TOLD = [("Ann", "ERP_UNAVAILABLE"), ("Ann", "UNLINK_PENDING")]


async def test_a_request_that_nobody_answered_is_stale_and_the_invoice_stays_linked(
    impatient: Office,
) -> None:
    id = await impatient.asks(1)

    found = await impatient.request(id)

    assert (found["state"], found["answeredAt"], found["outcome"]) == ("STALE", None, LATE)
    assert found["invoice"]["locked"]
    assert await impatient.history(1) == TOLD


async def test_the_history_tells_of_it_though_nobody_looked_at_the_request(
    impatient: Office,
) -> None:
    asked = await impatient.unlink(1)

    newest, _ = (await impatient.invoice(1))["unlinkHistory"]

    assert newest["outcome"] == "ERP_UNAVAILABLE"
    assert newest["evidence"] == "timeout: no agent of the ERP answered within 1e-06 s"
    assert newest["at"] == asked["request"]["waitsUntil"]


async def test_the_shortest_history_begins_with_it_though_others_tried_since(
    office: Office,
) -> None:
    """As if it had been asked for a day ago, and had waited until an hour ago."""
    services = office.service.services
    link = (await services.invoices.invoices(HARBOR, [1]))[1].link
    now, ann = datetime.now(UTC), await services.directory.viewer(DEMO_ISSUER, "ann")
    assert ann is not None
    opened, late = now - timedelta(days=1), now - timedelta(hours=1)
    attempt = UnlinkAttempt(
        *(HARBOR, uuid4(), 1, link, opened, ann.id, "Ann", AttemptOutcome.UNLINK_PENDING, "")
    )
    await services.requests.open(attempt, waits_until=late)
    since = replace(
        attempt,
        id=uuid4(),
        at=late - timedelta(minutes=1),
        by="Bob",
        outcome=AttemptOutcome.PERMISSION_DENIED,
    )
    await services.ledger.record(since)

    (newest,) = (await office.invoice(1, first=1))["unlinkHistory"]

    assert (newest["by"], newest["outcome"]) == ("Ann", "ERP_UNAVAILABLE")
    assert datetime.fromisoformat(newest["at"]) == late


async def test_it_is_written_down_once_however_many_look_at_once(impatient: Office) -> None:
    id = await impatient.asks(1)

    found = await asyncio.gather(
        *(impatient.request(id) for _ in range(5)),
        *(impatient.invoice(1) for _ in range(5)),
        *(impatient.agent.fetch() for _ in range(5)),
    )

    assert {each["state"] for each in found[:5]} == {"STALE"}
    assert await impatient.history(1) == TOLD


async def test_an_answer_that_comes_too_late_changes_nothing(impatient: Office) -> None:
    impatient.agent.books.states |= {"BILL-1": RecordState.DELETED}
    asked = await impatient.unlink(1)
    id = asked["request"]["id"]
    question = Question(datetime.now(UTC), {uuid_of(id): [RecordId("BILL-1"), CANARY.record_id]})

    await impatient.agent.answer(question, await impatient.agent.look(question))

    assert (await impatient.request(id))["state"] == "STALE"
    assert (await impatient.invoice(1))["locked"]
    assert await impatient.history(1) == TOLD


async def test_the_next_click_opens_another_request(impatient: Office) -> None:
    first = await impatient.asks(1)

    second = await impatient.asks(1)

    assert first != second
    assert (await impatient.request(first))["state"] == "STALE"
    told = [outcome for _, outcome in await impatient.history(1)]
    assert told == ["ERP_UNAVAILABLE", "UNLINK_PENDING", "ERP_UNAVAILABLE", "UNLINK_PENDING"]


async def test_overdue_requests_do_not_keep_those_that_wait_from_an_agent(
    impatient: Office, office_url: str, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        await impatient.asks(number)
    async with an_office(office_url, tmp_path) as patient:
        await patient.asks(4)

        taken = await patient.agent.fetch(limit=2)

        assert [ids[0] for ids in taken.record_ids.values()] == ["BILL-4"]
        assert await patient.history(2) == TOLD


async def test_a_request_survives_a_restart_and_is_answered_after_it(
    office_url: str, tmp_path: Path
) -> None:
    async with an_office(office_url, tmp_path) as before:
        id = await before.asks(1)
        asked = await before.request(id)
        question = await before.agent.fetch()

    async with an_office(office_url, tmp_path) as after:
        assert await after.request(id) == asked
        after.agent.books.states |= {"BILL-1": RecordState.DELETED}
        await after.agent.answer(question, await after.agent.look(question))

    async with an_office(office_url, tmp_path) as later:
        assert (await later.outcome(id))["__typename"] == "Success"
        moments = [each["at"] for each in (await later.invoice(1))["unlinkHistory"]]
        assert [datetime.fromisoformat(each).tzinfo is not None for each in moments] == [True] * 2
        assert not (await later.invoice(1))["locked"]


def uuid_of(id: str) -> UUID:
    key = node_key(id)
    assert key is not None
    return UUID(key.local_id)
