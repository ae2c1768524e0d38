"""Every way an unlink can end, as the client sees it."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from domain.erps import ErpTrouble, RecordState, Trouble
from tests.builders import HARBOR
from tests.fakes import contents, without_attempts
from tests.schema.books import UNSYNCED
from tests.schema.conftest import UNLINK, Clerk, an_id

RED = "The requisition is still in your ERP system. Please delete it before retrying."
INTEGRATION = an_id("ErpIntegration", HARBOR, 71)
ERP_UNAVAILABLE = """
mutation($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) {
    __typename
    ... on ErpUnavailable { message code reason retryAfterSeconds }
  }
}
"""


def invoice_id(number: int) -> str:
    return an_id("SubcontractorInvoice", HARBOR, number)


async def ask(clerk: Clerk, query: str, number: int = 1, person: str = "ann") -> Any:
    return (await clerk.service.data(query, {"invoice": invoice_id(number)}, person))[
        "unlinkInvoice"
    ]


async def test_success_says_the_green_sentence_and_shows_both_sides(clerk: Clerk) -> None:
    clerk.erp.states["BILL-1"] = RecordState.DELETED

    answer = await ask(
        clerk,
        """mutation($invoice: ID!) { unlinkInvoice(input: {invoiceId: $invoice}) {
          __typename
          ... on Success {
            message
            invoice { id number locked erpStatus erpLink { id } unlinkHistory { by outcome evidence
              link { recordId recordState } } }
            formerLink { recordId recordState documentNumber endedAt integration { id } }
          }
        } }""",
    )

    ended_at = answer["formerLink"].pop("endedAt")
    assert datetime.fromisoformat(ended_at).tzinfo is not None
    assert answer == {
        "__typename": "Success",
        "message": "Successfully Unlinked",
        "invoice": {
            "id": invoice_id(1),
            "number": 1,
            "locked": False,
            "erpStatus": "not_in_erp",
            "erpLink": None,
            "unlinkHistory": [
                {
                    "by": "Ann",
                    "outcome": "UNLINKED",
                    "evidence": "BILL-1 is deleted; the canary was seen in the same answer",
                    "link": {"recordId": "BILL-1", "recordState": "DELETED"},
                }
            ],
        },
        "formerLink": {
            "recordId": "BILL-1",
            "recordState": "DELETED",
            "documentNumber": "GL/2026/0001",
            "integration": {"id": INTEGRATION},
        },
    }


async def test_still_in_erp_says_the_red_sentence_and_what_to_do_first(clerk: Clerk) -> None:
    answer = await ask(
        clerk,
        """mutation($invoice: ID!) { unlinkInvoice(input: {invoiceId: $invoice}) {
          __typename
          ... on StillInErp { message code recordState advice
            link { recordId recordState endedAt integration { id } } }
        } }""",
        number=2,
    )

    assert answer == {
        "__typename": "StillInErp",
        "message": RED,
        "code": "STILL_IN_ERP",
        "recordState": "PAID",
        "advice": "The bill has been paid: remove its payment first, then delete the bill.",
        "link": {
            "recordId": "BILL-2",
            "recordState": "PAID",
            "endedAt": None,
            "integration": {"id": INTEGRATION},
        },
    }


async def test_still_in_erp_leads_to_the_record_where_its_address_is_known(clerk: Clerk) -> None:
    clerk.erp.addresses["BILL-2"] = "https://erp.example/bills/2"
    query = """mutation($invoice: ID!) { unlinkInvoice(input: {invoiceId: $invoice}) {
      ... on StillInErp { recordUrl } } }"""

    assert await ask(clerk, query, number=2) == {"recordUrl": "https://erp.example/bills/2"}
    assert await ask(clerk, query, number=3) == {"recordUrl": None}


async def test_an_invoice_without_a_link_is_not_synced(clerk: Clerk) -> None:
    assert await clerk.unlink(UNSYNCED) == {
        "__typename": "InvoiceNotSynced",
        "message": "This invoice is not synced with the ERP.",
        "code": "INVOICE_NOT_SYNCED",
    }


async def test_an_unknown_invoice_is_not_found(clerk: Clerk) -> None:
    assert await clerk.unlink(404) == {
        "__typename": "InvoiceNotFound",
        "message": "There is no such invoice.",
        "code": "INVOICE_NOT_FOUND",
    }


async def test_an_integration_that_cannot_unlink_is_named_with_its_rules(clerk: Clerk) -> None:
    await clerk.integration_becomes(
        unlinkSupported=False, notes="Ask your accountant.", documentationUrl="https://erp.test/"
    )

    answer = await ask(
        clerk,
        """mutation($invoice: ID!) { unlinkInvoice(input: {invoiceId: $invoice}) {
          __typename
          ... on UnlinkNotSupported { message code integration { id erp name unlinkSupported
            deletionRequired voidCountsAsGone reversalCountsAsGone notes documentationUrl } }
        } }""",
    )

    assert answer == {
        "__typename": "UnlinkNotSupported",
        "message": "Harbor ledger does not support unlinking.",
        "code": "UNLINK_NOT_SUPPORTED",
        "integration": {
            "id": INTEGRATION,
            "erp": "fake",
            "name": "Harbor ledger",
            "unlinkSupported": False,
            "deletionRequired": True,
            "voidCountsAsGone": False,
            "reversalCountsAsGone": False,
            "notes": "Ask your accountant.",
            "documentationUrl": "https://erp.test/",
        },
    }


async def test_i1_each_trouble_is_told_with_its_reason_and_when_to_try_again(clerk: Clerk) -> None:
    before = without_attempts(await contents(clerk.database, HARBOR))
    told: set[str] = set()
    for trouble in Trouble:
        wait = 30 if trouble is Trouble.RATE_LIMITED else None

        async def raises(trouble: Trouble = trouble, wait: int | None = wait) -> None:
            raise ErpTrouble(trouble, "token=s3cret at https://erp.test", wait)

        clerk.erp.meanwhile = raises
        answer = await ask(clerk, ERP_UNAVAILABLE)
        message = answer.pop("message")

        assert answer == {
            "__typename": "ErpUnavailable",
            "code": "ERP_UNAVAILABLE",
            "reason": trouble.name,
            "retryAfterSeconds": wait,
        }
        assert message.endswith(" Nothing was changed.")
        assert "s3cret" not in message
        told.add(message)
    assert len(told) == len(Trouble)
    assert without_attempts(await contents(clerk.database, HARBOR)) == before


@pytest.mark.parametrize("fault", [KeyError("s3cret"), ValueError("s3cret"), OSError("s3cret")])
async def test_i3_i8_a_surprise_is_masked_and_nothing_at_all_is_written(
    clerk: Clerk, fault: Exception
) -> None:
    async def raises() -> None:
        raise fault

    clerk.erp.states["BILL-1"] = RecordState.DELETED
    clerk.erp.meanwhile = raises
    before = await contents(clerk.database, HARBOR)

    answer = await clerk.service.post(UNLINK, {"invoice": invoice_id(1)}, "ann")

    assert answer.status_code == 200
    assert "s3cret" not in answer.text
    assert answer.json()["data"] == {"unlinkInvoice": None}
    assert answer.json()["errors"] == [
        {
            "message": "Something went wrong here. Nothing was said to be done.",
            "locations": [{"line": 3, "column": 3}],
            "path": ["unlinkInvoice"],
            "extensions": {
                "code": "INTERNAL_SERVER_ERROR",
                "requestId": answer.headers["x-request-id"],
            },
        }
    ]
    assert await contents(clerk.database, HARBOR) == before


async def test_one_surprise_does_not_hide_anothers_success(clerk: Clerk) -> None:
    async def first_call_fails() -> None:
        if len(clerk.erp.asked) == 1:
            raise KeyError("boom")

    clerk.erp.states |= {"BILL-1": RecordState.DELETED, "BILL-3": RecordState.DELETED}
    clerk.erp.meanwhile = first_call_fails

    answer = await clerk.service.post(
        """mutation($one: ID!, $two: ID!) {
          one: unlinkInvoice(input: {invoiceId: $one}) { __typename }
          two: unlinkInvoice(input: {invoiceId: $two}) { __typename }
        }""",
        {"one": invoice_id(1), "two": invoice_id(3)},
        "ann",
    )

    assert answer.json()["data"] == {"one": None, "two": {"__typename": "Success"}}
    assert [error["path"] for error in answer.json()["errors"]] == [["one"]]


async def test_i4_of_two_at_once_one_is_told_that_it_is_not_synced(clerk: Clerk) -> None:
    both = asyncio.Barrier(2)

    async def together() -> None:
        await both.wait()

    clerk.erp.states["BILL-1"] = RecordState.DELETED
    clerk.erp.meanwhile = together

    answers = await asyncio.gather(clerk.unlink(1), clerk.unlink(1))

    assert sorted(answer["__typename"] for answer in answers) == ["InvoiceNotSynced", "Success"]
