"""The table of changes: written in the transaction that makes the change, read in order.

Transactions end in another order than they began, so no number that they are given tells a
reader that it has seen all before it. Hence two figures. On PostgreSQL a change's `position` is
the id of its transaction, and the horizon of a reader is the oldest transaction that still ran
when it looked: what is before the horizon was there to be read, and what is not is read again
the next time. On SQLite writers come one after the other: the position counts up by one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    Dialect,
    Function,
    Select,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store.rows import CHANGES
from adapters.store.statements import inside
from domain.changes import ChangeKind

CHANNEL = "erp_link_invoice_changes"
"""What PostgreSQL notifies when changes are committed; the payload is the company's id."""
KEPT = timedelta(hours=1)
"""Nobody reads further back: who was away for longer begins anew."""
MOST_PRUNED = 2000
"""By one writer, so that none pays for a big import of an hour before."""
NOTHING = UUID(int=0)

Company = int | ColumnElement[int]
"""A company's id, or the parameter that stands for it."""
Moment = datetime | ColumnElement[datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """One change, as those who write it tell it."""

    kind: ChangeKind
    invoice_id: int
    link_id: UUID
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One change, as the table holds it."""

    position: int
    id: UUID
    invoice_id: int
    link_id: UUID
    kind: ChangeKind
    at: datetime
    by: str | None


async def tell(
    connection: AsyncConnection, company_id: int, changes: Collection[Told], at: datetime
) -> None:
    """Write changes into the transaction that makes them; whoever watches is woken by its end."""
    if not changes:
        return
    rows = [
        {
            "company_id": company_id,
            "id": uuid4(),
            "invoice_id": each.invoice_id,
            "link_id": each.link_id,
            "kind": each.kind.value,
            "happened_at": at,
            "person_name": each.by,
        }
        for each in changes
    ]
    place = position(connection.dialect, company_id)
    # Inline: the position is not asked back. A statement with rows still to be fetched, given up
    # half-way, would keep SQLite's only writer.
    await connection.execute(insert(CHANGES).inline().values(position=place), rows)
    if connection.dialect.name == "postgresql":
        await connection.execute(select(waking(literal(company_id, BigInteger))))
    await connection.execute(pruning(connection.dialect, company_id, at - KEPT))


def position(dialect: Dialect, company_id: Company) -> ColumnElement[int]:
    """Where a change of the transaction that is under way stands."""
    if dialect.name == "postgresql":
        return _number(func.pg_current_xact_id())
    return _next(company_id).scalar_subquery()


def waking(company_id: ColumnElement[int]) -> Function[Any]:
    """Wakes whoever watches, once the transaction is committed; PostgreSQL's own."""
    return func.pg_notify(literal_column(f"'{CHANNEL}'", Text), cast(company_id, Text))


async def horizon(connection: AsyncConnection, company_id: int) -> int:
    """What is before this position, and is not seen by a later statement, will never be."""
    if connection.dialect.name == "postgresql":
        oldest = _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
        query = select(oldest)
    else:
        query = _next(company_id)
    found: int = (await connection.execute(query)).scalar_one()
    return found


def _next(company_id: Company) -> Select[int]:
    newest = func.coalesce(func.max(CHANGES.c.position), 0)
    return select(newest + 1).where(inside(company_id, CHANGES))


def _number(transaction: ColumnElement[int]) -> ColumnElement[int]:
    return cast(cast(transaction, Text), BigInteger)


async def read(
    connection: AsyncConnection, company_id: int, after: tuple[int, UUID], most: int
) -> Sequence[Kept]:
    """The changes after a position and an id, in the order of both."""
    columns = (CHANGES.c.position, CHANGES.c.id)
    query = (
        select(
            *columns,
            CHANGES.c.invoice_id,
            CHANGES.c.link_id,
            CHANGES.c.kind,
            CHANGES.c.happened_at,
            CHANGES.c.person_name,
        )
        .where(inside(company_id, CHANGES), tuple_(*columns) > tuple_(*after))
        .order_by(*columns)
        .limit(most)
    )
    found = await connection.execute(query)
    return [
        Kept(position, id, invoice_id, link_id, ChangeKind(kind), at, by)
        for position, id, invoice_id, link_id, kind, at, by in found
    ]


def pruning(dialect: Dialect, company_id: Company, before: Moment) -> Delete:
    """Deletes what is old, without waiting for others who do.

    Never the newest position where the next one counts on from it.
    """
    key = (CHANGES.c.position, CHANGES.c.id)
    old = select(*key).where(inside(company_id, CHANGES), CHANGES.c.happened_at < before)
    if dialect.name != "postgresql":
        newest = select(func.max(CHANGES.c.position)).where(inside(company_id, CHANGES))
        old = old.where(CHANGES.c.position < newest.scalar_subquery())
    old = old.order_by(CHANGES.c.happened_at).limit(literal_column(str(MOST_PRUNED)))
    old = old.with_for_update(skip_locked=True)
    return delete(CHANGES).where(inside(company_id, CHANGES), tuple_(*key).in_(old))
