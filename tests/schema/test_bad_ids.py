"""Ids that are no ids of ours name nothing, and never fail."""

from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from tests.builders import DOCKS, HARBOR
from tests.fakes import contents
from tests.schema.conftest import HARBOR_ID, UNLINK, Clerk, an_id

GOOD = an_id("SubcontractorInvoice", HARBOR, 1)
BIGGEST = 2**63 - 1


def packed(inside: str) -> str:
    return urlsafe_b64encode(inside.encode()).decode().rstrip("=")


def _not_canonical() -> str:
    """The same bytes once decoded, with the unused bits of the last character set."""
    two_over = an_id("Vendor", HARBOR, 1)
    while len(two_over) % 4 == 0:
        two_over = an_id("Vendors", HARBOR, 1)
    return two_over[:-1] + chr(ord(two_over[-1]) + 1)


BAD = {
    "empty": "",
    "a space": " ",
    "truncated": GOOD[:-1],
    "truncated more": GOOD[: len(GOOD) // 2],
    "one character": "Q",
    "padded": GOOD + "=",
    "padded more": GOOD + "==",
    "lower case": GOOD.lower(),
    "upper case": GOOD.upper(),
    "with a space before": " " + GOOD,
    "with a newline after": GOOD + "\n",
    "with something inside": GOOD[:8] + "!" + GOOD[8:],
    "twice": GOOD + GOOD,
    "not canonical": _not_canonical(),
    "plain text": f"SubcontractorInvoice:{HARBOR}:1",
    "a number": "1",
    "unicode": "Straße漢字",
    "other base64": b64encode(b"SubcontractorInvoice:7:1\xff\xfb").decode(),
    "a NUL": "\0",
    "long": "A" * 10_000,
    "long and decodable": packed("SubcontractorInvoice:7:" + "1" * 5_000),
    "too many parts": packed("SubcontractorInvoice:7:1:1"),
    "too few parts": packed("SubcontractorInvoice:7"),
    "no kind": packed(":7:1"),
    "an unknown kind": packed("Invoice:7:1"),
    "a kind in lower case": packed("subcontractorInvoice:7:1"),
    "a leading zero": packed("SubcontractorInvoice:7:01"),
    "a leading zero in the company": packed("SubcontractorInvoice:07:1"),
    "a plus sign": packed("SubcontractorInvoice:7:+1"),
    "a negative number": packed("SubcontractorInvoice:7:-1"),
    "a negative company": packed("SubcontractorInvoice:-7:1"),
    "other digits": packed("SubcontractorInvoice:\u0667:\u0661"),
    "a fraction": packed("SubcontractorInvoice:7:1.0"),
    "an underscore": packed("SubcontractorInvoice:7:1_0"),
    "a space inside": packed("SubcontractorInvoice:7: 1"),
    "a newline inside": packed("SubcontractorInvoice:7:1\n"),
    "too big": packed(f"SubcontractorInvoice:7:{BIGGEST + 1}"),
    "a company too big": packed(f"SubcontractorInvoice:{BIGGEST + 1}:1"),
    "much too big": packed(f"SubcontractorInvoice:7:{10**40}"),
    "a UUID for an invoice": packed("SubcontractorInvoice:7:" + "0" * 32),
    "a number for a link": packed("ErpLink:7:1"),
    "a UUID in upper case": packed("ErpLink:7:" + "A" * 32),
    "the biggest there can be": packed(f"SubcontractorInvoice:7:{BIGGEST}"),
    "zero": packed("SubcontractorInvoice:7:0"),
}
WRONG_TYPE = {
    "a company's": HARBOR_ID,
    "a project's": an_id("Project", HARBOR, DOCKS),
    "a link's": an_id("ErpLink", HARBOR, "0" * 32),
}
NAMES_AN_INVOICE = {"the biggest there can be", "zero"}
"""Well formed: the attempt to unlink it is kept, as for any invoice that does not exist."""

EVERYTHING = """query($id: ID!, $company: ID!) {
  node(id: $id) { id }
  nodes(ids: [$id, $id]) { id }
  company(id: $id) { id }
  subcontractorInvoice(id: $id) { id }
  syncedInvoices(companyId: $id) { totalCount }
  viewer { grants(companyId: $id) { erpIntegrations canPushToAccounting commitments { level } } }
  projects: syncedInvoices(companyId: $company, filter: {projectIds: [$id]}) { totalCount }
  vendors: syncedInvoices(companyId: $company, filter: {vendorIds: [$id]}) { totalCount }
  commitments: syncedInvoices(companyId: $company, filter: {commitmentIds: [$id]}) { totalCount }
}"""
NOTHING = {
    "node": None,
    "nodes": [None, None],
    "company": None,
    "subcontractorInvoice": None,
    "syncedInvoices": None,
    "viewer": {
        "grants": {"erpIntegrations": "NONE", "canPushToAccounting": False, "commitments": []}
    },
    "projects": {"totalCount": 0},
    "vendors": {"totalCount": 0},
    "commitments": {"totalCount": 0},
}
NOT_FOUND = {
    "__typename": "InvoiceNotFound",
    "message": "There is no such invoice.",
    "code": "INVOICE_NOT_FOUND",
}


async def everything(clerk: Clerk, id: str | int) -> Any:
    return await clerk.service.data(EVERYTHING, {"id": id, "company": HARBOR_ID}, "ann")


async def test_a_malformed_id_names_nothing_anywhere(reader: Clerk) -> None:
    for what, id in BAD.items():
        assert await everything(reader, id) == NOTHING, what


async def test_unlinking_by_a_malformed_id_finds_no_invoice_and_leaves_no_trace(
    reader: Clerk,
) -> None:
    before = await contents(reader.database, HARBOR)

    for what, id in (BAD | WRONG_TYPE).items():
        if what not in NAMES_AN_INVOICE:
            answer = await reader.service.data(UNLINK, {"invoice": id}, "ann")
            assert answer == {"unlinkInvoice": NOT_FOUND}, what

    assert await contents(reader.database, HARBOR) == before
    assert reader.erp.asked == []


@pytest.mark.parametrize("what", sorted(NAMES_AN_INVOICE))
async def test_unlinking_a_well_formed_id_of_nothing_is_kept_as_an_attempt(
    clerk: Clerk, what: str
) -> None:
    before = await contents(clerk.database, HARBOR)

    answer = await clerk.service.data(UNLINK, {"invoice": BAD[what]}, "ann")

    assert answer == {"unlinkInvoice": NOT_FOUND}
    after = await contents(clerk.database, HARBOR)
    assert len(after.pop("unlink_attempts")) == len(before.pop("unlink_attempts")) + 1
    assert after == before


async def test_the_good_id_that_the_bad_ones_are_made_of_names_an_invoice(reader: Clerk) -> None:
    found = await everything(reader, GOOD)

    assert found["node"] == found["subcontractorInvoice"] == {"id": GOOD}


async def test_a_whole_number_may_stand_for_an_id_and_names_nothing(reader: Clerk) -> None:
    """GraphQL reads a number as an id in text."""
    assert await everything(reader, 17) == NOTHING


@pytest.mark.parametrize("id", [None, True, 1.5, [], {}, ["a"]])
async def test_what_cannot_be_an_id_at_all_is_refused(reader: Clerk, id: object) -> None:
    before = await contents(reader.database, HARBOR)

    error = await reader.bad_input(UNLINK, invoice=id)

    assert "$invoice" in error["message"]
    assert await contents(reader.database, HARBOR) == before
