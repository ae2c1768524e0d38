"""How an attempt to unlink is written on PostgreSQL: as one statement, a transaction of its own.

The parts of a statement run in any order, unless one reads what another returns: links come
first, then invoices, as an import locks them. And all see the tables as they were before.
"""

from functools import cached_property
from typing import Any

from sqlalchemy import CTE, Column, Dialect, FromClause, Insert, Select, Table, insert, select, true
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from adapters.store.ending import (
    ATTEMPT,
    COMPANY,
    INVOICE,
    LINE_ITEMS,
    PRUNED_BEFORE,
    Written,
    change,
    ending,
    freeing,
    freeing_lines,
    seeing,
)
from adapters.store.engine import Database
from adapters.store.outbox import pruning
from adapters.store.prepared import Prepared, Row, Values
from adapters.store.rows import ATTEMPTS, CHANGES, INVOICES
from adapters.store.statements import inside


class InOneStatement:
    """An unlink, with what is read back of the invoice; compiled when it is first needed."""

    def __init__(self, database: Database, read_back: Select[Any]) -> None:
        self._database = database
        self._dialect = database.engine.dialect
        self._read_back = read_back

    async def unlink(self, values: Values, *, prune: bool) -> Row | None:
        """The invoice as it is after it; None: the link was not to be ended any more."""
        statement = self._pruning if prune else self._plain
        found = await self._database.written(statement, values)
        # None is also told where the invoice was given to a vendor, say, who was not there yet
        # when the statement began, and then waited for that: so the audit is asked.
        found = found or await self._database.rows(self._if_recorded, values)
        return found[0] if found else None

    @cached_property
    def _plain(self) -> Prepared:
        whole = unlinking(self._read_back, self._dialect, with_pruning=False)
        return Prepared(whole, self._dialect)

    @cached_property
    def _pruning(self) -> Prepared:
        whole = unlinking(self._read_back, self._dialect, with_pruning=True)
        return Prepared(whole, self._dialect)

    @cached_property
    def _if_recorded(self) -> Prepared:
        recorded = select(ATTEMPTS.c.id).where(
            inside(COMPANY, ATTEMPTS), ATTEMPTS.c.id == ATTEMPT["id"]
        )
        its = self._read_back.where(INVOICES.c.id == INVOICE, recorded.correlate(None).exists())
        return Prepared(its, self._dialect)


class RefusedInOneStatement:
    """What the ERP said of a record that it still holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        dialect = database.engine.dialect
        self._plain = Prepared(refusing(dialect, with_pruning=False), dialect)
        self._pruning = Prepared(refusing(dialect, with_pruning=True), dialect)

    async def refuse(self, values: Values, *, prune: bool) -> None:
        await self._database.written(self._pruning if prune else self._plain, values)


def unlinking(read_back: Select[Any], dialect: Dialect, *, with_pruning: bool) -> Select[Any]:
    """The whole unlink.

    An ended link that the invoice does not hold makes an attempt without an invoice, which the
    database refuses, and with it everything.
    """
    ended = ending().cte("ended")
    freed = _freed_by(ended, read_back)
    lines = freeing_lines().where(LINE_ITEMS.c.invoice_id == freed.c.id).cte("lines")
    freed_or_not = ended.outerjoin(freed, true())
    attempt = _inserted(ATTEMPTS, ATTEMPT | {"invoice_id": freed.c.id}, freed_or_not)
    told = _inserted(CHANGES, change(dialect), freed)
    parts = [lines, attempt.cte("attempt"), told.cte("told")]
    return _instead_of_invoices(read_back, freed).add_cte(*parts, *_pruned(dialect, with_pruning))


def refusing(dialect: Dialect, *, with_pruning: bool) -> Insert:
    """The attempt, and what was seen if the link is still there to see it on."""
    seen = seeing().cte("seen")
    told = _inserted(CHANGES, change(dialect), seen).cte("told")
    return insert(ATTEMPTS).values(ATTEMPT).add_cte(told, *_pruned(dialect, with_pruning))


def _pruned(dialect: Dialect, wanted: bool) -> list[CTE]:
    return [pruning(dialect, COMPANY, PRUNED_BEFORE).cte("pruned")] if wanted else []


def _freed_by(ended: CTE, read_back: Select[Any]) -> CTE:
    """The invoice, with those columns that are read back."""
    freeing_all = freeing().where(INVOICES.c.link_id == ended.c.id)
    read = {each for each in iterate(read_back) if isinstance(each, Column)}
    others = [each for each in INVOICES.c if each in read and each is not INVOICES.c.id]
    return freeing_all.returning(*others).cte("freed")


def _inserted(into: Table, row: Written, where_there_is: FromClause) -> Insert:
    rows = select(*row.values()).select_from(where_there_is)
    return insert(into).from_select(list(row), rows)


def _instead_of_invoices(read_back: Select[Any], freed: CTE) -> Select[Any]:
    """Read from what was written: the table itself is seen as it was before the statement."""

    def replace(element: Any, **_: Any) -> Any:
        if element is INVOICES:
            return freed
        is_column = isinstance(element, Column) and element.table is INVOICES
        return freed.c[element.name] if is_column else None

    replaced: Any = replacement_traverse(read_back, {}, replace)
    statement: Select[Any] = replaced
    return statement
