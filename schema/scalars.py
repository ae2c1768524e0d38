"""Scalars that refuse what would surprise: no NaN, no Infinity, no naive time."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

T = TypeVar("T")

DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _text(value: object, form: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise GraphQLError(f"expected {what}", extensions={"code": "BAD_USER_INPUT"})
    return value


def _parse_decimal(value: object) -> Decimal:
    return Decimal(_text(value, DECIMAL, 'a decimal as text, such as "1250.00"'))


def _parse_instant(value: object) -> datetime:
    text = _text(value, INSTANT, 'a time with its zone, such as "2026-03-31T12:00:00Z"')
    return _made(lambda text: datetime.fromisoformat(text).astimezone(UTC), text)


def _parse_date(value: object) -> date:
    return _made(date.fromisoformat, _text(value, DATE, 'a date, such as "2026-03-31"'))


def _made(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise GraphQLError("no such day or time", extensions={"code": "BAD_USER_INPUT"}) from None


def _instant_text(value: datetime) -> str:
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    # As `isoformat` says it, in a third of the time.
    return orjson.dumps(utc, option=orjson.OPT_UTC_Z)[1:-1].decode()


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number as text, never in exponent form: `1250.00`.",
        serialize="{:f}".format,
        parse_value=_parse_decimal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in ISO 8601, always with its zone: `2026-03-31T12:00:00Z`.",
        serialize=_instant_text,
        parse_value=_parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day in ISO 8601: `2026-03-31`.",
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
}
