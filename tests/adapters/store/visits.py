"""How much of the database a statement looks at: counted by the database, never timed."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
from sqlalchemy import event, make_url

from adapters.store.engine import Database
from adapters.store.patience import PLANNING
from tests.tenancy import COMPANY_TABLES

SMALL_TABLES = {"erp_integrations", "projects"}
"""A company has few of these: to read all of them is quicker than to look one up."""
LARGE_TABLES = COMPANY_TABLES - SMALL_TABLES
BAD_ON_SQLITE = re.compile(rf"USE TEMP B-TREE|SCAN (?!{'|'.join(SMALL_TABLES)})")
USED_ON_SQLITE = re.compile(r"(?:INDEX|SCAN) (\w+) ")

Sent = tuple[str, tuple[Any, ...]]


@contextmanager
def sent_to(database: Database) -> Iterator[list[Sent]]:
    """The statements that are sent to a database, with their parameters."""
    sent: list[Sent] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        sent.append((statement, tuple(parameters)))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", listen)


@dataclass
class Visits:
    """What one run of a statement did. `rows` are those read of invoices, found or not."""

    rows: int
    entries: int = 0
    """Of indexes that are asked for all at once, before the first row is read."""
    indexes: set[str] = field(default_factory=set)
    """The names of those that were used."""
    faults: list[str] = field(default_factory=list)
    """Whole tables read, or many rows sorted."""


class Counts(Protocol):
    async def count(self, statement: Sent) -> Visits:
        """Run it once more, and look how."""


@dataclass(frozen=True)
class OnPostgresql:
    """By EXPLAIN ANALYZE of the very statement, as it is prepared for the service."""

    url: str

    async def count(self, statement: Sent) -> Visits:
        url = make_url(self.url).set(drivername="postgresql")
        connection = await asyncpg.connect(
            url.render_as_string(hide_password=False), server_settings=PLANNING
        )
        try:
            await connection.execute(f"PREPARE sent AS {statement[0]}")
            values = ", ".join(map(_literal, statement[1]))
            plan = await connection.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE sent({values})"
            )
        finally:
            await connection.close()
        nodes = list(_nodes(json.loads(plan)[0]["Plan"]))
        bitmaps = [node for node in nodes if node["Node Type"] == "Bitmap Index Scan"]
        rows = sum(_invoices_read(node) for node in nodes if node not in bitmaps)
        run = [node for node in nodes if node["Actual Loops"]]
        indexes = {node["Index Name"] for node in run if "Index Name" in node}
        return Visits(rows, sum(map(_invoices_read, bitmaps)), indexes, list(_faults(nodes)))


def _literal(value: Any) -> str:
    if isinstance(value, list):
        value = "{" + ", ".join(map(str, value)) + "}"
    return "NULL" if value is None else "'{}'".format(str(value).replace("'", "''"))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", []):
        yield from _nodes(each)


def _invoices_read(node: dict[str, Any]) -> int:
    index: str = node.get("Index Name", "")
    if node.get("Relation Name") != "subcontractor_invoices" and not index.startswith("synced_"):
        return 0
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows: float = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
    return round(rows * float(node["Actual Loops"]))


def _faults(nodes: Sequence[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE_TABLES:
            yield f"reads all of {node['Relation Name']}"
        if "Sort" in node["Node Type"]:
            rows = sum(below["Actual Rows"] * below["Actual Loops"] for below in node["Plans"])
            if rows >= 1000:
                yield f"sorts {rows} rows"


@dataclass(frozen=True)
class OnSqlite:
    """By the steps of SQLite's virtual machine; a row of this list takes some 100 of them."""

    url: str

    async def count(self, statement: Sent) -> Visits:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        with closing(sqlite3.connect(make_url(self.url).database or "")) as connection:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
            lines = [line for *_, line in plan]
            connection.set_progress_handler(step, 100)
            connection.execute(*statement).fetchall()
        faults = [line for line in lines if BAD_ON_SQLITE.match(line)]
        indexes = {name for line in lines for name in USED_ON_SQLITE.findall(line)}
        return Visits(steps, indexes=indexes, faults=faults)
