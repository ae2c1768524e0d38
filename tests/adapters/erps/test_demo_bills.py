"""The bills of the Demo ERP, and what can be done to them by hand."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.erps.demo import (
    Change,
    DemoBills,
    DemoErpBroken,
    DemoErpMissing,
    PermanentBill,
    UnknownBill,
)
from domain.erps import RecordState
from tests.adapters.erps.demo_builders import CREATED, FOREIGN, OPENING, a_bill


@pytest.fixture
def bills(tmp_path: Path) -> DemoBills:
    return DemoBills.of(tmp_path)


def test_lists_every_bill_as_it_was_added(bills: DemoBills) -> None:
    deleted = a_bill("BILL-1043", state=RecordState.PAID, deleted_at=CREATED)

    assert bills.add([FOREIGN, deleted, a_bill(), OPENING]) == 4

    assert bills.all() == [OPENING, a_bill(), deleted, FOREIGN]
    assert [bill.remark for bill in bills.all()] == [
        "opening balance, cannot be deleted",
        None,
        "deleted on 2026-03-05 14:30 UTC",
        None,
    ]


def test_adding_again_changes_nothing(bills: DemoBills) -> None:
    bills.add([a_bill()])
    deleted = bills.delete("BILL-1042").bill

    assert bills.add([a_bill(state=RecordState.PAID), a_bill("BILL-1043")]) == 1

    assert bills.all() == [deleted, a_bill("BILL-1043")]
    assert bills.add([]) == 0


def test_a_bill_is_never_added_as_gone(bills: DemoBills) -> None:
    bills.add([a_bill()])

    with pytest.raises(DemoErpBroken):
        bills.add([a_bill("BILL-1"), a_bill("BILL-2", state=RecordState.ABSENT)])

    assert bills.all() == [a_bill()]


@pytest.mark.parametrize("state", [RecordState.DRAFT, RecordState.PAID, RecordState.VOIDED])
def test_a_bill_in_any_state_can_be_deleted_and_restored(
    bills: DemoBills, state: RecordState
) -> None:
    bills.add([a_bill(state=state)])

    before = datetime.now(UTC)
    deleted = bills.delete("BILL-1042")
    after = datetime.now(UTC)

    assert deleted.changed
    assert deleted.bill.deleted_at is not None
    assert before <= deleted.bill.deleted_at <= after
    assert bills.all() == [deleted.bill]
    assert bills.restore("BILL-1042") == Change(a_bill(state=state), changed=True)
    assert bills.all() == [a_bill(state=state)]


def test_deleting_twice_says_so_and_keeps_the_first_instant(bills: DemoBills) -> None:
    bills.add([a_bill()])
    first = bills.delete("BILL-1042")

    second = bills.delete("BILL-1042")

    assert second == Change(first.bill, changed=False)


def test_restoring_what_was_never_deleted_says_so(bills: DemoBills) -> None:
    bills.add([a_bill()])

    assert bills.restore("BILL-1042") == Change(a_bill(), changed=False)


def test_an_opening_balance_cannot_be_deleted(bills: DemoBills) -> None:
    bills.add([OPENING])

    with pytest.raises(PermanentBill, match="BILL-1000 is an opening balance"):
        bills.delete("BILL-1000")

    assert bills.all() == [OPENING]


@pytest.mark.parametrize("unknown", ["BILL-9", "", "\udc80", "' OR 1=1 --"])
def test_names_the_bill_that_it_does_not_know(bills: DemoBills, unknown: str) -> None:
    bills.add([a_bill()])

    for act in (bills.delete, bills.restore):
        with pytest.raises(UnknownBill) as caught:
            act(unknown)
        assert str(caught.value) == f"the demo ERP has no bill {unknown!r}"
    assert bills.all() == [a_bill()]


def test_a_missing_ledger_is_told_with_its_place(bills: DemoBills) -> None:
    with pytest.raises(DemoErpMissing, match=r"demo-erp\.sqlite: start the service"):
        bills.all()
    with pytest.raises(DemoErpMissing):
        bills.delete("BILL-1042")
    assert not bills.path.exists()


def test_all_who_start_at_once_add_each_bill_once(tmp_path: Path) -> None:
    bills = DemoBills.of(tmp_path / "data with spaces & a %")
    start = threading.Barrier(16)

    def add(_: int) -> int:
        start.wait()
        return bills.add([a_bill(f"BILL-{number}") for number in range(50)])

    with ThreadPoolExecutor(16) as pool:
        added = list(pool.map(add, range(16)))

    assert sorted(added) == [0] * 15 + [50]
    assert len(bills.all()) == 50
