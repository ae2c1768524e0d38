"""What a field costs: declared where the field is declared, with defaults that fit most.

Costs count objects, at worst. An object costs 1 and a scalar nothing; a list costs as many times
what is selected of one entry as the request asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import graphql
from graphql import FieldNode, GraphQLField
from strawberry.schema.schema_converter import GraphQLCoreConverter

OF_AN_OBJECT = 1
OF_A_MUTATION = 10
IN_A_PLAIN_LIST = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What a field costs, where the usual does not fit."""

    own: int | None = None
    """Of each object; None: as usual, 10 for a mutation, else 1 for an object, 0 for a scalar."""
    sized_by: tuple[str, ...] = ("first", "last")
    """The arguments that say how many. A list that takes none of them counts as one of 10."""
    unsaid: int | None = None
    """How many when no argument says so; None: the argument's default, or else `most`."""
    most: int = 100
    """How many at most; also stands for a size that cannot be used."""


USUAL = Cost()


def costs(own: int | None = None, **parts: Any) -> dict[object, object]:
    """Declare a field's cost: the `metadata` of its `strawberry.field`. The parts are Cost's."""
    return {Cost: Cost(own, **parts)}


def own_cost(node: FieldNode, field: GraphQLField | None, *, is_mutation: bool) -> int:
    """What a field costs by itself; one that the schema does not know is guessed at."""
    declared = _declared(field).own
    if declared is not None:
        return declared
    if is_mutation:
        return OF_A_MUTATION
    return OF_AN_OBJECT if node.selection_set else 0


def size_of(node: FieldNode, field: GraphQLField, values: Mapping[str, Any]) -> int:
    """How many objects a field answers with at most: in its list, or on its page."""
    cost = _declared(field)
    takes = {name: field.args[name] for name in cost.sized_by if name in field.args}
    if not takes:
        return IN_A_PLAIN_LIST
    given = {each.name.value: each.value for each in node.arguments or ()}
    said = [_count(given[name], takes[name], values, cost.most) for name in takes if name in given]
    sizes = [size for size in said if size is not None]
    if sizes:
        return max(sizes)
    if cost.unsaid is not None:
        return cost.unsaid
    defaults = (each.default_value for each in takes.values())
    return next((each for each in defaults if isinstance(each, int)), cost.most)


@lru_cache
def sizing_arguments(schema: graphql.GraphQLSchema) -> frozenset[str]:
    """The names of all arguments that say how many."""
    fields = (
        field
        for type_ in schema.type_map.values()
        if isinstance(type_, graphql.GraphQLObjectType | graphql.GraphQLInterfaceType)
        for field in type_.fields.values()
    )
    return frozenset(name for field in fields for name in _declared(field).sized_by)


def values_of(
    operation: graphql.OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, graphql.ValueNode | Any]:
    """What each variable of an operation stands for: a value, its default, or None if left out."""
    return {
        (name := each.variable.name.value): variables.get(name, each.default_value)
        for each in operation.variable_definitions or ()
    }


def _declared(field: GraphQLField | None) -> Cost:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
    declared: Cost = definition.metadata.get(Cost, USUAL) if definition else USUAL
    return declared


def _count(
    said: Any, argument: graphql.GraphQLArgument, values: Mapping[str, Any], most: int
) -> int | None:
    """What a literal or a value says of the size; None where it leaves that open."""
    if isinstance(said, graphql.VariableNode):
        said = values.get(said.name.value, said)
    if said is None or isinstance(said, graphql.NullValueNode):
        return None
    if graphql.is_list_type(graphql.get_nullable_type(argument.type)):
        said = said.values if isinstance(said, graphql.ListValueNode) else said
        return min(len(said), most) if isinstance(said, list | tuple) else most
    if isinstance(said, graphql.IntValueNode) and len(said.value) < 10:
        said = int(said.value)
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return int(said) if is_number and 1 <= said <= most and said % 1 == 0 else most
