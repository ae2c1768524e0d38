"""Unlinking, in the order of its points: who asks, what is synced, and only then the ERP."""

from dataclasses import replace
from operator import attrgetter

import pytest

from domain.erps import RecordState
from domain.permissions import MissingPermission, UnlinkPermission
from domain.unlinking import (
    AttemptOutcome,
    InvoiceNotFound,
    InvoiceNotSynced,
    PermissionDenied,
    StillInErp,
    Unlinked,
    UnlinkNotSupported,
)
from resolvers.context import Context
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.fakes import without_attempts
from tests.resolvers.conftest import ALSO_SYNCED, NOT_SYNCED, SYNCED, Desk

BILL = f"BILL-{SYNCED}"
MISSING_PRIVILEGE = (MissingPermission(UnlinkPermission.CAN_PUSH_TO_ACCOUNTING),)


async def test_unlinks_what_is_deleted_in_the_erp(desk: Desk) -> None:
    desk.erp.states[BILL] = RecordState.DELETED
    before = await desk.invoice()

    outcome = await desk.unlink()

    after = await desk.invoice()
    assert isinstance(outcome, Unlinked)
    assert after == replace(before, link=None, erp_status="not_in_erp")
    assert outcome.invoice.id == SYNCED
    for what in (
        "number",
        "erp_status",
        "locked",
        "link",
        "vendor.name",
        "summary.total_retainage",
    ):
        assert attrgetter(what)(outcome.invoice) == attrgetter(what)(after), what
    assert await desk.invoice(ALSO_SYNCED) != after


async def test_i3_the_former_link_is_kept_as_it_was_last_seen(desk: Desk) -> None:
    desk.erp.states[BILL] = RecordState.DELETED
    link = (await desk.invoice()).link
    assert link is not None

    outcome = await desk.unlink()

    assert isinstance(outcome, Unlinked)
    kept = await desk.services.invoices.links(link.company_id, [link.id])
    assert kept[link.id] == outcome.former_link
    assert outcome.former_link.ended_at is not None
    assert outcome.former_link.record_state is RecordState.DELETED
    assert outcome.former_link.record_id == link.record_id


async def test_i2_one_record_of_the_unlink_with_who_and_why(desk: Desk) -> None:
    desk.erp.states[BILL] = RecordState.ABSENT
    link = (await desk.invoice()).link

    await desk.unlink()

    (attempt,) = await desk.attempts()
    assert attempt.outcome is AttemptOutcome.UNLINKED
    assert (attempt.by, attempt.invoice_id) == ("Ann", SYNCED)
    assert attempt.link is not None
    assert link is not None
    assert attempt.link.id == link.id
    assert attempt.evidence == "BILL-1 is absent; the canary was seen in the same answer"
    assert await desk.attempts(ALSO_SYNCED) == []


@pytest.mark.parametrize(
    "state",
    [state for state in RecordState if state not in (RecordState.ABSENT, RecordState.DELETED)],
)
async def test_refuses_while_the_erp_still_holds_the_record(desk: Desk, state: RecordState) -> None:
    desk.erp.states[BILL] = state

    outcome = await desk.unlink()

    after = await desk.invoice()
    assert after.link is not None
    assert outcome == StillInErp(after.link, after.link.integration, state)
    assert after.link.record_state is state
    assert await desk.outcomes() == [AttemptOutcome.STILL_IN_ERP]


async def test_asks_about_the_record_and_the_canary_in_one_batch(desk: Desk) -> None:
    await desk.unlink()

    assert desk.erp.asked == [[BILL, "OPENING"]]


async def test_a_void_and_a_reversal_count_where_the_integration_says_so(desk: Desk) -> None:
    await desk.integration_becomes(voidCountsAsGone=True, reversalCountsAsGone=True)
    desk.erp.states = {BILL: RecordState.VOIDED, f"BILL-{ALSO_SYNCED}": RecordState.REVERSED}

    assert isinstance(await desk.unlink(SYNCED), Unlinked)
    assert isinstance(await desk.unlink(ALSO_SYNCED), Unlinked)


async def test_never_asks_the_erp_on_behalf_of_someone_who_may_not_unlink(desk: Desk) -> None:
    desk.erp.states[BILL] = RecordState.DELETED
    before = await desk.contents()

    outcome = await desk.unlink(person="bob")

    assert outcome == PermissionDenied(MISSING_PRIVILEGE, (await desk.invoice()).project)
    assert desk.erp.asked == []
    assert without_attempts(await desk.contents()) == without_attempts(before)
    (attempt,) = await desk.attempts()
    assert attempt.outcome is AttemptOutcome.PERMISSION_DENIED
    assert attempt.evidence == "missing: can_push_to_accounting"
    assert attempt.by == "Bob"


async def test_someone_who_may_not_unlink_does_not_learn_whether_it_is_synced(desk: Desk) -> None:
    outcome = await desk.unlink(NOT_SYNCED, person="bob")

    assert outcome == PermissionDenied(MISSING_PRIVILEGE, (await desk.invoice()).project)


async def test_never_asks_the_erp_of_what_is_not_synced(desk: Desk) -> None:
    before = await desk.contents()

    assert await desk.unlink(NOT_SYNCED) == InvoiceNotSynced()

    assert desk.erp.asked == []
    assert without_attempts(await desk.contents()) == without_attempts(before)
    assert await desk.outcomes(NOT_SYNCED) == [AttemptOutcome.INVOICE_NOT_SYNCED]


async def test_never_asks_the_erp_of_an_integration_that_cannot_unlink(desk: Desk) -> None:
    await desk.integration_becomes(unlinkSupported=False, deletionRequired=False)
    before = await desk.contents()

    outcome = await desk.unlink()

    link = (await desk.invoice()).link
    assert link is not None
    assert outcome == UnlinkNotSupported(link.integration)
    assert desk.erp.asked == []
    assert without_attempts(await desk.contents()) == without_attempts(before)
    assert await desk.outcomes() == [AttemptOutcome.UNLINK_NOT_SUPPORTED]


async def test_an_invoice_that_is_not_there_is_not_found_and_the_attempt_is_kept(
    desk: Desk,
) -> None:
    assert await desk.unlink(404) == InvoiceNotFound()

    assert desk.erp.asked == []
    assert await desk.outcomes(404) == [AttemptOutcome.INVOICE_NOT_FOUND]


async def test_where_no_deletion_is_needed_it_unlinks_without_asking_and_says_so(
    desk: Desk,
) -> None:
    await desk.integration_becomes(deletionRequired=False)

    outcome = await desk.unlink()

    assert isinstance(outcome, Unlinked)
    assert desk.erp.asked == []
    (attempt,) = await desk.attempts()
    assert attempt.outcome is AttemptOutcome.UNLINKED
    assert attempt.evidence == "this integration needs no deletion: the ERP was not asked"
    assert outcome.former_link.record_state is RecordState.OPEN


async def test_i4_the_second_unlink_is_told_that_the_invoice_is_not_synced(desk: Desk) -> None:
    desk.erp.states[BILL] = RecordState.DELETED

    assert isinstance(await desk.unlink(), Unlinked)
    assert await desk.unlink() == InvoiceNotSynced()

    assert await desk.outcomes() == [AttemptOutcome.INVOICE_NOT_SYNCED, AttemptOutcome.UNLINKED]


@pytest.mark.parametrize(
    "key",
    [
        None,
        NodeKey("Project", 7, "701"),
        NodeKey("ErpLink", 7, "0" * 32),
        NodeKey("SubcontractorInvoice", 8, "1"),
    ],
)
async def test_i5_what_is_no_invoice_of_the_viewers_is_not_found_and_leaves_no_trace(
    desk: Desk, key: NodeKey | None
) -> None:
    viewer = await desk.services.directory.viewer("erp-link-demo", "ann")
    assert viewer is not None
    before = await desk.contents()

    assert await unlink_invoice(Context(viewer, desk.services), key) == InvoiceNotFound()

    assert await desk.contents() == before
