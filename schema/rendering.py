"""Selections of rows compiled: one Python function that turns a row into its part of the answer.

A selection is plain where each of its fields is read from the row, without a resolver, arguments,
or directives. Whatever a function cannot do it raises on; who called it goes the ordinary way
then, so that errors, their paths and the nulls that they leave are graphql-core's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor

from domain.rows import Layout, Place
from schema.reading import Read, read_of
from schema.selecting import at_one_level, definition_of

T = TypeVar("T")
Row = Sequence[Any]
Render = Callable[[Row], Any]
NATIVE: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""Scalars whose values of these types are answered as they are."""
SHOWN_BY_THEIR_TEXT = frozenset({"Decimal", "Date", "DateTime"})
"""Scalars whose values are answered by their text where a row has it at hand."""
WRITTEN_BY_ORJSON: Mapping[str, type] = {**NATIVE, "Date": date, "DateTime": datetime}
"""The same where orjson writes the answer: it writes days, and instants in UTC, as we show them."""


@dataclass(slots=True)
class Renderings:
    """How often values were rendered, and how often that failed and they were executed."""

    rendered: int = 0
    executed: int = 0


RENDERINGS = Renderings()


def counted(rendered: T) -> T:
    """The same, noted as one value that was rendered."""
    RENDERINGS.rendered += 1
    return rendered


class NotPlain(Exception):
    """The selection has to go the ordinary way."""


class _NullWhereNoneMayBe(Exception):
    pass


class Compiler:
    """Writes the function of one selection. Raises NotPlain."""

    def __init__(self, executor: Executor[Any], native: Mapping[str, type] = NATIVE) -> None:
        self._executor = executor
        self._native = native
        self._fragments = executor.fragment_definitions
        self._known: dict[str, Any] = {"null": _null}
        self._temporaries = 0
        self._columns = 0
        """How many of a row are looked at, from the first on."""

    def object(self, type_: GraphQLObjectType, details: FieldDetailsList, layout: Layout) -> Render:
        """Renders an object, which is there."""
        return self._function(self._object(type_, details, layout))

    def fields(
        self, type_: GraphQLObjectType, fields: Mapping[str, FieldDetailsList], layout: Layout
    ) -> tuple[Render, list[str]]:
        """Renders the plain ones of an object's fields, in order; the others are left to fill in.

        Answers with their names too.
        """
        written, others = [], []
        for name, details in fields.items():
            try:
                value = self._field(type_, details, layout)
            except NotPlain:
                value = "None"
                others.append(name)
            written.append(f"{name!r}: {value}")
        return self._function("{" + ", ".join(written) + "}"), others

    def _function(self, value: str) -> Render:
        columns = "".join(f"c{index}, " for index in range(self._columns))
        exec(f"def render(row):\n    {columns}*_, = row\n    return {value}", self._known)
        render: Render = self._known["render"]
        return render

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList, layout: Layout) -> str:
        sets = [each.node.selection_set for each in details]
        if any(node.directives for node in at_one_level(sets, self._fragments)):
            raise NotPlain
        fields = self._executor.collect_subfields(type_, details).grouped_field_set
        written = (f"{name!r}: {self._field(type_, each, layout)}" for name, each in fields.items())
        return "{" + ", ".join(written) + "}"

    def _field(self, type_: GraphQLObjectType, details: FieldDetailsList, layout: Layout) -> str:
        nodes = [each.node for each in details]
        name = nodes[0].name.value
        if name == "__typename":
            return repr(type_.name)
        field = type_.fields[name]
        own = definition_of(field)
        if own is None or not own.is_basic_field or not all(map(_is_plain, nodes)):
            raise NotPlain
        return self._value(field.type, details, layout, read_of(own))

    def _value(
        self, type_: GraphQLOutputType, details: FieldDetailsList, layout: Layout, read: Read
    ) -> str:
        named, null = (
            (type_.of_type, "null()") if isinstance(type_, GraphQLNonNull) else (type_, "None")
        )
        places = [_place(layout, path) for path in read.paths]
        if isinstance(named, GraphQLObjectType) and read.by is None:
            (inner,) = places
            if not isinstance(inner, Layout):
                raise NotPlain
            written = self._object(named, details, inner)
            absent = (
                "" if inner.key is None else f"{null} if {self._column(inner.key)} is None else "
            )
            return f"({absent}{written})"
        if isinstance(named, GraphQLEnumType) and read.by is None:
            return self._enum(named, null, places[0])
        if not isinstance(named, GraphQLScalarType):
            raise NotPlain
        if read.by is None and named.name in SHOWN_BY_THEIR_TEXT and isinstance(places[0], Place):
            column, text = self._column(places[0].indexes[0]), places[0].text
            if text is str:
                return self._scalar(named, null, column, str)
            if text is not None:
                return f"({null} if {column} is None else {self._name(text)}({column}))"
        values = ", ".join(map(self._read, places))
        value = values if read.by is None else f"{self._name(read.by)}({values})"
        return self._scalar(named, null, value, self._native.get(named.name))

    def _scalar(self, type_: GraphQLScalarType, null: str, value: str, native: type | None) -> str:
        """A scalar; a value of the Python type `native` is answered as it is."""
        seen, first = value, value
        if not value.isidentifier():
            self._temporaries += 1
            seen = f"v{self._temporaries}"
            first = f"({seen} := {value})"
        coerce = f"{self._name(type_.coerce_output_value)}({seen})"
        if native is None:
            return f"({null} if {first} is None else {coerce})"
        its_type = self._name(native)
        return (
            f"({seen} if type({first}) is {its_type} else {null} if {seen} is None else {coerce})"
        )

    def _enum(self, type_: GraphQLEnumType, null: str, place: Place | Layout) -> str:
        if isinstance(place, Layout):
            raise NotPlain
        names = self._name(_Names(type_, place))
        column = self._column(place.indexes[0])
        return f"({null} if {column} is None else {names}[{column}])"

    def _read(self, place: Place | Layout) -> str:
        if isinstance(place, Layout):
            raise NotPlain
        columns = ", ".join(map(self._column, place.indexes))
        return columns if place.make is None else f"{self._name(place.make)}({columns})"

    def _column(self, index: int) -> str:
        self._columns = max(self._columns, index + 1)
        return f"c{index}"

    def _name(self, value: Any) -> str:
        name = f"k{len(self._known)}"
        self._known[name] = value
        return name


class _Names(dict[Any, str]):
    """The names of an enum's values, by what the database holds for them."""

    def __init__(self, type_: GraphQLEnumType, place: Place) -> None:
        super().__init__()
        self._type = type_
        self._make = place.make or (lambda held: held)

    def __missing__(self, held: Any) -> str:
        name: str = self._type.coerce_output_value(self._make(held))
        self[held] = name
        return name


def _null() -> Any:
    raise _NullWhereNoneMayBe


def _place(layout: Layout, path: str) -> Place | Layout:
    found: Place | Layout = layout
    for name in path.split("."):
        if not isinstance(found, Layout) or name not in found.parts:
            raise NotPlain
        found = found.parts[name]
    return found


def _is_plain(node: FieldNode) -> bool:
    """Directives are judged for each request anew, and arguments are a resolver's."""
    return not node.directives and not node.arguments
