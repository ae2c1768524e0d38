"""I4: an unlink never cuts a re-sync that came in while the ERP was asked."""

from collections.abc import Sequence

from adapters.store.engine import Database
from domain.erps import Trouble
from domain.unlinking import ErpUnavailable, InvoiceNotSynced, StillInErp, Unlinked
from resolvers.context import Services
from resolvers.unlink_invoice import ROUNDS
from tests.safety.books import Books, books
from tests.safety.company import (
    a_requisition,
    bring_in,
    found_company,
    look,
    record_of,
    services_on,
)
from tests.safety.played_erp import PlayedErp, at_once
from tests.safety.steps import ada, unlink_as

INVOICE, BYSTANDER = 7, 8
FIRST, SECOND = record_of(INVOICE, 1), record_of(INVOICE, 2)


async def linked(database: Database, erp: PlayedErp) -> Services:
    """Two synced invoices; the ERP has deleted the record of the first."""
    services = services_on(database, erp)
    await found_company(database, [INVOICE, BYSTANDER])
    await look(services)
    erp.deleted.add(FIRST)
    return services


def records(held: Books) -> Sequence[tuple[str, bool]]:
    """The records of the invoice's links in their order, and whether each is linked now."""
    links = held.invoice(INVOICE).links
    return [(link["record_id"], link["ended_at"] is None) for link in links]


class Resyncs:
    """Each time it is called, the invoice is synced anew, to another record."""

    def __init__(self, database: Database, times: int) -> None:
        self.database = database
        self.editions = iter(range(2, 2 + times))

    async def __call__(self) -> None:
        if edition := next(self.editions, None):
            report = await bring_in(self.database, [a_requisition(INVOICE, edition)])
            assert report.relinked == 1


async def test_a_resync_between_the_answer_and_the_update_is_not_cut(database: Database) -> None:
    erp = PlayedErp()
    services = await linked(database, erp)
    erp.meanwhile = Resyncs(database, times=1)

    outcome = await unlink_as(await ada(services), services, INVOICE)

    assert isinstance(outcome, StillInErp)
    assert outcome.link.record_id == SECOND
    held = await books(database)
    assert not list(held.faults())
    assert records(held) == [(FIRST, False), (SECOND, True)]
    assert held.invoice(INVOICE).outcomes() == {"still_in_erp": 1}
    assert [line["link_id"] for line in held.invoice(INVOICE).lines] == 2 * [outcome.link.id]


async def test_a_resync_in_between_is_judged_by_its_own_record(database: Database) -> None:
    erp = PlayedErp()
    services = await linked(database, erp)
    erp.meanwhile = Resyncs(database, times=1)
    erp.deleted.add(SECOND)

    outcome = await unlink_as(await ada(services), services, INVOICE)

    assert isinstance(outcome, Unlinked)
    assert outcome.former_link.record_id == SECOND
    held = (await books(database)).invoice(INVOICE)
    assert not list(held.faults())
    assert records(held) == [(FIRST, False), (SECOND, False)]
    assert [row["link_id"] for row in held.attempts] == [outcome.former_link.id]


async def test_an_invoice_that_is_always_synced_anew_is_left_alone(database: Database) -> None:
    erp = PlayedErp(deleted={record_of(INVOICE, edition) for edition in range(2, 10)})
    services = await linked(database, erp)
    erp.meanwhile = Resyncs(database, times=9)

    outcome = await unlink_as(await ada(services), services, INVOICE)

    assert isinstance(outcome, ErpUnavailable)
    assert outcome.trouble is Trouble.STALE
    held = await books(database)
    assert not list(held.faults())
    assert records(held)[-1] == (record_of(INVOICE, 1 + ROUNDS), True)
    assert held.invoice(INVOICE).outcomes() == {"erp_unavailable": 1}


async def test_an_unlink_in_between_wins_and_the_other_is_told(database: Database) -> None:
    erp = PlayedErp()
    services = await linked(database, erp)
    others = services_on(database, PlayedErp(erp.deleted))
    viewer = await ada(services)
    first = []

    async def somebody_else() -> None:
        first.append(await unlink_as(viewer, others, INVOICE))

    erp.meanwhile = somebody_else

    second = await unlink_as(viewer, services, INVOICE)

    assert isinstance(first[0], Unlinked)
    assert isinstance(second, InvoiceNotSynced)
    held = (await books(database)).invoice(INVOICE)
    assert held.state() == "new"
    assert held.outcomes() == {"unlinked": 1, "invoice_not_synced": 1}


async def test_an_unlink_and_a_resync_in_between_leave_the_resync(database: Database) -> None:
    erp = PlayedErp()
    services = await linked(database, erp)
    others = services_on(database, PlayedErp(erp.deleted))
    viewer = await ada(services)

    async def unlinked_and_synced_again() -> None:
        erp.meanwhile = at_once
        assert isinstance(await unlink_as(viewer, others, INVOICE), Unlinked)
        report = await bring_in(database, [a_requisition(INVOICE, 2)])
        assert report.linked == 1

    erp.meanwhile = unlinked_and_synced_again

    outcome = await unlink_as(viewer, services, INVOICE)

    assert isinstance(outcome, StillInErp)
    held = await books(database)
    assert not list(held.faults())
    assert records(held) == [(FIRST, False), (SECOND, True)]
    assert held.invoice(INVOICE).outcomes() == {"unlinked": 1, "still_in_erp": 1}


async def test_a_newer_row_about_the_same_record_does_not_stand_in_the_way(
    database: Database,
) -> None:
    erp = PlayedErp()
    services = await linked(database, erp)

    async def renumbered() -> None:
        newer = a_requisition(INVOICE, 2, invoice_number="INV-7b", origin_id=FIRST, items=[])
        assert (await bring_in(database, [newer])).updated == 1

    erp.meanwhile = renumbered

    outcome = await unlink_as(await ada(services), services, INVOICE)

    assert isinstance(outcome, Unlinked)
    assert outcome.invoice.invoice_number == "INV-7b"
    held = (await books(database)).invoice(INVOICE)
    assert held.state() == "new"
