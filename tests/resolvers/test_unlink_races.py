"""I4: what happens to the link while the ERP is asked."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.pool import QueuePool

from adapters.tokens import DEMO_ISSUER
from domain.erps import RecordState, Trouble
from domain.unlinking import (
    AttemptOutcome,
    ErpUnavailable,
    InvoiceNotFound,
    InvoiceNotSynced,
    StillInErp,
    Unlinked,
)
from resolvers.context import Context
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import ROUNDS, unlink_invoice
from tests.builders import HARBOR, a_person
from tests.fakes import without_attempts
from tests.resolvers.conftest import SYNCED, Desk

BILL, NEW_BILL = f"BILL-{SYNCED}", "BILL-91"
GONE = RecordState.DELETED


def once(happening: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The happening, the first time; nothing afterwards."""
    happened = False

    async def meanwhile() -> None:
        nonlocal happened
        if not happened:
            happened = True
            await happening()

    return meanwhile


async def test_a_re_sync_in_the_meantime_is_judged_anew_and_not_cut(desk: Desk) -> None:
    desk.erp.states = {BILL: GONE, NEW_BILL: RecordState.OPEN}
    desk.erp.meanwhile = once(lambda: desk.is_synced_anew(NEW_BILL))

    outcome = await desk.unlink()

    assert isinstance(outcome, StillInErp)
    assert outcome.link.record_id == NEW_BILL
    assert [asked[0] for asked in desk.erp.asked] == [BILL, NEW_BILL]
    link = (await desk.invoice()).link
    assert link is not None
    assert link.record_id == NEW_BILL
    assert await desk.outcomes() == [AttemptOutcome.STILL_IN_ERP]


async def test_a_re_synced_record_that_is_gone_as_well_is_unlinked_once(desk: Desk) -> None:
    desk.erp.states = {BILL: GONE, NEW_BILL: GONE}
    desk.erp.meanwhile = once(lambda: desk.is_synced_anew(NEW_BILL))

    outcome = await desk.unlink()

    assert isinstance(outcome, Unlinked)
    assert outcome.former_link.record_id == NEW_BILL
    assert not (await desk.invoice()).locked
    (attempt,) = await desk.attempts()
    assert attempt.outcome is AttemptOutcome.UNLINKED
    assert attempt.link is not None
    assert attempt.link.record_id == NEW_BILL


async def test_i1_a_re_synced_record_that_nobody_has_seen_is_not_gone_by_being_absent(
    desk: Desk,
) -> None:
    desk.erp.states = {BILL: GONE, NEW_BILL: RecordState.ABSENT}
    desk.erp.meanwhile = once(lambda: desk.is_synced_anew(NEW_BILL))

    outcome = await desk.unlink()

    assert isinstance(outcome, ErpUnavailable)
    assert outcome.trouble is Trouble.NOT_VISIBLE
    assert (await desk.invoice()).locked


async def test_a_link_that_moves_every_time_is_left_alone(desk: Desk) -> None:
    async def moves() -> None:
        n = len(desk.erp.asked)
        await desk.is_synced_anew(f"BILL-9{n}", at=f"2026-06-0{n}T00:00:00Z")
        desk.erp.states[f"BILL-9{n}"] = GONE

    desk.erp.states[BILL] = GONE
    desk.erp.meanwhile = moves

    outcome = await desk.unlink()

    assert outcome == ErpUnavailable(
        None, Trouble.STALE, "the invoice was synced anew in the meantime"
    )
    assert len(desk.erp.asked) == ROUNDS
    link = (await desk.invoice()).link
    assert link is not None
    assert link.record_id == f"BILL-9{ROUNDS}"
    assert await desk.outcomes() == [AttemptOutcome.ERP_UNAVAILABLE]


async def test_two_at_once_one_wins_and_the_other_is_told_that_it_is_not_synced(
    desk: Desk,
) -> None:
    both_are_asking = asyncio.Barrier(2)

    async def together() -> None:
        await both_are_asking.wait()

    desk.erp.states[BILL] = GONE
    desk.erp.meanwhile = together

    outcomes = await asyncio.gather(desk.unlink(), desk.unlink())

    winner, loser = sorted(outcomes, key=lambda outcome: isinstance(outcome, InvoiceNotSynced))
    assert isinstance(winner, Unlinked)
    assert loser == InvoiceNotSynced()
    assert sorted(await desk.outcomes(), key=lambda outcome: outcome.value) == [
        AttemptOutcome.INVOICE_NOT_SYNCED,
        AttemptOutcome.UNLINKED,
    ]


async def test_an_unlink_that_a_re_sync_follows_leaves_the_new_link_alone(desk: Desk) -> None:
    """The unlink ended one link; a later one is another, and must be asked about again."""
    desk.erp.states[BILL] = GONE
    assert isinstance(await desk.unlink(), Unlinked)

    await desk.is_synced_anew(NEW_BILL, at="2999-01-01T00:00:00Z")
    outcome = await desk.unlink()

    assert isinstance(outcome, StillInErp)
    assert await desk.outcomes() == [AttemptOutcome.STILL_IN_ERP, AttemptOutcome.UNLINKED]


async def test_permission_that_is_withdrawn_while_the_link_moves_is_withdrawn(desk: Desk) -> None:
    async def moves_and_withdraws() -> None:
        await desk.is_synced_anew(NEW_BILL)
        await desk.people_become(a_person("ann", erpIntegrations="read_only"))

    desk.erp.states = {BILL: GONE, NEW_BILL: GONE}
    desk.erp.meanwhile = once(moves_and_withdraws)

    await desk.unlink()

    assert (await desk.invoice()).locked
    assert await desk.outcomes() == [AttemptOutcome.PERMISSION_DENIED]


async def test_i5_who_has_left_the_company_since_they_signed_in_finds_no_invoice_there(
    desk: Desk,
) -> None:
    desk.erp.states[BILL] = GONE
    ann = await desk.services.directory.viewer(DEMO_ISSUER, "ann")
    assert ann is not None
    await desk.people_become(a_person("bob"))
    before = await desk.contents()

    key = NodeKey("SubcontractorInvoice", HARBOR, str(SYNCED))
    outcome = await unlink_invoice(Context(ann, desk.services), key)

    assert outcome == InvoiceNotFound()
    assert desk.erp.asked == []
    assert without_attempts(await desk.contents()) == without_attempts(before)
    assert await desk.outcomes() == [AttemptOutcome.INVOICE_NOT_FOUND]


async def test_no_connection_is_held_while_the_erp_is_asked(desk: Desk) -> None:
    held = []

    async def counts() -> None:
        pool = desk.database.engine.sync_engine.pool
        assert isinstance(pool, QueuePool)
        held.append(pool.checkedout())

    desk.erp.meanwhile = counts

    await desk.unlink()

    assert held == [0]
