"""Column types that mean the same on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Numeric, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import JSON, TypeEngine

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
        return _instant if dialect.name == "sqlite" else None


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
        return _amount if dialect.name == "sqlite" else None


def _instant(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(f"{kept}+00:00")


def _amount(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


def text_of(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], str] | None:
    """What makes the text of a day, an instant or an amount of what the driver gives.

    On SQLite that is less work than to make the value first; None where it is not.
    """
    if dialect.name != "sqlite":
        return None
    return TEXT_OF.get(type(type_))


def _text_of_instant(kept: str) -> str:
    """SQLAlchemy keeps all digits of the fraction; they are told where there is one."""
    fraction = kept[19:]
    return f"{kept[:10]}T{kept[11:19]}{'' if fraction == '.000000' else fraction}Z"


def _text_of_amount(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    Date: str,
    Instant: _text_of_instant,
    Amount: _text_of_amount,
}
