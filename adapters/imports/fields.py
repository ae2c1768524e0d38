"""The kinds of field in the files, each refusing in words what it cannot keep exactly."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

T = TypeVar("T")

MONEY = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?")
PERCENT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1


def text(value: object) -> str:
    """Raises ValueError for what is not text, or is text that a database cannot keep."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character") from None
    if "\x00" in value:
        raise ValueError("holds the character NUL")
    return value


def full_text(value: object) -> str:
    if not text(value).strip():
        raise ValueError("must not be empty")
    return text(value)


def text_or_none(value: object) -> str | None:
    """Empty means the same as absent."""
    return None if value is None or not text(value).strip() else text(value)


def money(value: object) -> Decimal:
    if not isinstance(value, str) or not MONEY.fullmatch(value):
        raise ValueError('must be an amount as text, such as "47700.00", of at most 16 digits')
    return Decimal(value)


def percent(value: object) -> str:
    """A percentage as the text of a decimal: `96.36` for `96.36%`."""
    number = value.removesuffix("%") if isinstance(value, str) else ""
    if not PERCENT.fullmatch(number):
        raise ValueError('must be a percentage as text, such as "96.36%"')
    return number


def day(value: object) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError('must be a date such as "2026-03-31"')
    return date.fromisoformat(value)


def moment(value: object) -> datetime:
    """A moment in UTC."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError('must be a time such as "2026-03-31T16:20:00Z"') from None
    if found.tzinfo is None:
        raise ValueError("must be a time with its zone")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of the range of times") from None


def currency(value: object) -> str:
    if not isinstance(value, str) or not CURRENCY.fullmatch(value):
        raise ValueError('must be a currency of ISO 4217, such as "USD"')
    return value


def or_none(kind: Callable[[object], T]) -> Callable[[object], T | None]:
    return lambda value: None if value is None else kind(value)


def _optional(kind: Callable[[object], Any]) -> BeforeValidator:
    return BeforeValidator(or_none(kind))


Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Number = Annotated[int, Field(strict=True, ge=0, le=LARGEST_NUMBER)]
Text = Annotated[str, Field(max_length=1000), BeforeValidator(full_text)]
OptionalText = Annotated[
    Annotated[str, Field(max_length=1000)] | None, BeforeValidator(text_or_none)
]
OptionalShortText = Annotated[
    Annotated[str, Field(max_length=255)] | None, BeforeValidator(text_or_none)
]
"""Short enough for an index."""
OptionalMoney = Annotated[Decimal | None, _optional(money)]
OptionalPercent = Annotated[str | None, _optional(percent)]
OptionalDay = Annotated[date | None, _optional(day)]
Moment = Annotated[datetime, BeforeValidator(moment)]
Currency = Annotated[str, BeforeValidator(currency)]
OptionalCurrency = Annotated[str | None, _optional(currency)]
