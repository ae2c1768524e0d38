"""I5, by construction: every statement on a company's data names that one company.

A listener on every engine of the suite reads each statement before it is sent. Wherever a
statement touches a table of a company's data, that table's `company_id` must be bound to a
parameter, directly or by being equated with one that is. What is nobody's data is looked up by
person: people, their identities, and which companies are theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlglot
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlglot import exp
from sqlmodel import SQLModel

import adapters.store.tables  # noqa: F401  (fills the metadata)

REFERENCE_TABLES = {"companies", "people", "identities", "memberships"}
COMPANY_TABLES = set(SQLModel.metadata.tables) - REFERENCE_TABLES
SCHEMA_CHANGES = (exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Analyze, exp.Pragma)


@contextmanager
def every_statement_names_its_company() -> Iterator[list[str]]:
    """Listen to all engines; yields the list that faults are added to."""
    faults: list[str] = []

    def listen(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
        dialect = "postgres" if connection.dialect.name == "postgresql" else "sqlite"
        faults.extend(f"{fault}, in: {statement}" for fault in faults_of(statement, dialect))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield faults
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


@cache
def faults_of(statement: str, dialect: str) -> tuple[str, ...]:
    """What is wrong with a statement; nothing, mostly."""
    if not any(table in statement for table in COMPANY_TABLES):
        return ()
    tree = sqlglot.parse_one(statement, read=dialect)
    if isinstance(tree, SCHEMA_CHANGES):
        return ()
    faults: list[str] = []
    for block in tree.find_all(exp.Select, exp.Update, exp.Delete):
        faults += [f"{name} does not name its company" for name in _unnamed(block)]
    if isinstance(tree, exp.Insert) and not _insert_names_company(tree):
        faults.append(f"{tree.this.this.name} is written without its company")
    return tuple(faults)


def _insert_names_company(insert: exp.Insert) -> bool:
    table = insert.this.this.name
    columns = [column.name for column in insert.this.expressions]
    return table in REFERENCE_TABLES or "company_id" in columns


def _unnamed(block: exp.Expression) -> list[str]:
    """The company tables of one SELECT, UPDATE or DELETE whose company is not bound."""
    tables = {
        table.alias_or_name: table.name
        for table in block.find_all(exp.Table)
        if _block_of(table) is block and not isinstance(table.parent, exp.Insert | exp.Schema)
    }
    bound: set[str] = set()
    equated: list[tuple[str, str]] = []
    for equality in block.find_all(exp.EQ):
        if _block_of(equality) is not block or not _must_hold(equality, block):
            continue
        left, right = (_company_column(side, tables) for side in (equality.left, equality.right))
        if left and right:
            equated.append((left, right))
        elif left and _is_parameter(equality.right):
            bound.add(left)
    for _ in equated:
        for left, right in equated:
            if bound & {left, right}:
                bound |= {left, right}
    return [name for alias, name in tables.items() if name in COMPANY_TABLES and alias not in bound]


def _block_of(node: exp.Expression) -> exp.Expression | None:
    return node.find_ancestor(exp.Select, exp.Update, exp.Delete)


def _must_hold(condition: exp.Expression, block: exp.Expression) -> bool:
    """Whether a condition is one of those that all must hold: under AND alone."""
    parent = condition.parent
    while parent is not None and parent is not block:
        if not isinstance(parent, exp.And | exp.Paren | exp.Where | exp.Join):
            return False
        parent = parent.parent
    return parent is block


def _company_column(side: exp.Expression, tables: dict[str, str]) -> str | None:
    """The table whose `company_id` this is."""
    if not isinstance(side, exp.Column) or side.name != "company_id":
        return None
    return side.table or (next(iter(tables)) if len(tables) == 1 else None)


def _is_parameter(side: exp.Expression) -> bool:
    inner = side.this if isinstance(side, exp.Cast) else side
    return isinstance(inner, exp.Parameter | exp.Placeholder)
