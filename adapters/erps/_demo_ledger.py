"""The ledger of the Demo ERP: its bills in one SQLite file that several processes share."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from adapters.erps._demo_bill import (
    Change,
    DemoBill,
    DemoErpBroken,
    DemoErpBusy,
    DemoErpError,
    DemoErpMissing,
    PermanentBill,
    UnknownBill,
)
from domain.erps import RecordState

FILE = "demo-erp.sqlite"
BUSY_SECONDS = 1.0
"""How long a statement waits for another process before it gives up."""

_TABLE = """
CREATE TABLE IF NOT EXISTS bills (
    record_id TEXT PRIMARY KEY,
    company_id INTEGER NOT NULL,
    document_number TEXT NOT NULL,
    vendor TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state NOT IN ('deleted', 'absent')),
    total TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    permanent INTEGER NOT NULL
)"""
_SELECT = (
    "SELECT record_id, company_id, document_number, vendor, state, total, currency,"
    " created_at, deleted_at, permanent FROM bills"
)
_INSERT = "INSERT INTO bills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class DemoBills:
    """The bills of all demo companies. Every method blocks, and may raise DemoErpError."""

    path: Path

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        return cls(data_dir / FILE)

    def all(self) -> Sequence[DemoBill]:
        """Every bill, tombstones too, by record id."""
        return self._read("ORDER BY record_id")

    def of_company(self, company_id: int) -> Sequence[DemoBill]:
        """A company's bills, tombstones too, the oldest first."""
        return self._read("WHERE company_id = ? ORDER BY created_at, record_id", company_id)

    def find(self, company_id: int, record_ids: Sequence[str]) -> Sequence[DemoBill]:
        """Those of the bills that the company has, tombstones too, all read at one moment."""
        return self._read(
            "WHERE company_id = ? AND record_id IN (SELECT value FROM json_each(?))",
            company_id,
            json.dumps(record_ids),
        )

    def add(self, bills: Iterable[DemoBill]) -> int:
        """Add the bills whose record id is new, and say how many; makes the file if need be."""
        rows = [_row(bill) for bill in bills]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened("rwc") as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            return connection.executemany(_INSERT, rows).rowcount if rows else 0

    def delete(self, record_id: str) -> Change:
        """Delete a bill, in whichever state. Raises UnknownBill or PermanentBill."""
        return self._mark(record_id, datetime.now(UTC))

    def restore(self, record_id: str) -> Change:
        """Bring a deleted bill back as it was. Raises UnknownBill."""
        return self._mark(record_id, None)

    def _mark(self, record_id: str, deleted_at: datetime | None) -> Change:
        with self._opened("rw") as connection:
            connection.execute("BEGIN IMMEDIATE")
            bill = self._one(connection, record_id)
            if (bill.deleted_at is None) == (deleted_at is None):
                return Change(bill, changed=False)
            if bill.permanent:
                raise PermanentBill(record_id)
            connection.execute(
                "UPDATE bills SET deleted_at = ? WHERE record_id = ?",
                (deleted_at and _text(deleted_at), record_id),
            )
            return Change(self._one(connection, record_id), changed=True)

    def _one(self, connection: sqlite3.Connection, record_id: str) -> DemoBill:
        # As JSON, because an argument of a command line may hold what is no Unicode text.
        query = f"{_SELECT} WHERE record_id = ? ->> '$'"
        row = connection.execute(query, (json.dumps(record_id),)).fetchone()
        if row is None:
            raise UnknownBill(record_id)
        return self._bill(row)

    def _read(self, which: str, *values: object) -> Sequence[DemoBill]:
        with self._opened("rw") as connection:
            return [self._bill(row) for row in connection.execute(f"{_SELECT} {which}", values)]

    def _bill(self, row: tuple[Any, ...]) -> DemoBill:
        record_id, company_id, number, vendor, state, total, currency, made, deleted, kept = row
        try:
            return DemoBill(
                record_id,
                company_id,
                number,
                vendor,
                RecordState(state),
                Decimal(total),
                currency,
                datetime.fromisoformat(made),
                deleted and datetime.fromisoformat(deleted),
                bool(kept),
            )
        except (TypeError, ValueError, ArithmeticError) as problem:
            raise DemoErpBroken(self.path, f"{record_id!r} makes no sense") from problem

    @contextmanager
    def _opened(self, mode: str) -> Iterator[sqlite3.Connection]:
        """A connection of its own; what was begun on it is committed unless something raises."""
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            with (
                closing(
                    sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
                ) as connection,
                connection,
            ):
                yield connection
        except sqlite3.Error as problem:
            raise _explained(problem, self.path) from problem


def _explained(problem: sqlite3.Error, path: Path) -> DemoErpError:
    match getattr(problem, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CANTOPEN:
            return DemoErpMissing(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DemoErpBusy(path)
        case _:
            return DemoErpBroken(path, str(problem))


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _row(bill: DemoBill) -> tuple[object, ...]:
    return (
        bill.record_id,
        bill.company_id,
        bill.document_number,
        bill.vendor,
        bill.state.value,
        str(bill.total),
        bill.currency,
        _text(bill.created_at),
        bill.deleted_at and _text(bill.deleted_at),
        bill.permanent,
    )
