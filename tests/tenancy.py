"""I5, by construction: every statement on a company's data names that one company.

A listener on every engine of the suite reads each statement before it is sent. Wherever a
statement touches a table of a company's data, that table's `company_id` must be bound to a
parameter, directly or by being equated with one that is, and all those parameters must have the
same value. What is nobody's data is looked up by person: people, their identities, and which
companies are theirs.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import sqlglot
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlglot import exp
from sqlmodel import SQLModel

import adapters.store.tables  # noqa: F401  (fills the metadata)

REFERENCE_TABLES = {"companies", "people", "identities", "memberships", "cost_budgets"}
COMPANY_TABLES = {*SQLModel.metadata.tables, "searched_invoices"} - REFERENCE_TABLES
SCHEMA_CHANGES = (exp.Create, exp.Drop, exp.Alter, exp.Analyze, exp.Pragma)
BLOCKS = (exp.Select, exp.Update, exp.Delete)


@dataclass(frozen=True)
class Reading:
    """What is said by the text of a statement alone."""

    faults: tuple[str, ...] = ()
    companies: tuple[int, ...] = ()
    """Which of its parameters, from 0 on, are companies."""


@contextmanager
def every_statement_names_its_company() -> Iterator[list[str]]:
    """Listen to all engines; yields the list that faults are added to."""
    faults: list[str] = []

    def listen(
        connection: Connection, cursor: Any, statement: str, parameters: Any, *rest: Any
    ) -> None:
        dialect = "postgres" if connection.dialect.name == "postgresql" else "sqlite"
        found = [
            *faults_of(statement, dialect),
            *faults_of_values(statement, dialect, parameters),
        ]
        faults.extend(f"{fault}, in: {statement}" for fault in found)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield faults
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def faults_of(statement: str, dialect: str) -> tuple[str, ...]:
    """What is wrong with a statement; nothing, mostly."""
    return _read(statement, dialect).faults


def faults_of_values(statement: str, dialect: str, parameters: Any) -> tuple[str, ...]:
    """What is wrong with the values that it is sent with, one row of them or several."""
    positions = _read(statement, dialect).companies
    rows = parameters if isinstance(parameters, list) else [parameters]
    if len({row[position] for row in rows for position in positions}) > 1:
        return ("more than one company is named",)
    return ()


@cache
def _read(statement: str, dialect: str) -> Reading:
    if not any(table in statement.lower() for table in COMPANY_TABLES):
        return Reading()
    if statement.split(maxsplit=2)[:2] == ["CREATE", "TRIGGER"]:  # sqlglot cannot read these
        return Reading()
    if dialect == "sqlite":
        numbers = count(1)
        statement = re.sub(r"\?", lambda _: f":p{next(numbers)}", statement)
    tree = sqlglot.parse_one(statement, read=dialect)
    if isinstance(tree, SCHEMA_CHANGES) or _is_create(tree):
        return Reading()
    if not isinstance(tree, (*BLOCKS, exp.Insert, exp.SetOperation)):
        return Reading((f"{type(tree).__name__} is not understood here",))
    faults: list[str] = []
    companies: set[int] = set()
    for block in tree.find_all(*BLOCKS):
        scope = _Scope(block)
        faults += [f"{name} does not name its company" for name in scope.unnamed()]
        companies |= scope.companies
    if any(_is_moved(assigned) for assigned in tree.find_all(exp.EQ)):
        faults.append("a row is moved to a company")
    for insert in tree.find_all(exp.Insert):
        written = _written(insert)
        if written is None:
            faults.append(f"{insert.this.find(exp.Table)} is written without its company")
        companies |= written or set()
    return Reading(tuple(faults), tuple(sorted(companies)))


def _is_create(tree: exp.Expr) -> bool:
    """What sqlglot leaves alone, an index with a method of its own for one."""
    return isinstance(tree, exp.Command) and str(tree.this).upper() in {"CREATE", "EXPLAIN"}


def _is_moved(assigned: exp.Expr) -> bool:
    """Whether this is SET company_id = ..., in an UPDATE or after ON CONFLICT."""
    left = assigned.args["this"]
    is_set = isinstance(assigned.parent, exp.Update | exp.OnConflict)
    return is_set and isinstance(left, exp.Column) and left.name.lower() == "company_id"


def _written(insert: exp.Insert) -> set[int] | None:
    """The parameters that an INSERT writes as companies; None when it writes none."""
    target = insert.this
    table = target.find(exp.Table).name.lower()
    columns = [column.name.lower() for column in target.expressions]
    if "company_id" not in columns:
        return set() if table in {*REFERENCE_TABLES, "invoice_texts"} else None
    place = columns.index("company_id")
    if table in REFERENCE_TABLES:
        return set()
    source = insert.expression
    rows = source.expressions if isinstance(source, exp.Values) else [source]
    values = [_parameter(row.expressions[place].unalias()) for row in rows]
    return None if None in values else {value for value in values if value is not None}


@dataclass
class _Scope:
    """The tables of one SELECT, UPDATE or DELETE, and which company is bound for each."""

    block: exp.Expr
    tables: dict[str, str] = field(init=False)
    bound: set[str] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    equated: list[tuple[str, str]] = field(default_factory=list)
    """From a table that is bound to one that is bound by it."""

    def __post_init__(self) -> None:
        self.tables = {
            table.alias_or_name: table.name.lower()
            for table in self.block.find_all(exp.Table)
            if _block_of(table) is self.block
            and not isinstance(table.parent, exp.Insert | exp.Schema)
        }
        for equality in self.block.find_all(exp.EQ):
            if _block_of(equality) is self.block and self._must_hold(equality):
                self._bind(equality)
        for _ in self.equated:
            self.bound |= {to for source, to in self.equated if source in self.bound}

    def unnamed(self) -> list[str]:
        return [
            name
            for alias, name in self.tables.items()
            if name in COMPANY_TABLES and alias not in self.bound
        ]

    def _bind(self, equality: exp.Expr) -> None:
        sides = equality.args["this"], equality.args["expression"]
        left, right = map(self._company_of, sides)
        allowed = self._filtered_by(equality)
        if left and right:
            pairs = ((left, right), (right, left))
            self.equated += [(source, to) for source, to in pairs if to in allowed]
        elif left and (parameter := _parameter(sides[1])) is not None and left in allowed:
            self.bound.add(left)
            self.companies.add(parameter)

    def _filtered_by(self, condition: exp.Expr) -> set[str]:
        """The tables whose rows a condition keeps out: those of an outer join's other side stay."""
        join = condition.find_ancestor(exp.Join, *BLOCKS)
        if not isinstance(join, exp.Join) or not join.side:
            return set(self.tables)
        return {join.this.alias_or_name} if join.side.upper() == "LEFT" else set()

    def _must_hold(self, condition: exp.Expr) -> bool:
        """Whether a condition is one of those that all must hold: under AND alone."""
        parent, is_condition = condition.parent, False
        while parent is not None and parent is not self.block:
            if not isinstance(parent, exp.And | exp.Paren | exp.Where | exp.Join):
                return False
            is_condition |= isinstance(parent, exp.Where | exp.Join)
            parent = parent.parent
        return is_condition and parent is self.block

    def _company_of(self, side: exp.Expr) -> str | None:
        """The table whose `company_id` this is."""
        if not isinstance(side, exp.Column) or side.name.lower() != "company_id":
            return None
        return side.table or (next(iter(self.tables)) if len(self.tables) == 1 else None)


def _block_of(node: exp.Expr) -> exp.Expr | None:
    return node.find_ancestor(*BLOCKS)


def _parameter(side: exp.Expr) -> int | None:
    """Which parameter this is, from 0 on; None for anything else."""
    inner = side.this if isinstance(side, exp.Cast) else side
    if not isinstance(inner, exp.Parameter | exp.Placeholder):
        return None
    number: Sequence[str] = re.findall(r"[0-9]+", inner.sql())
    return int(number[0]) - 1 if number else None
