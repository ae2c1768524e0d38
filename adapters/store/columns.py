"""Column types that mean the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    String,
    Text,
    TypeDecorator,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import JSON, TypeEngine

from adapters.store import texts

T = TypeVar("T")
UNIVERSAL: Any = literal_column("'UTC'")
BINARY_TEXT: Any = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by code point, as SQLite sorts it, whatever the database's locale."""

DOCUMENT: Any = JSON().with_variant(JSONB(), "postgresql")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, with its zone. SQLite keeps no zone: it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # asyncpg gives what is wanted; SQLAlchemy's way for SQLite takes several times as long.
        return _or_none(texts.instant) if dialect.name == "sqlite" else None


class Amount(TypeDecorator[Decimal]):
    """Money with two decimals: exact on both databases, as cents where there is no decimal."""

    impl = Numeric(16, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(16, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        if value is None or dialect.name != "sqlite":
            return value
        return int(value.scaleb(2).to_integral_exact())

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # asyncpg gives what is wanted.
        return _or_none(texts.amount_of_cents) if dialect.name == "sqlite" else None


def _or_none(make: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda kept: None if kept is None else make(kept)


class Reading(NamedTuple):
    """How a day, an instant or an amount is read with the least work, and what that gives."""

    asked: ColumnElement[Any]
    make: Callable[[Any], Any]
    """Makes the value of what was given, which is not null."""
    text: Callable[[Any], str]
    """Makes the text that clients are shown."""


def reading_of(column: ColumnElement[Any], dialect: Dialect) -> Reading | None:
    """How to read a column by its text, or its cents; None for columns of other types.

    PostgreSQL's driver takes longer to make an instant than the database to write it.
    """
    is_sqlite = dialect.name == "sqlite"
    if type(column.type) is Date:
        kept = column if is_sqlite else cast(column, Text)
        return Reading(kept, texts.day, str if is_sqlite else texts.of_day)
    if type(column.type) is Instant:
        kept = column if is_sqlite else cast(func.timezone(UNIVERSAL, column), Text)
        return Reading(kept, texts.instant, texts.of_instant)
    if type(column.type) is Amount and is_sqlite:
        return Reading(column, texts.amount_of_cents, texts.of_cents)
    return Reading(cast(column, Text), Decimal, str) if type(column.type) is Amount else None
