"""I1: an answer that leaves a doubt, or is about something else, never unlinks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.erps import RecordId, RecordState, Sighting
from tests.builders import CANARY, HARBOR, QUARRY
from tests.fakes import contents
from tests.waiting.agents import Agent, Question
from tests.waiting.conftest import Office

DELETED = {"BILL-1": RecordState.DELETED}


async def said_by_the_agent(office: Office, id: str, *sightings: Sighting) -> Any:
    """What comes of a request that is answered by these."""
    question = await office.agent.fetch()
    (request,) = question.record_ids
    await office.agent.answer(question, {request: sightings})
    return await office.outcome(id)


def a_sighting(record_id: str, state: RecordState, at: datetime, **but: Any) -> Sighting:
    print_of = f"print of {record_id}" if state is not RecordState.ABSENT else None
    seen = Sighting(RecordId(record_id), state, at, f"{record_id} seen", fingerprint=print_of)
    return replace(seen, **but)


@pytest.mark.parametrize(
    ("doubt", "reason"),
    [
        ("no canary", "NOT_VISIBLE"),
        ("another canary", "NOT_VISIBLE"),
        ("a deleted canary", "NOT_VISIBLE"),
        ("another bill", "STALE"),
        ("no bill", "STALE"),
        ("a bill from before the question", "STALE"),
        ("a canary from before the question", "NOT_VISIBLE"),
        ("a bill that cannot have been deleted", "NOT_VISIBLE"),
    ],
)
async def test_i1_an_answer_that_proves_nothing_ends_as_a_doubt(
    office: Office, doubt: str, reason: str
) -> None:
    id = await office.asks(1)
    now, before = datetime.now(UTC) + timedelta(seconds=5), datetime.now(UTC) - timedelta(days=1)
    bill = a_sighting("BILL-1", RecordState.DELETED, now)
    canary = a_sighting(CANARY.record_id, RecordState.OPEN, now)
    answers = {
        "no canary": [bill],
        "another canary": [bill, replace(canary, fingerprint="of another company file")],
        "a deleted canary": [bill, replace(canary, state=RecordState.DELETED)],
        "another bill": [replace(bill, record_id=RecordId("BILL-2")), canary],
        "no bill": [canary],
        "a bill from before the question": [replace(bill, as_of=before), canary],
        "a canary from before the question": [bill, replace(canary, as_of=before)],
        "a bill that cannot have been deleted": [
            replace(bill, state=RecordState.ABSENT, doubt="it is kept there"),
            canary,
        ],
    }

    outcome = await said_by_the_agent(office, id, *answers[doubt])

    assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", reason)
    assert (await office.invoice(1))["locked"]
    assert (await office.history(1))[0] == ("Ann", "ERP_UNAVAILABLE")


async def test_i1_the_same_answer_without_the_doubt_unlinks(office: Office) -> None:
    """Lest those above be refused for another reason."""
    id, now = await office.asks(1), datetime.now(UTC) + timedelta(seconds=5)

    outcome = await said_by_the_agent(
        office,
        id,
        a_sighting("BILL-1", RecordState.DELETED, now),
        a_sighting(CANARY.record_id, RecordState.OPEN, now),
    )

    assert outcome["__typename"] == "Success"


async def test_i1_a_question_from_before_the_request_is_no_answer_to_it(office: Office) -> None:
    """The bill was gone then; it may have been entered again under the same id since."""
    office.agent.books.states |= DELETED
    early = Question(datetime.now(UTC), {})
    id = await office.asks(1)
    late = await office.agent.fetch()
    said = await office.agent.look(late)

    await office.agent.answer(early, said)

    assert (await office.request(id))["state"] == "WAITING"
    assert (await office.invoice(1))["locked"]
    assert list((await office.agent.fetch()).record_ids) == list(late.record_ids)
    await office.agent.answer(late, said)
    assert (await office.outcome(id))["__typename"] == "Success"


async def test_what_one_agent_saw_is_no_answer_to_the_next_request(office: Office) -> None:
    """The first request was about the same record, and was answered; the second waits on."""
    office.agent.books.states |= DELETED
    first = await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    office.agent.books.states |= {"BILL-1": RecordState.OPEN}
    await office.agent.call()
    second = await office.asks(1)

    await office.agent.answer(question, said)

    assert (await office.outcome(first))["__typename"] == "StillInErp"
    assert (await office.request(second))["state"] == "WAITING"
    assert (await office.invoice(1))["locked"]


async def test_i5_the_agent_of_another_company_answers_nothing(office: Office) -> None:
    office.agent.books.states |= DELETED
    id = await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    stranger = Agent(office.service.services, office.agent.books, QUARRY)
    before = [await contents(office.database, each) for each in (HARBOR, QUARRY)]

    assert (await stranger.fetch()).record_ids == {}
    assert await stranger.answer(question, said) == {}

    assert [await contents(office.database, each) for each in (HARBOR, QUARRY)] == before
    assert (await office.request(id))["state"] == "WAITING"


async def test_the_agent_of_another_integration_answers_nothing(office: Office) -> None:
    office.agent.books.states |= DELETED
    await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    other = Agent(office.service.services, office.agent.books, integration_id=72)
    before = await contents(office.database, HARBOR)

    assert (await other.fetch()).record_ids == {}
    assert await other.answer(question, said) == {}

    assert await contents(office.database, HARBOR) == before


async def test_an_answer_to_a_request_that_nobody_made_changes_nothing(office: Office) -> None:
    await office.asks(1)
    question = await office.agent.fetch()
    (said,) = (await office.agent.look(question)).values()
    before = await contents(office.database, HARBOR)

    assert await office.agent.answer(question, {uuid4(): said}) == {}

    assert await contents(office.database, HARBOR) == before


async def test_i4_a_re_sync_in_the_meantime_is_not_cut(office: Office) -> None:
    office.agent.books.states |= DELETED
    id = await office.asks(1)
    question = await office.agent.fetch()
    said = await office.agent.look(question)
    await office.is_synced_anew(1, "BILL-91")

    await office.agent.answer(question, said)

    outcome = await office.outcome(id)
    assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", "STALE")
    invoice = await office.invoice(1)
    assert (invoice["locked"], invoice["erpLink"]["recordId"]) == (True, "BILL-91")


async def test_i4_a_re_sync_there_and_back_is_another_link_to_the_same_record(
    office: Office,
) -> None:
    """Nobody asked to unlink that one."""
    id = await office.asks(1)
    question = await office.agent.fetch()
    office.agent.books.states |= DELETED
    said = await office.agent.look(question)
    await office.is_synced_anew(1, "BILL-91")
    await office.is_synced_anew(1, "BILL-1", at="2099-06-02T00:00:00Z")

    await office.agent.answer(question, said)

    outcome = await office.outcome(id)
    assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", "STALE")
    invoice = await office.invoice(1)
    assert (invoice["locked"], invoice["erpLink"]["recordId"]) == (True, "BILL-1")


async def test_i4_after_a_re_sync_another_request_is_about_the_new_record(office: Office) -> None:
    old = await office.asks(1)
    question = await office.agent.fetch()
    office.agent.books.states |= DELETED
    said = await office.agent.look(question)
    await office.is_synced_anew(1, "BILL-91")
    new = await office.asks(1)

    await office.agent.answer(question, said)
    await office.agent.call()

    assert old != new
    assert (await office.outcome(old))["reason"] == "STALE"
    assert (await office.outcome(new))["__typename"] == "StillInErp"
    assert (await office.invoice(1))["erpLink"]["recordId"] == "BILL-91"


async def test_an_invoice_that_was_unlinked_otherwise_is_not_synced(office: Office) -> None:
    office.agent.books.states |= DELETED
    id = await office.asks(1)
    await office.rules_become(deletionRequired=False)
    assert (await office.unlink(1))["__typename"] == "Success"
    await office.rules_become(deletionRequired=True)

    await office.agent.call()

    assert (await office.outcome(id))["__typename"] == "InvoiceNotSynced"
    told = [outcome for _, outcome in await office.history(1)]
    assert told == ["INVOICE_NOT_SYNCED", "UNLINKED", "UNLINK_PENDING"]
