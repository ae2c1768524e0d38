"""Positions in a list: what a cursor may say, and what it may not."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.pages import OrderField, Position, SortKey

SYNCED_AT, BILLING_DATE, NUMBER, DUE = OrderField
BIGGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("field", "key"),
    [
        (SYNCED_AT, datetime(2026, 3, 31, 12, 0, 0, 123456, tzinfo=UTC)),
        (SYNCED_AT, datetime(1, 1, 1, tzinfo=UTC)),
        (BILLING_DATE, date(2026, 3, 31)),
        (BILLING_DATE, date(1, 1, 1)),
        (NUMBER, "INV-1 / Überstunden 漢字 🏗"),
        (NUMBER, ""),
        (DUE, Decimal("-0.01")),
        (DUE, Decimal("99999999999999.99")),
    ],
)
def test_a_position_is_the_same_after_a_trip_through_its_text(
    field: OrderField, key: SortKey
) -> None:
    position = Position(field, key, 17)

    text = key.isoformat() if isinstance(key, date) else str(key)

    assert Position.of(field, text, 17) == position


BAD_KEYS = [
    *((SYNCED_AT, text) for text in ("", "today", "2026-03-31T12:00:00", "2026-02-30T00:00:00Z")),
    (SYNCED_AT, "0001-01-01T00:00:00+14:00"),
    (SYNCED_AT, "9999-12-31T23:59:59-14:00"),
    *((BILLING_DATE, text) for text in ("", "2026-02-30", "0000-01-01", "2026-03-31T00:00:00Z")),
    *((NUMBER, text) for text in ("a\0b", "\ud800", "a\udfffb")),
    *((DUE, text) for text in ("", "a lot", "NaN", "sNaN", "Infinity", "-Infinity", "1.001")),
    *((DUE, text) for text in ("100000000000000", "-100000000000000", "1e400", "1e-400")),
]


@pytest.mark.parametrize(("field", "text"), BAD_KEYS, ids=repr)
def test_a_text_that_is_no_key_of_the_field_is_refused(field: OrderField, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Position.of(field, text, 1)


@pytest.mark.parametrize("invoice_id", [-1, BIGGEST + 1, 10**40])
def test_an_id_that_no_database_holds_is_refused(invoice_id: int) -> None:
    with pytest.raises(ValueError, match="no such invoice id"):
        Position.of(NUMBER, "INV-1", invoice_id)


def test_the_biggest_id_is_a_position() -> None:
    assert Position.of(NUMBER, "INV-1", BIGGEST) == Position(NUMBER, "INV-1", BIGGEST)
