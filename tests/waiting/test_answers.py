"""From the click to the end of it, as people see it, by way of an agent's answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.erps import ErpTrouble, RecordState, Trouble
from tests.builders import CANARY, HARBOR, a_directory, a_person, a_requisition, bring_in
from tests.safety.books import books as books_of
from tests.schema import books
from tests.waiting.conftest import Office

RED = "The requisition is still in your ERP system. Please delete it before retrying."
PENDING = (
    "Your ERP system is asked as soon as its agent calls; the invoice stays linked until then."
)


def gone(office: Office, *numbers: int) -> None:
    """The accountant deletes these bills."""
    office.agent.books.states |= {f"BILL-{number}": RecordState.DELETED for number in numbers}


async def test_a_click_is_told_that_it_waits_and_what_for(office: Office) -> None:
    before = datetime.now(UTC)

    answer = await office.unlink(2)

    request = answer.pop("request")
    assert answer == {"__typename": "UnlinkPending", "message": PENDING, "code": "UNLINK_PENDING"}
    asked_at, waits_until = (
        datetime.fromisoformat(request.pop(name)) for name in ("askedAt", "waitsUntil")
    )
    assert before <= asked_at <= datetime.now(UTC)
    assert waits_until - asked_at == timedelta(days=1)
    id = request.pop("id")
    assert request == {
        "state": "WAITING",
        "by": "Ann",
        "answeredAt": None,
        "invoice": {"number": 2, "locked": True},
        "link": {"recordId": "BILL-2", "recordState": "PAID"},
        "outcome": None,
    }
    found = await office.request(id)
    assert (found["state"], found["outcome"]) == ("WAITING", None)
    assert await office.history(2) == [("Ann", "UNLINK_PENDING")]


async def test_i1_a_deleted_bill_unlinks_the_invoice_when_the_agent_says_so(
    office: Office,
) -> None:
    id = await office.asks(2)
    gone(office, 2)

    await office.agent.call()

    outcome = await office.outcome(id)
    assert outcome["formerLink"].pop("endedAt") is not None
    assert outcome == {
        "__typename": "Success",
        "message": "Successfully Unlinked",
        "invoice": {"number": 2, "locked": False},
        "formerLink": {"recordId": "BILL-2"},
    }
    invoice = await office.invoice(2)
    assert (invoice["locked"], invoice["erpLink"]) == (False, None)
    newest, opened = invoice["unlinkHistory"]
    assert (newest["by"], newest["outcome"]) == ("Ann", "UNLINKED")
    assert newest["evidence"] == "BILL-2 is deleted; the canary was seen in the same answer"
    assert (opened["by"], opened["outcome"]) == ("Ann", "UNLINK_PENDING")
    assert await office.agent.call() == {}
    assert office.agent.books.asked == [["BILL-2", CANARY.record_id]]


async def test_a_bill_that_is_still_there_is_said_with_the_red_sentence(office: Office) -> None:
    id = await office.asks(2)

    await office.agent.call()

    assert await office.outcome(id) == {
        "__typename": "StillInErp",
        "message": RED,
        "code": "STILL_IN_ERP",
        "recordState": "PAID",
        "advice": "The bill has been paid: remove its payment first, then delete the bill.",
    }
    assert (await office.invoice(2))["locked"]
    assert await office.history(2) == [("Ann", "STILL_IN_ERP"), ("Ann", "UNLINK_PENDING")]


async def test_what_the_agent_saw_is_the_last_known_state_of_the_bill(office: Office) -> None:
    before = (await office.invoice(2))["erpLink"]
    office.agent.books.states["BILL-2"] = RecordState.OPEN
    office.agent.books.documents["BILL-2"] = "NEW/7"
    await office.asks(2)

    await office.agent.call()

    seen = (await office.invoice(2))["erpLink"]
    assert (before["recordState"], seen["recordState"]) == ("PAID", "OPEN")
    assert seen["checkedAt"] > before["checkedAt"]
    found = await office.service.data(
        """query($company: ID!) { syncedInvoices(companyId: $company, filter: {search: "NEW/7"}) {
          nodes { number } } }""",
        {"company": "Q29tcGFueTo3Ojc"},
        "ann",
    )
    assert found["syncedInvoices"]["nodes"] == [{"number": 2}]


async def test_the_lines_of_the_invoice_are_freed_with_it(office: Office) -> None:
    lines = [{"id": line, "origin_id": f"BILL-60/{line}"} for line in (1, 2)]
    requisition = a_requisition(60, items=lines)
    await bring_in(office.database, a_directory(books.HARBOR_PEOPLE), [requisition])
    gone(office, 60)
    await office.asks(60)
    before = (await books_of(office.database, HARBOR)).invoice(60)

    await office.agent.call()

    after = (await books_of(office.database, HARBOR)).invoice(60)
    (link,) = before.links
    assert [line["link_id"] for line in before.lines] == [link["id"]] * 2
    assert [line["link_id"] for line in after.lines] == [None, None]
    assert after.invoices[0]["erp_status"] == "not_in_erp"


async def test_after_a_red_answer_one_asks_again_and_is_told_of_another_request(
    office: Office,
) -> None:
    first = await office.asks(2)
    await office.agent.call()
    gone(office, 2)

    second = await office.asks(2)
    await office.agent.call()

    assert first != second
    assert (await office.outcome(first))["__typename"] == "StillInErp"
    assert (await office.outcome(second))["__typename"] == "Success"
    assert [outcome for _, outcome in await office.history(2)] == [
        "UNLINKED",
        "UNLINK_PENDING",
        "STILL_IN_ERP",
        "UNLINK_PENDING",
    ]


async def test_a_second_click_is_told_the_same_request_whoever_clicks(office: Office) -> None:
    await office.people_become(*books.HARBOR_PEOPLE, a_person("nils", name="Nils"))
    first = await office.unlink(3)

    again, by_another = await office.unlink(3), await office.unlink(3, "nils")

    assert again == first
    assert by_another == first
    assert by_another["request"]["by"] == "Ann"
    assert await office.history(3) == [
        ("Nils", "UNLINK_PENDING"),
        ("Ann", "UNLINK_PENDING"),
        ("Ann", "UNLINK_PENDING"),
    ]
    assert len((await office.agent.fetch()).record_ids) == 1


async def test_who_may_not_unlink_makes_no_agent_ask(office: Office) -> None:
    assert (await office.unlink(1, "bob"))["__typename"] == "PermissionDenied"
    assert (await office.unlink(books.UNSYNCED))["__typename"] == "InvoiceNotSynced"

    assert (await office.agent.fetch()).record_ids == {}


async def test_an_integration_that_needs_no_deletion_unlinks_at_once(office: Office) -> None:
    await office.rules_become(deletionRequired=False)

    assert (await office.unlink(1))["__typename"] == "Success"


async def test_several_wait_side_by_side_and_each_is_answered_for_itself(office: Office) -> None:
    ids = {number: await office.asks(number) for number in (1, 2, 3)}
    gone(office, 1, 3)

    await office.agent.call()

    said = {number: (await office.outcome(id))["__typename"] for number, id in ids.items()}
    assert said == {1: "Success", 2: "StillInErp", 3: "Success"}


async def test_the_oldest_are_handed_out_first_and_no_more_than_the_agent_takes(
    office: Office,
) -> None:
    for number in (3, 1, 2):
        await office.asks(number)

    taken = await office.agent.fetch(limit=2)

    first_records = [ids[0] for ids in taken.record_ids.values()]
    assert first_records == ["BILL-3", "BILL-1"]


async def test_who_lost_a_permission_meanwhile_does_not_unlink(office: Office) -> None:
    id = await office.asks(1)
    gone(office, 1)
    await office.people_become(
        a_person("ann", canPushToAccounting=False, commitments={"701": "standard"})
    )

    await office.agent.call()

    outcome: Any = await office.outcome(id)
    assert outcome["__typename"] == "PermissionDenied"
    assert outcome["missing"] == [
        {
            "permission": "COMMITMENTS_ADMIN",
            "required": "ADMIN",
            "current": "STANDARD",
            "where": "the Commitments tool of the project Harbor Docks",
        },
        {
            "permission": "CAN_PUSH_TO_ACCOUNTING",
            "required": None,
            "current": None,
            "where": "the Company Directory",
        },
    ]
    assert (await office.invoice(1))["locked"]
    assert (await office.history(1))[0] == ("Ann", "PERMISSION_DENIED")


async def test_who_left_the_company_meanwhile_does_not_unlink(office: Office) -> None:
    id = await office.asks(1)
    gone(office, 1)
    await office.people_become(a_person("zoe"))

    await office.agent.call()

    assert await office.request(id) is None
    seen = await office.request(id, "zoe")
    assert (seen["state"], seen["by"]) == ("ANSWERED", "Ann")
    assert seen["outcome"]["__typename"] == "InvoiceNotFound"
    assert (await office.invoice(1, "zoe"))["locked"]


async def test_rules_that_changed_meanwhile_count(office: Office) -> None:
    id = await office.asks(1)
    gone(office, 1)
    await office.rules_become(unlinkSupported=False)

    await office.agent.call()

    assert (await office.outcome(id))["__typename"] == "UnlinkNotSupported"
    assert (await office.invoice(1))["locked"]


async def test_where_no_deletion_is_needed_any_more_the_answer_unlinks(office: Office) -> None:
    id = await office.asks(1)
    await office.rules_become(deletionRequired=False)

    await office.agent.call()

    assert (await office.outcome(id))["__typename"] == "Success"


async def test_i1_what_troubled_the_agent_is_told_and_nothing_is_changed(office: Office) -> None:
    id = await office.asks(1)
    question = await office.agent.fetch()
    (request,) = question.record_ids

    trouble = ErpTrouble(Trouble.SERVER_ERROR, "QuickBooks has no company file open", 30)
    await office.agent.answer(question, {request: trouble})

    assert await office.outcome(id) == {
        "__typename": "ErpUnavailable",
        "message": "Your ERP system has a problem of its own. Nothing was changed.",
        "code": "ERP_UNAVAILABLE",
        "reason": "SERVER_ERROR",
        "retryAfterSeconds": 30,
    }
    assert (await office.invoice(1))["locked"]
