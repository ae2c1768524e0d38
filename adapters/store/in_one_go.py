"""How an attempt to unlink is written on SQLite: statement by statement, in one go.

A writer is alone there, and sees what it has written.
"""

from typing import Any

from sqlalchemy import Select, insert

from adapters.store.ending import (
    ATTEMPT,
    COMPANY,
    INVOICE,
    PRUNED_BEFORE,
    change,
    ending,
    freeing,
    freeing_lines,
    seeing,
)
from adapters.store.engine import Database
from adapters.store.outbox import pruning
from adapters.store.prepared import Prepared, Row, Send, Values
from adapters.store.rows import ATTEMPTS, CHANGES, INVOICES


class InOneGo:
    """An unlink, with what is read back of the invoice."""

    def __init__(self, database: Database, read_back: Select[Any]) -> None:
        self._database = database
        dialect = database.engine.dialect
        self._ending = Prepared(ending(), dialect)
        self._freeing = Prepared(freeing(), dialect)
        self._freeing_lines = Prepared(freeing_lines(), dialect)
        self._read_back = Prepared(read_back.where(INVOICES.c.id == INVOICE), dialect)
        self._trace = _Trace(database)

    async def unlink(self, values: Values, *, prune: bool) -> Row | None:
        """The invoice as it is after it; None: the link was not to be ended any more."""

        def work(send: Send) -> Row | None:
            if not send(self._ending):
                return None
            if not send(self._freeing):
                raise RuntimeError("an invoice does not hold its own active link")
            send(self._freeing_lines)
            self._trace.leave(send, told=True, prune=prune)
            (row,) = send(self._read_back)
            return row

        return await self._database.transact(values, work)


class RefusedInOneGo:
    """What the ERP said of a record that it still holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seeing = Prepared(seeing(), database.engine.dialect)
        self._trace = _Trace(database)

    async def refuse(self, values: Values, *, prune: bool) -> None:
        def work(send: Send) -> None:
            self._trace.leave(send, told=bool(send(self._seeing)), prune=prune)

        await self._database.transact(values, work)


class _Trace:
    """The attempt in the audit, and the change for those who watch."""

    def __init__(self, database: Database) -> None:
        dialect = database.engine.dialect
        self._attempt = Prepared(insert(ATTEMPTS).values(ATTEMPT), dialect)
        self._change = Prepared(insert(CHANGES).inline().values(change(dialect)), dialect)
        self._pruning = Prepared(pruning(dialect, COMPANY, PRUNED_BEFORE), dialect)

    def leave(self, send: Send, *, told: bool, prune: bool) -> None:
        send(self._attempt)
        if told:
            send(self._change)
            if prune:
                send(self._pruning)
