"""Values shown as the answer has them: by one closure for each selected field, made once.

Objects with attributes are shown here; where rows begin, the functions of `schema.rendering` go on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor
from strawberry.schema.schema_converter import GraphQLCoreConverter

from domain.rows import Layout, Part, Rows
from schema.reading import read_of
from schema.rendering import Compiler, NotPlain, Render, counted
from schema.selecting import definition_of

Show = Callable[[Any], Any]
MOST_LAYOUTS = 50
"""Whose functions are kept, of one field; each order of a list has its own."""


class Values:
    """Makes what shows the values of one operation. Raises NotPlain.

    The operation has no directives, so that what is selected is the same for all variables.
    """

    def __init__(self, executor: Executor[Any], native: Mapping[str, type]) -> None:
        self._executor = executor
        self._native = native

    def shown(self, type_: GraphQLOutputType, details: FieldDetailsList) -> Show:
        """Shows values of this type. What is made raises whatever makes a value no plain one."""
        if isinstance(type_, GraphQLNonNull):
            return _never_null(self._there(type_.of_type, details))
        show = self._there(type_, details)
        return lambda value: None if value is None else show(value)

    def _compiler(self) -> Compiler:
        return Compiler(self._executor, self._native)

    def _there(self, type_: Any, details: FieldDetailsList) -> Show:
        """Shows values that are not null."""
        if is_leaf_type(type_):
            leaf: GraphQLLeafType = type_
            return leaf.coerce_output_value
        if isinstance(type_, GraphQLObjectType):
            return self._object(type_, details)
        if isinstance(type_, GraphQLUnionType):
            return self._member(type_, details)
        if isinstance(type_, GraphQLList):
            return self._list(type_, details)
        raise NotPlain

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> Show:
        found = self._executor.collect_subfields(type_, details).grouped_field_set
        fields = [(name, *self._field(type_, each)) for name, each in found.items()]
        rendered = _OfLayouts(self._compiler, type_, details)

        def show(value: Any) -> Any:
            if type(value) is Part:
                layout, row = value.source
                return counted(rendered[layout](row))
            return {name: show(read(value)) for name, read, show in fields}

        return show

    def _field(
        self, type_: GraphQLObjectType, details: FieldDetailsList
    ) -> tuple[Callable[[Any], Any], Show]:
        name = details[0].node.name.value
        if name == "__typename":
            return lambda value: type_.name, str
        field = type_.fields[name]
        own = definition_of(field)
        arguments = any(each.node.arguments for each in details)
        if own is None or not own.is_basic_field or arguments:
            raise NotPlain
        return read_of(own).of, self.shown(field.type, details)

    def _member(self, type_: GraphQLUnionType, details: FieldDetailsList) -> Show:
        """Strawberry tells the members apart by their classes; so do we."""
        members = {_class_of(each): self._object(each, details) for each in type_.types}

        def show(value: Any) -> Any:
            if type(value) not in members:
                raise NotPlain
            return members[type(value)](value)

        return show

    def _list(self, type_: GraphQLList[Any], details: FieldDetailsList) -> Show:
        show_entry = self.shown(type_.of_type, details)
        entry = get_nullable_type(type_.of_type)
        rendered = _OfLayouts(self._compiler, entry, details)

        def show(value: Any) -> Any:
            if type(value) is Rows:
                render = rendered[value.layout]
                return counted([render(row) for row in value.rows])
            if type(value) not in (list, tuple):
                raise NotPlain
            return [show_entry(each) for each in value]

        return show


class _OfLayouts(dict[Layout, Render]):
    """The functions that render objects of one selection, by where their parts stand in a row."""

    def __init__(
        self, compiler: Callable[[], Compiler], type_: Any, details: FieldDetailsList
    ) -> None:
        super().__init__()
        self._compiler, self._type, self._details = compiler, type_, details

    def __missing__(self, layout: Layout) -> Render:
        if not isinstance(self._type, GraphQLObjectType):
            raise NotPlain
        if len(self) >= MOST_LAYOUTS:
            self.clear()
        render = self._compiler().object(self._type, self._details, layout)
        self[layout] = render
        return render


def _never_null(show: Show) -> Show:
    def shown(value: Any) -> Any:
        if value is None:
            raise NotPlain
        return show(value)

    return shown


def _class_of(type_: GraphQLObjectType) -> type:
    definition = type_.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    origin: type = definition.origin
    return origin
