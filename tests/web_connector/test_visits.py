"""The eight calls in their order, by an independent SOAP client on a real socket."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from adapters.secret_keys import Keyring, SecretKey
from adapters.store.agents import SESSIONS
from adapters.store.connection_secrets import SqlConnectionSecrets
from adapters.vault import Vault
from adapters.web_connector.qwc import OWNER_ID, file_id
from domain.erps import RecordState
from tests.adapters.erps.vendors.quickbooks_desktop import BILLS, DELETED, PASSWORD, PATH
from tests.builders import HARBOR, INTEGRATION, QUARRY
from tests.web_connector.conftest import GONE, OPEN, PARTLY, THEIR_PATH, VOIDED, Desk, Opened
from tests.web_connector.connector import asked_ids, company_shown

BEGINNING = ["serverVersion", "clientVersion", "authenticate"]
EXCHANGE = ["sendRequestXML", "receiveResponseXML"]
CANARY = BILLS[RecordState.PAID].txn_id


async def test_the_first_visit_chooses_a_canary_and_looks_at_the_new_links(desk: Desk) -> None:
    connector = desk.connector()

    calls = await connector.visit()

    assert calls == [*BEGINNING, *EXCHANGE, *EXCHANGE, "closeConnection"]
    assert connector.said == ["OK"]
    assert [await desk.known(each) for each in (OPEN, PARTLY, VOIDED)] == [
        "OPEN",
        "PARTLY_PAID",
        "VOIDED",
    ]
    (integration,) = await desk.services.invoices.integrations(HARBOR)
    assert integration.canary is not None
    assert integration.canary.record_id == CANARY


async def test_a_visit_without_work_is_over_at_once(desk: Desk) -> None:
    connector = desk.connector()
    await connector.visit()

    assert await connector.visit() == [*BEGINNING, "closeConnection"]


async def test_the_canary_is_asked_for_last(known: Desk) -> None:
    """QuickBooks may stop at the first bill that is missing: then it has not shown the canary."""
    await known.pending(GONE)
    await known.pending(OPEN)
    await known.connector().visit()

    assert asked_ids(known.books.asked[-1]) == [DELETED, BILLS[RecordState.OPEN].txn_id, CANARY]


STRANGERS: list[dict[str, Any]] = [
    {"password": "a-wrong-password-by-far"},
    {"password": ""},
    {"username": "8-71"},
    {"username": "7-99"},
    {"username": "999-71"},
    {"username": "Harbor Builders"},
    {"username": ""},
    {"username": "7"},
    {"username": "7-71-71"},
    {"username": "9" * 40 + "-71"},
    {"username": "\u0667-71"},
]


async def test_nobody_else_is_let_in(desk: Desk) -> None:
    for stranger in STRANGERS:
        connector = desk.connector(**stranger)

        ticket, answer = await connector.begin()
        assert answer == "nvu", stranger
        assert not await connector.asked(ticket), stranger
    assert await desk.known(OPEN) is None


async def test_the_stored_password_wins_over_the_environments(desks: Opened) -> None:
    key = SecretKey("first", b"k" * 32)
    stored = {"password": "the-password-of-the-vault", "company_file": PATH}
    async with desks(secret_keys=(key,)) as desk:
        vault = Vault(SqlConnectionSecrets(desk.database), Keyring((key,)))
        await vault.put((HARBOR, INTEGRATION), stored)

        assert (await desk.connector().begin())[1] == "nvu"
        assert (await desk.connector(password=stored["password"]).begin())[1] == PATH


async def test_who_guesses_is_kept_from_guessing_on(desk: Desk) -> None:
    wrong = desk.connector(password="a-wrong-password-by-far")
    answers = [(await wrong.begin())[1] for _ in range(12)]

    assert answers == ["nvu"] * 10 + ["busy"] * 2
    assert (await desk.connector().begin())[1] == "busy"  # nor is the right one told from it
    other = desk.connector(QUARRY)
    assert (await other.begin())[1] == THEIR_PATH


async def test_a_right_password_may_call_as_often_as_it_likes(desk: Desk) -> None:
    connector = desk.connector()
    await connector.visit()

    assert {(await connector.begin())[1] for _ in range(30)} == {"none"}


async def test_an_error_of_quickbooks_leaves_everything_as_it_was(known: Desk) -> None:
    request = await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    assert await connector.asked(ticket)

    assert await connector.bring(ticket, "", "0x80040400", "QuickBooks found an error.") < 0

    assert await connector.last_error(ticket) == "QuickBooks was not asked (0x80040400)."
    assert "0x80040400" in await connector.close(ticket)
    assert await known.ended(request) == ("WAITING", None)
    await known.connector().visit()
    assert (await known.ended(request))[1]["__typename"] == "StillInErp"


async def test_quickbooks_that_cannot_be_opened_is_told_in_our_words(known: Desk) -> None:
    await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()

    done = await connector.call(
        "connectionError", ticket=ticket, hresult="0x80040408", message="Could not start."
    )

    assert done == "done"
    assert await connector.last_error(ticket) == "QuickBooks cannot be opened (0x80040408)."


async def test_operators_are_told_of_trouble_and_of_wrong_passwords(
    known: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    await connector.asked(ticket)
    await connector.bring(ticket, "", "0x80040400", "QuickBooks found an error.")
    await known.connector(password="a-wrong-password-by-far").begin()
    await known.connector(username="999-71").begin()

    told = [vars(each) for each in caplog.records if each.name == "erp_link.agents"]
    assert [each["msg"] for each in told] == ["agent trouble", "agent refused"]
    assert {(each["company"], each["integration"]) for each in told} == {(HARBOR, INTEGRATION)}
    assert told[0]["detail"] == "QuickBooks was not asked (0x80040400)."


async def test_a_connector_that_vanishes_is_asked_the_same_again(known: Desk) -> None:
    request = await known.pending(GONE)
    known.books.delete(DELETED)
    first = known.connector()
    ticket, _ = await first.begin()
    asked = await first.asked(ticket)  # and it is switched off

    await known.connector().visit()

    assert (await known.ended(request))[1]["__typename"] == "Success"
    assert await first.bring(ticket, known.books.process(asked)) < 0
    assert "over" in await first.last_error(ticket)
    assert await first.close(ticket) == "OK"


async def test_an_answer_counts_once(known: Desk) -> None:
    request = await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    answer = known.books.process(await connector.asked(ticket))
    assert await connector.bring(ticket, answer) == 100
    again = await known.pending(GONE)
    known.books.delete(DELETED)

    assert await connector.bring(ticket, answer) < 0

    assert "brought before" in await connector.last_error(ticket)
    assert (await known.ended(request))[1]["__typename"] == "StillInErp"
    assert await known.ended(again) == ("WAITING", None)


async def test_an_answer_brought_twice_at_once_counts_once(known: Desk) -> None:
    request = await known.pending(GONE)
    known.books.delete(DELETED)
    connector = known.connector()
    ticket, _ = await connector.begin()
    answer = known.books.process(await connector.asked(ticket))

    percents = await asyncio.gather(*(connector.bring(ticket, answer) for _ in range(4)))

    assert sorted(percents) == [-1, -1, -1, 100]
    assert (await known.ended(request))[1]["__typename"] == "Success"
    assert await known.invoice(GONE) == (False, ["UNLINKED", "UNLINK_PENDING"])


async def test_an_answer_to_an_older_question_is_none(known: Desk) -> None:
    """The connector lost an answer, asked anew, and brings the lost one late."""
    first = await known.pending(OPEN)
    connector = known.connector()
    ticket, _ = await connector.begin()
    late = known.books.process(await connector.asked(ticket))
    second = await known.pending(GONE)
    asked = await connector.asked(ticket, first=False)

    assert await connector.bring(ticket, late) < 0
    assert "about another question" in await connector.last_error(ticket)
    assert await known.ended(first) == ("WAITING", None)

    assert await connector.bring(ticket, known.books.process(asked)) == 100
    assert (await known.ended(first))[1]["__typename"] == "StillInErp"
    assert (await known.ended(second))[1]["__typename"] == "StillInErp"


async def test_who_asks_anew_during_a_visit_waits_for_the_next_one(known: Desk) -> None:
    first = await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    asked = await connector.asked(ticket)
    second = await known.pending(OPEN)
    assert await connector.bring(ticket, known.books.process(asked)) == 50
    again = await known.pending(GONE)
    asked = await connector.asked(ticket, first=False)
    assert asked_ids(asked) == [BILLS[RecordState.OPEN].txn_id, CANARY]

    assert await connector.bring(ticket, known.books.process(asked)) == 100

    for request in (first, second):
        assert (await known.ended(request))[1]["__typename"] == "StillInErp"
    assert await known.ended(again) == ("WAITING", None)
    await known.connector().visit()
    assert (await known.ended(again))[1]["__typename"] == "StillInErp"


async def test_the_ticket_of_another_company_opens_nothing_here(known: Desk) -> None:
    request = await known.pending(GONE)
    known.books.delete(DELETED)
    ours, theirs = known.connector(), known.connector(QUARRY)
    ticket, _ = await ours.begin()
    their_ticket, _ = await theirs.begin()
    forged = ticket.replace(f"{HARBOR}-", f"{QUARRY}-", 1)
    changed = their_ticket.replace(f"{QUARRY}-", f"{HARBOR}-", 1)
    answer = known.books.process(await ours.asked(ticket))

    for wrong in (forged, changed, "", "7-71", "7-71-", ticket[:-1], ticket.upper(), "x" * 5000):
        assert not await ours.asked(wrong)
        assert await ours.bring(wrong, answer) < 0
        assert "over" in await ours.last_error(wrong)
    assert await theirs.bring(their_ticket, answer) < 0
    assert await known.ended(request) == ("WAITING", None)


OTHER_FILES = [
    company_shown(None),
    company_shown(file_id(QUARRY, INTEGRATION)),
    company_shown(file_id(HARBOR, INTEGRATION), owner_id=file_id(1, 1)),
    company_shown(file_id(HARBOR, INTEGRATION)).replace("FileID", "FileName"),
    company_shown(file_id(HARBOR, INTEGRATION))[:-5],
    company_shown(file_id(HARBOR, INTEGRATION)).replace(str(OWNER_ID), "no id"),
    "",
]


async def test_another_company_file_is_not_even_asked(known: Desk) -> None:
    request = await known.pending(GONE)
    known.books.delete(DELETED)
    for shown in OTHER_FILES:
        connector = known.connector(shown=shown)

        calls = await connector.visit()

        assert calls == [*BEGINNING, "sendRequestXML", "getLastError", "closeConnection"], shown
        assert "does not hold the FileID" in connector.said[0], shown
    assert await known.ended(request) == ("WAITING", None)


async def test_a_copy_of_the_company_file_at_another_place_is_not_asked(known: Desk) -> None:
    """It has the same FileID."""
    await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()

    assert not await connector.asked(ticket, path=r"C:\Books\Backup\Harbor Builders.qbw")

    assert "another company file" in await connector.last_error(ticket)


async def test_a_file_that_is_changed_during_a_visit_is_not_asked(desk: Desk) -> None:
    connector = desk.connector()
    ticket, _ = await connector.begin()
    asked = await connector.asked(ticket)
    assert await connector.bring(ticket, desk.books.process(asked)) == 50

    assert not await connector.asked(ticket, first=False, path=THEIR_PATH)


async def test_an_answer_from_the_old_file_is_none_once_another_is_configured(
    desks: Opened,
) -> None:
    moved = {"password": PASSWORD, "company_file": r"D:\Books\Harbor Builders.qbw"}
    async with desks() as desk:
        connector = desk.connector()
        ticket, _ = await connector.begin()
        answer = desk.books.process(await connector.asked(ticket))
    async with desks(connections={f"{HARBOR}/{INTEGRATION}": moved}) as desk:
        connector = desk.connector()

        assert await connector.bring(ticket, answer) < 0
        assert "another company file" in await connector.last_error(ticket)


async def test_paths_are_compared_as_windows_does(desk: Desk) -> None:
    connector = desk.connector()
    ticket, _ = await connector.begin()

    assert await connector.asked(ticket, path="c:/books/HARBOR BUILDERS.QBW")


async def test_a_ticket_is_good_for_ten_minutes_after_a_question(known: Desk) -> None:
    request = await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    answer = known.books.process(await connector.asked(ticket))
    await later(known, minutes=9)
    assert "over" not in await connector.last_error(ticket)
    await later(known, minutes=2)

    assert await connector.bring(ticket, answer) < 0
    assert "over" in await connector.last_error(ticket)
    assert await known.ended(request) == ("WAITING", None)


async def later(desk: Desk, minutes: int) -> None:
    """As if so much time had gone by: the ticket's end is moved instead."""
    ours = SESSIONS.c.company_id == HARBOR
    async with desk.database.writing() as connection:
        ends = (await connection.execute(select(SESSIONS.c.expires_at).where(ours))).scalar_one()
        sooner = ends - timedelta(minutes=minutes)
        await connection.execute(update(SESSIONS).where(ours).values(expires_at=sooner))


async def test_a_visit_survives_a_restart(desks: Opened) -> None:
    async with desks() as before:
        connector = before.connector()
        ticket, _ = await connector.begin()
        answer = before.books.process(await connector.asked(ticket))
    async with desks() as after:
        again = after.connector()

        assert await again.bring(ticket, answer) == 50
        assert await again.asked(ticket, first=False)


async def test_the_calls_of_a_visit_may_come_to_several_processes(desks: Opened) -> None:
    async with desks() as one, desks() as other:
        first, second = one.connector(), other.connector()
        ticket, _ = await first.begin()
        answer = one.books.process(await second.asked(ticket))
        assert await first.bring(ticket, answer) == 50
        answer = one.books.process(await first.asked(ticket, first=False))
        assert await second.bring(ticket, answer) == 100
        assert await first.close(ticket) == "OK"

        assert "over" in await second.last_error(ticket)
        assert await other.known(OPEN) == "OPEN"
