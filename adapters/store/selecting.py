"""A selection turned into columns and joins: just what is wanted, and where it stands in a row."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    bindparam,
    inspect,
    select,
)
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.types import JSON
from sqlmodel import SQLModel

from adapters.store.columns import Amount, reading_of
from adapters.store.directory import is_of_the_company
from adapters.store.rows import table
from domain.rows import Layout, Place, Selection

Model = type[SQLModel]
ID = Selection.of("id")
NUMERIC = 1700
"""PostgreSQL's number for decimals, the only type of ours that asks what the driver calls it:
https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat"""


class Selecting:
    """Collects the columns of a statement, and the tables that they are in.

    The names of a selection are those of the tables' own: a column, what a row belongs to, a part
    of a document. An amount may be wanted with its currency, which is the row's.
    """

    def __init__(self, root: Model, dialect: Dialect) -> None:
        self._root = root
        self._dialect = dialect
        self._asked: dict[ColumnElement[Any], tuple[int, ColumnElement[Any]]] = {}
        """Where the value of a column will stand, and what is asked for to have it."""
        self._source: FromClause = table(root)

    def statement(self, *, for_reader: bool = False) -> Select[Any]:
        """What was collected, of one company: the value of the parameter `company_id`.

        For a reader: nothing, unless they are of the company, by `issuer` and `subject`.
        """
        company = table(self._root).c.company_id == bindparam("company_id")
        statement = (
            select(*(asked for _, asked in self._asked.values()))
            .select_from(self._source)
            .where(company)
        )
        return statement.where(is_of_the_company()) if for_reader else statement

    def place(self, column: ColumnElement[Any], means: Callable[[Any], Any] | None = None) -> Place:
        """Where the values of a column will stand, whether or not it was collected before."""
        reading = reading_of(column, self._dialect)
        asked = (len(self._asked), reading.asked if reading else column)
        index, _ = self._asked.setdefault(column, asked)
        if reading is not None:
            return Place((index,), _made(None, reading.make), reading.text)
        type_ = column.type.dialect_impl(self._dialect)
        return Place((index,), _made(type_.result_processor(self._dialect, NUMERIC), means))

    def layout(self, wanted: Selection) -> Layout:
        """Collect what is wanted of the rows themselves, and their ids."""
        return self._object(self._root, wanted.together(ID), may_lack=False)

    def _object(self, model: Model, wanted: Selection, *, may_lack: bool) -> Layout:
        # Each joined table's company is equated with that of the rows.
        parts: dict[str, Place | Layout] = {
            "company_id": self.place(table(self._root).c.company_id)
        }
        for name, inner in wanted.items():
            if name not in parts:
                parts[name] = self._part(model, name, inner, may_lack)
        if not may_lack:
            return Layout(parts)
        (key,) = self.place(table(model).c.company_id).indexes
        return Layout(parts, key)

    def _part(self, model: Model, name: str, wanted: Selection, may_lack: bool) -> Place | Layout:
        """Raises AttributeError for what a row of this table has not."""
        relationship = inspect(model).relationships.get(name)
        if relationship is not None:
            return self._joined(relationship, wanted, may_lack)
        own = table(model).c
        found = own.get(name)
        if found is None:
            made: Any = inspect(model).all_orm_descriptors[name]
            return self.place(made.fget(own))
        if wanted and isinstance(found.type, Amount):
            return self._money(model, self.place(found))
        if wanted and isinstance(found.type, JSON):
            return self._document(model, found, wanted)
        return self.place(found, found.info.get("means"))

    def _joined(
        self, relationship: RelationshipProperty[Any], wanted: Selection, may_lack: bool
    ) -> Layout:
        target: Model = relationship.mapper.class_
        may_lack |= any(column.nullable for column in relationship.local_columns)
        self._source = self._source.join(table(target), relationship.primaryjoin, isouter=may_lack)
        return self._object(target, wanted, may_lack=may_lack)

    def _document(self, model: Model, column: Any, wanted: Selection) -> Layout:
        parts: dict[str, Place | Layout] = {}
        for name, inner in wanted.items():
            place = self.place(column[name].as_string(), Decimal)
            parts[name] = self._money(model, place) if inner else place
        return Layout(parts)

    def _money(self, model: Model, amount: Place) -> Layout:
        currency = self.place(table(model).c.currency)
        return Layout({"amount": amount, "currency": currency}, amount.indexes[0])


def _made(
    read: Callable[[Any], Any] | None, means: Callable[[Any], Any] | None
) -> Callable[[Any], Any] | None:
    """What the driver gives, read as the column's type does, and then as the domain does."""
    if means is None:
        return read

    def meant(value: Any) -> Any:
        value = read(value) if read else value
        return None if value is None else means(value)

    return meant
