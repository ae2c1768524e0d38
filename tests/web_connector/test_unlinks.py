"""An unlink from the front end over the Web Connector's visit to its end, as people see it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.store.engine import Database
from domain.erps import RecordState
from tests.adapters.erps.vendors.quickbooks_desktop import BILLS, DELETED, Bill
from tests.builders import HARBOR, INTEGRATION, a_directory, a_person, a_requisition, bring_in
from tests.web_connector.conftest import GONE, ODD, OPEN, VOIDED, Desk, Opened

STILL = "The requisition is still in your ERP system. Please delete it before retrying."
CANARY = BILLS[RecordState.PAID].txn_id


async def test_a_deleted_bill_is_unlinked_by_the_next_visit(known: Desk) -> None:
    request = await known.pending(GONE)
    assert await known.invoice(GONE) == (True, ["UNLINK_PENDING"])
    known.books.delete(DELETED)

    await known.connector().visit()

    state, outcome = await known.ended(request)
    assert (state, outcome) == (
        "ANSWERED",
        {"__typename": "Success", "message": "Successfully Unlinked"},
    )
    assert await known.invoice(GONE) == (False, ["UNLINKED", "UNLINK_PENDING"])


async def test_a_bill_that_is_there_is_still_in_the_erp(known: Desk) -> None:
    request = await known.pending(OPEN)

    await known.connector().visit()

    state, outcome = await known.ended(request)
    assert (state, outcome["__typename"], outcome["message"]) == ("ANSWERED", "StillInErp", STILL)
    assert outcome["recordState"] == "OPEN"
    assert await known.invoice(OPEN) == (True, ["STILL_IN_ERP", "UNLINK_PENDING"])


async def test_red_first_and_green_once_it_is_deleted(known: Desk) -> None:
    red = await known.pending(GONE)
    await known.connector().visit()
    known.books.delete(DELETED)
    green = await known.pending(GONE)
    await known.connector().visit()

    assert (await known.ended(red))[1]["__typename"] == "StillInErp"
    assert (await known.ended(green))[1]["__typename"] == "Success"


async def test_several_people_are_answered_by_one_visit(known: Desk) -> None:
    known.books.delete(DELETED)
    requests = [await known.pending(each) for each in (OPEN, GONE, VOIDED)]

    calls = await known.connector().visit()

    assert calls.count("sendRequestXML") == 1
    outcomes = [(await known.ended(each))[1]["__typename"] for each in requests]
    assert outcomes == ["StillInErp", "Success", "StillInErp"]


async def test_a_restart_between_click_and_visit_changes_nothing(desks: Opened) -> None:
    async with desks() as before:
        await before.connector().visit()
        request = await before.pending(OPEN)
    async with desks() as after:
        await after.connector().visit()

        assert (await after.ended(request))[1]["__typename"] == "StillInErp"


async def test_a_bill_that_was_deleted_before_it_was_ever_seen_is_proven_by_quickbooks(
    desk: Desk,
) -> None:
    """Its list of deletions; without an earlier sighting nothing else would do."""
    request = await desk.pending(GONE)

    await desk.connector().visit()

    assert (await desk.ended(request))[1]["__typename"] == "Success"


async def test_an_old_deletion_of_a_bill_that_was_seen_is_one(known: Desk) -> None:
    """QuickBooks tells of it no more; the canary and the earlier sighting do."""
    known.books.delete(DELETED, days_ago=120)
    request = await known.pending(GONE)

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "Success"


async def test_a_bill_that_was_never_seen_is_a_doubt(desk: Desk) -> None:
    desk.books.deleted.clear()
    request = await desk.pending(GONE)

    await desk.connector().visit()

    _, outcome = await desk.ended(request)
    assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", "NOT_VISIBLE")
    assert (await desk.invoice(GONE))[0]


async def test_without_the_canary_nothing_is_gone_and_nothing_is_there(known: Desk) -> None:
    known.books.delete(DELETED)
    known.books.delete(CANARY)
    requests = [await known.pending(each) for each in (OPEN, GONE)]

    await known.connector().visit()

    for request in requests:
        _, outcome = await known.ended(request)
        assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", "NOT_VISIBLE")


async def test_a_restored_backup_is_not_taken_for_the_books(known: Desk) -> None:
    """Its canary may have the same TxnID, and another number in the file."""
    known.books.delete(DELETED)
    canary = known.books.bills.pop(CANARY)
    known.books.add(canary)
    request = await known.pending(GONE)

    await known.connector().visit()

    assert (await known.ended(request))[1]["reason"] == "NOT_VISIBLE"


@pytest.mark.parametrize(
    ("status", "reason"),
    [("3260", "FORBIDDEN"), ("1000", "SERVER_ERROR"), ("3000", "UNEXPECTED_ANSWER")],
)
async def test_what_quickbooks_refuses_to_say_is_told_and_changes_nothing(
    known: Desk, status: str, reason: str
) -> None:
    known.books.delete(DELETED)
    known.books.fails = {"BillQuery": status}
    request = await known.pending(GONE)
    connector = known.connector()

    await connector.visit()

    _, outcome = await known.ended(request)
    assert (outcome["__typename"], outcome["reason"]) == ("ErpUnavailable", reason)
    assert status in connector.said[0]
    assert (await known.invoice(GONE))[0]


async def test_deletions_that_quickbooks_does_not_tell_are_no_trouble(known: Desk) -> None:
    """Only the proof is missing: the bill was seen before, and so is the canary."""
    known.books.delete(DELETED)
    known.books.fails = {"TxnDeletedQuery": "3000"}
    request = await known.pending(GONE)

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "Success"


def in_place_of_it(text: str) -> Callable[[str], str]:
    return lambda answer: text


async def test_what_is_brought_and_is_no_answer_is_asked_again(known: Desk) -> None:
    known.books.delete(DELETED)
    request = await known.pending(GONE)
    for nonsense in ("", "<", "<QBXML/>", "<html>Busy</html>", "<a>" * 300):
        connector = known.connector()
        await connector.visit(in_place_of_it(nonsense))
        assert connector.said[0].startswith("the answer is")
        assert await known.ended(request) == ("WAITING", None)

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "Success"


async def test_an_answer_from_before_the_request_proves_nothing(known: Desk) -> None:
    """The bill was deleted, restored and synced with again; then somebody wants to unlink it."""
    known.books.delete(DELETED)
    first = await known.pending(OPEN)
    connector = known.connector()
    ticket, _ = await connector.begin()
    asked = await connector.asked(ticket)
    known.books.add(Bill(DELETED))
    request = await known.pending(GONE)

    await connector.bring(ticket, known.books.process(asked))

    assert (await known.ended(first))[1]["__typename"] == "StillInErp"
    assert await known.ended(request) == ("WAITING", None)


async def test_a_bill_that_can_be_none_of_quickbooks_is_a_doubt_at_once(known: Desk) -> None:
    """And holds up nobody: one such id would spoil the question for all."""
    assert (await known.unlink(ODD))["reason"] == "NOT_VISIBLE"
    request = await known.pending(OPEN)

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "StillInErp"


async def test_whom_the_permission_was_taken_from_meanwhile_unlinks_nothing(known: Desk) -> None:
    known.books.delete(DELETED)
    request = await known.pending(GONE)
    people = [a_person("ann", canPushToAccounting=False)]
    directory = a_directory(people, integration={"erp": "quickbooks_desktop"})
    await bring_in(known.database, directory)

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "PermissionDenied"
    assert (await known.invoice(GONE))[0]


async def test_a_request_that_no_visit_answers_in_its_time_is_stale(desks: Opened) -> None:
    async with desks() as before:
        before.books.add(Bill(DELETED))
        await before.connector().visit()
    async with desks(agent_deadline_seconds=0.01) as desk:
        desk.books.delete(DELETED)
        request = await desk.pending(GONE)
        late = datetime.now(UTC) + timedelta(seconds=0.01)
        while datetime.now(UTC) < late:
            pass

        calls = await desk.connector().visit()

        assert "sendRequestXML" not in calls
        state, outcome = await desk.ended(request)
        assert (state, outcome["__typename"]) == ("STALE", "ErpUnavailable")
        assert (await desk.invoice(GONE))[0]


async def test_new_links_are_not_known_by_an_answer_without_the_canary(known: Desk) -> None:
    bill = "3A-1772730000"
    known.books.add(Bill(bill))
    known.books.delete(CANARY)
    await founded(known.database, {1000: bill})

    await known.connector().visit()

    assert await known.known(1000) is None


async def test_more_links_than_one_question_holds_are_looked_at_in_one_visit(
    known: Desk,
) -> None:
    ids = range(1000, 1250)
    bills = {id: f"{id:X}-1772730000" for id in ids}
    known.books.add(*(Bill(each) for each in bills.values()))
    await founded(known.database, {id: bills[id] for id in ids})

    calls = await known.connector().visit()

    assert calls.count("sendRequestXML") == 3
    assert [await known.known(each) for each in (1000, 1100, 1249)] == ["OPEN"] * 3


async def founded(database: Database, records: dict[int, str]) -> None:
    """More invoices of Harbor's, each synced as that record."""
    integration = {"id": INTEGRATION, "erp": "quickbooks_desktop"}
    people = [a_person("ann"), a_person("ben")]
    rows = [a_requisition(id, origin_id=record) for id, record in records.items()]
    await bring_in(database, a_directory(people, HARBOR, integration), rows)
