"""QuickBooks Desktop: what no situation reaches of its answers, and what is asked of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.erps._quickbooks_desktop_qbxml import version_of
from adapters.erps.quickbooks_desktop import NoAnswer, QuickBooksDesktop, could_be_of_quickbooks
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble
from tests.adapters.erps.vendors.quickbooks_desktop import (
    BILLS,
    DELETED,
    NEVER,
    PASSWORD,
    PATH,
    Bill,
    CompanyFile,
    a_company_file,
)

DESKTOP = QuickBooksDesktop(PASSWORD, PATH)
ID, OTHER, AT = UUID(int=1), UUID(int=2), datetime(2026, 11, 28, 12, tzinfo=UTC)
BILL, CANARY = RecordId("A1-1772720099"), RecordId(BILLS[RecordState.PAID].txn_id)

Change = Callable[[str], str]


def said(
    books: CompanyFile, *record_ids: RecordId, change: Change = lambda answer: answer
) -> list[Sighting]:
    question = DESKTOP.question(ID, record_ids, AT, (16, 0))
    return list(DESKTOP.answer(ID, record_ids, AT, change(books.process(question))))


def state_of(bill: Bill) -> RecordState:
    books = a_company_file()
    books.add(bill)
    return said(books, BILL, CANARY)[0].state


@pytest.mark.parametrize(
    ("bill", "state"),
    [
        (Bill(BILL), RecordState.OPEN),
        (Bill(BILL, open_amount="1250.00"), RecordState.OPEN),
        (Bill(BILL, open_amount="1249.99"), RecordState.PARTLY_PAID),
        (Bill(BILL, is_paid=True), RecordState.PAID),
        (Bill(BILL, is_pending=False), RecordState.OPEN),
        (Bill(BILL, is_pending=True), RecordState.DRAFT),
        (Bill(BILL, amount="0.00", memo="VOID:", is_paid=True), RecordState.VOIDED),
        (Bill(BILL, amount="0.00", memo="VOID: twice", is_paid=False), RecordState.VOIDED),
    ],
)
def test_the_states_of_a_bill(bill: Bill, state: RecordState) -> None:
    assert state_of(bill) is state


@pytest.mark.parametrize(
    "bill",
    [
        Bill(BILL, amount="0.00", is_paid=True),
        Bill(BILL, amount="0.00"),
        Bill(BILL, amount="0.00", memo="It is void"),
        Bill(BILL, amount="0.00", memo="void: by hand"),
        Bill(BILL, amount="12.00", memo="VOID: not quite"),
    ],
)
def test_one_sign_alone_is_no_void(bill: Bill) -> None:
    """Neither a bill over nothing, nor a memo: it is still there."""
    assert state_of(bill) in (RecordState.OPEN, RecordState.PAID)


@pytest.mark.parametrize(
    "bill",
    [
        Bill(BILL, amount="-1.00"),
        Bill(BILL, amount="NaN"),
        Bill(BILL, amount="1,250.00"),
        Bill(BILL, amount=""),
        Bill(BILL, open_amount="0.00"),
        Bill(BILL, open_amount="1250.01"),
        Bill(BILL, open_amount="some"),
    ],
)
def test_amounts_that_no_bill_can_have_are_no_answer(bill: Bill) -> None:
    with pytest.raises(ErpTrouble) as caught:
        state_of(bill)
    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


DELETIONS = "TxnDeletedQueryRs"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('statusCode="500"', 'statusCode="0"'),
        lambda text: text.replace('statusCode="500"', 'statusCode="1"'),
        lambda text: text.replace('statusCode="500"', 'statusCode="510"'),
        lambda text: text.replace('statusCode="500"', 'statusCode="530"'),
        lambda text: text.replace('statusCode="500"', 'statusCode="3120"'),
        lambda text: text.replace('statusCode="500"', 'statusCode=""'),
        lambda text: text.replace('statusCode="500"', 'statusCode="gone"'),
        lambda text: text.replace("<BillRet>", "<InvoiceRet>").replace("/BillRet", "/InvoiceRet"),
        lambda text: text.replace(f"<TxnID>{CANARY}</TxnID>", "<TxnID>77-1</TxnID>"),
        lambda text: text.replace(f"<TxnID>{CANARY}</TxnID>", f"<TxnID>{CANARY}</TxnID>" * 2),
        lambda text: text.replace(f"<TxnID>{CANARY}</TxnID>", "<TxnID><a/></TxnID>"),
        lambda text: text.replace("<IsPaid>true<", "<IsPaid>perhaps<"),
        lambda text: text.replace("<TimeDeleted>2", "<TimeDeleted>x"),
        lambda text: text.replace("<TxnDeletedRet>", "<Txn>").replace("/TxnDeletedRet", "/Txn"),
        lambda text: text.replace("+00:00</TimeDeleted>", "</TimeDeleted>"),
    ],
)
def test_no_contradiction_is_an_answer(change: Change) -> None:
    books = a_company_file()
    assert said(books, DELETED, CANARY)[0].state is RecordState.DELETED

    with pytest.raises(ErpTrouble) as caught:
        said(books, DELETED, CANARY, change=change)

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(ID.hex, OTHER.hex),
        lambda text: text.replace(ID.hex, OTHER.hex, 1),
        lambda text: text.replace(f' requestID="{ID.hex}"', ""),
        lambda text: text.replace("QBXMLMsgsRs", "QBXMLMsgsRq"),
        lambda text: text.replace("QBXML>", "QBPOSXML>"),
        lambda text: text.replace(f"</{DELETIONS}>", f"</{DELETIONS}><{DELETIONS}/>"),
        lambda text: text.replace("BillQueryRs", "InvoiceQueryRs"),
        lambda text: text[: text.index(f"<{DELETIONS}")] + "</QBXMLMsgsRs></QBXML>",
        lambda text: "",
        lambda text: text[:-1],
    ],
)
def test_what_is_no_answer_to_the_question_is_none(change: Change) -> None:
    with pytest.raises(NoAnswer):
        said(a_company_file(), DELETED, CANARY, change=change)


def test_a_deletion_of_another_kind_of_transaction_is_no_proof() -> None:
    def change(text: str) -> str:
        return text.replace("<TxnDelType>Bill<", "<TxnDelType>Check<")

    assert said(a_company_file(), DELETED, CANARY, change=change)[0].state is RecordState.ABSENT


def test_what_is_shown_is_there_whatever_the_list_of_deletions_says() -> None:
    books = a_company_file()
    books.add(Bill(DELETED))

    assert said(books, DELETED, CANARY)[0].state is RecordState.OPEN


def test_nothing_at_all_is_an_answer_that_shows_no_canary() -> None:
    gone, canary = said(CompanyFile(), NEVER, CANARY)

    assert (gone.state, canary.state) == (RecordState.ABSENT, RecordState.ABSENT)


@pytest.mark.parametrize(
    "text",
    ["BILL-1", "", "1A", "1A-", "-1", "1a-1772720001", "1A-177<x>", "1A-1 ", "1" * 50 + "-1"],
)
def test_what_no_quickbooks_has_given_is_never_asked(text: str) -> None:
    assert not could_be_of_quickbooks(RecordId(text))


def test_a_question_is_in_a_version_that_is_read_there() -> None:
    assert [version_of(16, 0), version_of(13, 0), version_of(12, 1), version_of(8, 0)] == [
        "13.0",
        "13.0",
        "12.1",
        "8.0",
    ]


@pytest.mark.parametrize("password", ["", PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper(), "ä"])
def test_no_other_password_lets_in(password: str) -> None:
    assert DESKTOP.lets_in(PASSWORD)
    assert not DESKTOP.lets_in(password)


def test_the_password_does_not_show() -> None:
    assert PASSWORD not in repr(DESKTOP)
