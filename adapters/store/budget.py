"""Budgets that all processes share: each caller's bucket is a row of the database."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import ColumnElement, Insert, Row, and_, case, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.engine import Database
from adapters.store.patience import BUSY_SECONDS
from adapters.store.rows import table
from adapters.store.tables import BudgetRow
from domain.budget import SKEW, Allowance, Standing, microseconds
from domain.ports import StoreUnavailable

BUDGETS = table(BudgetRow)
PATIENCE_SECONDS = 3
"""How long a request waits for its bucket, before it is let through without."""

log = logging.getLogger(__name__)


class SqlCostBudget:
    """Takes with one statement, which PostgreSQL and SQLite run one after another for each row.

    The clock is this process's: where two differ by a second, so does what is left by what flows
    in during a second, and no more.
    """

    def __init__(
        self, database: Database, allowance: Allowance, clock: Callable[[], float] = time.time
    ) -> None:
        self.database = database
        self.allowance = allowance
        self._clock = clock

    async def take(self, person_id: int, cost: int) -> Standing | None:
        """None, with a line in the log, when the database does not say in time."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._take(person_id, cost)
        except (StoreUnavailable, TimeoutError, SQLAlchemyError) as problem:
            log.warning("a request was let through without its budget: %s", type(problem).__name__)
            return None

    async def _take(self, person_id: int, cost: int) -> Standing:
        now = microseconds(self._clock())
        wanted = select(BUDGETS.c.full_at).where(BUDGETS.c.person_id == person_id)
        # Not `writing`: a single statement is a transaction of its own, in one round trip.
        async with self.database.reading() as connection, _impatient(connection):
            taking = self._taking(connection.dialect.name, person_id, cost, now)
            taken: Row[Any] | None = (await connection.execute(taking)).one_or_none()
            if taken is not None:
                return self.allowance.standing(taken.full_at, now)
            full_at = (await connection.execute(wanted)).scalar_one()
        return self.allowance.standing(full_at, now, lacking=cost)

    def _taking(self, dialect: str, person_id: int, cost: int, now: int) -> Insert:
        """`Allowance.taken` as a statement: answers the row, or none when it holds too little."""
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        empty = now + self.allowance.fills_in
        price = self.allowance.time_for(cost)
        is_filling = and_(BUDGETS.c.full_at > now, BUDGETS.c.full_at <= empty + SKEW)
        before: ColumnElement[int] = case(
            (is_filling, BUDGETS.c.full_at), else_=literal(now, BUDGETS.c.full_at.type)
        )
        new = insert(BUDGETS).values(person_id=person_id, full_at=now + price)
        return new.on_conflict_do_update(
            index_elements=[BUDGETS.c.person_id],
            set_={"full_at": before + price},
            where=before + price <= empty,
        ).returning(BUDGETS.c.full_at)


@asynccontextmanager
async def _impatient(connection: AsyncConnection) -> AsyncIterator[None]:
    """SQLite waits for another's write in a thread, which nothing can call back."""
    if connection.dialect.name != "sqlite":
        yield
        return
    await connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1000}")
    try:
        yield
    finally:
        await connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
