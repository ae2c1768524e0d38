"""Days, instants and amounts are read by their text, and mean what was kept."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Date, literal, make_url, select

from adapters.store.columns import Amount, Instant, reading_of
from adapters.store.engine import Database, open_database
from adapters.store.prepared import Prepared
from schema.scalars import SCALARS
from tests.servers.postgresql import Postgresql

KEPT: list[Any] = [
    *(date(1, 1, 1), date(2026, 2, 28), date(9999, 12, 31)),
    *(datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 11, 28, 12, 0, tzinfo=UTC)),
    *(datetime(2026, 11, 28, 12, 0, 5, 500_000, UTC), datetime(2026, 11, 28, 0, 0, 0, 1, UTC)),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=-7, minutes=-30))),
    *(Decimal("0.00"), Decimal("0.05"), Decimal("-0.05"), Decimal("-12.30"), Decimal("1250.00")),
    *(Decimal("99999999999999.99"), Decimal("-99999999999999.99")),
]
TYPES: dict[type, Any] = {date: Date(), datetime: Instant(), Decimal: Amount()}


@pytest.mark.parametrize("kept", KEPT, ids=str)
async def test_what_is_kept_is_read_by_its_text(empty: Database, kept: Any) -> None:
    column = literal(kept, TYPES[type(kept)])
    reading = reading_of(column, empty.engine.dialect)
    assert reading is not None

    statement = Prepared(select(reading.asked), empty.engine.dialect)
    ((given,),) = await empty.rows(statement, {})

    assert reading.make(given) == kept
    assert reading.text(given) == _shown(kept)


@pytest.mark.postgres
async def test_how_a_database_writes_days_by_itself_does_not_matter(
    postgresql: Postgresql,
) -> None:
    url = postgresql.new_database()
    name = make_url(url).database
    for style in ("datestyle = 'German'", "timezone = 'Asia/Kolkata'"):
        await _changed(url, f"ALTER DATABASE {name} SET {style}")

    database = open_database(url)
    for kept in KEPT:
        await test_what_is_kept_is_read_by_its_text(database, kept)
    await database.engine.dispose()


async def test_other_columns_are_read_as_they_are(empty: Database) -> None:
    assert reading_of(literal("text"), empty.engine.dialect) is None


async def _changed(url: str, statement: str) -> None:
    database = open_database(url)
    async with database.writing() as connection:
        await connection.exec_driver_sql(statement)
    await database.engine.dispose()


def _shown(kept: Any) -> str:
    serialize: Any = SCALARS[type(kept)].serialize
    shown: str = serialize(kept)
    return shown
