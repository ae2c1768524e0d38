"""What a resolver is given, read straight off the variables of a request.

graphql-core reads variables and Strawberry makes Python's values of them, and both find out anew
each time what types they are of. Here that is found out once. What is not plainly right is left
to those two, who say in their own words what is wrong with it: NotPlain is raised for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_leaf_type,
    is_required_input_field,
    type_from_ast,
    value_from_ast,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.rendering import NotPlain

Fields = Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]
Variables = Mapping[str, Any]
Read = Callable[[Variables], Any]
"""Makes Python's value of what a document writes, with a request's variables in it."""
Take = Callable[[Any], Any]
"""Makes Python's value of one that came as JSON."""
Inside = frozenset[GraphQLInputObjectType]
"""The types of the inputs that hold what is taken."""
AS_THEY_ARE: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""Scalars whose values, of these types, resolvers are given as they came."""


class Arguments:
    """Makes what gives a field its arguments, in one operation of a document that is valid.

    Raises NotPlain; so does what it makes.
    """

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._declared = {
            each.variable.name.value: each for each in operation.variable_definitions or ()
        }

    def of(self, field: GraphQLField, node: FieldNode) -> Read:
        """The arguments by their names in Python."""
        return self._all(field.args, {each.name.value: each.value for each in node.arguments or ()})

    def _all(self, fields: Fields, written: Mapping[str, ValueNode]) -> Read:
        """What is not written has its default in Python too."""
        unsaid = _null_unless_said(fields)
        reads = [
            (_python_name(fields[name]), self._value(fields[name], node))
            for name, node in written.items()
        ]
        return lambda variables: unsaid | {name: read(variables) for name, read in reads}

    def _value(self, field: GraphQLArgument | GraphQLInputField, node: ValueNode) -> Read:
        """Where a variable without a default stands in a place with one, it must be given."""
        read = self._written(field.type, node)
        if not isinstance(node, VariableNode) or field.default_value in (None, Undefined):
            return read
        name = node.name.value
        if self._declared[name].default_value is not None:
            return read
        return lambda variables: read(variables) if name in variables else _not_plain()

    def _written(self, type_: Any, node: ValueNode) -> Read:
        if isinstance(node, VariableNode):
            return self._variable(type_, node.name.value)
        if isinstance(node, NullValueNode):
            return _always(None)
        there = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(there, GraphQLList):
            nodes = node.values if isinstance(node, ListValueNode) else (node,)
            reads = [self._written(there.of_type, each) for each in nodes]
            return lambda variables: [read(variables) for read in reads]
        if isinstance(there, GraphQLInputObjectType):
            return self._object(there, node)
        value = value_from_ast(node, there)
        return _not_plain() if value is Undefined else _always(value)

    def _object(self, type_: GraphQLInputObjectType, node: Any) -> Read:
        make = _class_of(type_)
        values = self._all(type_.fields, {each.name.value: each.value for each in node.fields})
        return lambda variables: make(**values(variables))

    def _variable(self, place: Any, name: str) -> Read:
        """A variable may be null where a value must not, if it says a default."""
        declared = self._declared[name]
        type_ = type_from_ast(self._schema, declared.type)
        take = _take(place if isinstance(place, GraphQLNonNull) else type_)
        if declared.default_value is None:
            return lambda variables: take(variables.get(name))
        unsaid = self._written(type_, declared.default_value)
        return lambda variables: take(variables[name]) if name in variables else unsaid(variables)


def _always(value: Any) -> Read:
    return lambda variables: value


def _not_plain() -> NoReturn:
    raise NotPlain


def _take(type_: Any, inside: Inside = frozenset()) -> Take:
    if isinstance(type_, GraphQLNonNull):
        return _there(type_.of_type, inside)
    there = _there(type_, inside)
    return lambda value: None if value is None else there(value)


def _there(type_: Any, inside: Inside) -> Take:
    """Takes what is not null."""
    if isinstance(type_, GraphQLInputObjectType):
        return _input(type_, inside)
    if isinstance(type_, GraphQLList):
        return _list(_take(type_.of_type, inside))
    if not is_leaf_type(type_):
        raise NotPlain
    if type_.name in AS_THEY_ARE:
        return _as_it_is(AS_THEY_ARE[type_.name])
    return _leaf(type_.coerce_input_value)


def _as_it_is(its_type: type) -> Take:
    def take(value: Any) -> Any:
        if type(value) is not its_type:
            raise NotPlain
        return value

    return take


def _leaf(coerce: Take) -> Take:
    def take(value: Any) -> Any:
        try:
            return coerce(value)
        except Exception:
            raise NotPlain from None

    return take


def _list(take_entry: Take) -> Take:
    def take(value: Any) -> Any:
        if type(value) is not list:
            raise NotPlain
        return [take_entry(each) for each in value]

    return take


def _input(type_: GraphQLInputObjectType, inside: Inside) -> Take:
    """One that holds itself is left to graphql-core: there would be no end to what is made here."""
    if type_ in inside:
        raise NotPlain
    make, unsaid = _class_of(type_), _null_unless_said(type_.fields)
    takes = {
        name: (_python_name(each), _take(each.type, inside | {type_}))
        for name, each in type_.fields.items()
    }
    required = {name for name, each in type_.fields.items() if is_required_input_field(each)}

    def take(value: Any) -> Any:
        if type(value) is not dict or not takes.keys() >= value.keys() >= required:
            raise NotPlain
        named = ((*takes[name], each) for name, each in value.items())
        return make(**unsaid | {name: take_value(each) for name, take_value, each in named})

    return take


def _null_unless_said(fields: Fields) -> dict[str, Any]:
    return {
        _python_name(each): None
        for each in fields.values()
        if each.default_value is Undefined and not isinstance(each.type, GraphQLNonNull)
    }


def _class_of(type_: GraphQLInputObjectType) -> Callable[..., Any]:
    definition = type_.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    if definition.from_input is not None or type_.is_one_of:
        raise NotPlain
    made: Callable[..., Any] = definition.origin
    return made


def _python_name(field: GraphQLArgument | GraphQLInputField) -> str:
    name: str = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].python_name
    return name
