"""What an operation comes to at worst, told before anything is read.

Linear in the length of a document: a fragment is measured once, however often it is spread.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import graphql
from graphql import FieldNode, FragmentSpreadNode, GraphQLCompositeType

from schema.cost import own_cost, size_of, values_of

MOST_TOLD = 2**31 - 1
"""Figures stop here, and so fit GraphQL's Int and every client's integers."""


class Figures(NamedTuple):
    """What a selection comes to, with every spread counted as if it were written out."""

    depth: int = 0
    """Fields on the longest path down. Introspection has none."""
    fields: int = 0
    """Fields at the top of the selection."""
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    per_entry: int = 0
    """What each entry of the page costs, where the selection is of a connection."""

    def beside(self, other: "Figures") -> "Figures":
        sums = (min(mine + theirs, MOST_TOLD) for mine, theirs in zip(self, other, strict=True))
        return Figures(*sums)._replace(depth=max(self.depth, other.depth))


def cost_of(
    document: graphql.DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    schema: graphql.GraphQLSchema,
) -> int:
    """What an operation costs at worst; as for `figures_of`."""
    operation = operation_of(document, operation_name)
    return figures_of(document, operation, variables, schema).cost if operation else 0


def operation_of(
    document: graphql.DocumentNode, name: str | None
) -> graphql.OperationDefinitionNode | None:
    """The operation of that name; without a name the only one. None where that is not one."""
    named = [
        each
        for each in document.definitions
        if isinstance(each, graphql.OperationDefinitionNode)
        and (name is None or (each.name and each.name.value == name))
    ]
    return named[0] if len(named) == 1 else None


def figures_of(
    document: graphql.DocumentNode,
    operation: graphql.OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
    schema: graphql.GraphQLSchema,
) -> Figures:
    """Measure one operation of a document, which need not be valid.

    Fields that the schema does not know are guessed at; fragments that the document does not
    know count nothing, nor do any where some are spread in a circle.
    """
    measure = _Measure(schema, values_of(operation, variables or {}))
    for each in _inner_first(document):
        measure.learn(each)
    return measure.operation(operation)


class _Measure:
    """Measures selections, with the values of one operation's variables."""

    def __init__(self, schema: graphql.GraphQLSchema, values: Mapping[str, Any]) -> None:
        self._schema = schema
        self._values = values
        self._fragments: dict[str, Figures] = {}

    def learn(self, fragment: graphql.FragmentDefinitionNode) -> None:
        """Remember what a fragment comes to; those that it spreads are known already."""
        inside = self._selections(fragment.selection_set, self._type(fragment.type_condition))
        self._fragments[fragment.name.value] = inside.beside(_directives(fragment))

    def operation(self, node: graphql.OperationDefinitionNode) -> Figures:
        inside = self._selections(node.selection_set, self._schema.get_root_type(node.operation))
        return inside.beside(_directives(node, *(node.variable_definitions or ())))

    def _selections(
        self, node: graphql.SelectionSetNode | None, parent: GraphQLCompositeType | None
    ) -> Figures:
        total = Figures()
        for each in node.selections if node else ():
            if isinstance(each, FieldNode):
                found = self._field(each, parent)
            elif isinstance(each, FragmentSpreadNode):
                found = self._fragments.get(each.name.value, Figures())
            elif isinstance(each, graphql.InlineFragmentNode):
                condition = each.type_condition
                found = self._selections(
                    each.selection_set, self._type(condition) if condition else parent
                )
            total = total.beside(found).beside(_directives(each))
        return total

    def _field(self, node: FieldNode, parent: GraphQLCompositeType | None) -> Figures:
        name = node.name.value
        field = self._schema.get_field(parent, name) if parent else None
        inner = _composite(graphql.get_named_type(field.type)) if field else None
        below = self._selections(node.selection_set, inner)

        of_schema = name.startswith("__") or (parent is not None and parent.name.startswith("__"))
        is_list = field is not None and graphql.is_list_type(graphql.get_nullable_type(field.type))
        is_mutation = field is not None and parent is self._schema.mutation_type and not of_schema
        of_page = is_list and inner and parent and parent.name.endswith("Connection")

        size = size_of(node, field, self._values) if field and not of_schema else 1
        one = own_cost(node, field, is_mutation=is_mutation) + below.cost + size * below.per_entry
        return Figures(
            depth=0 if of_schema else below.depth + 1,
            fields=1,
            aliases=min(below.aliases + bool(node.alias), MOST_TOLD),
            directives=below.directives,
            cost=0 if of_page else min(one * size if is_list else one, MOST_TOLD),
            per_entry=min(one, MOST_TOLD) if of_page else 0,
        )

    def _type(self, condition: graphql.NamedTypeNode) -> GraphQLCompositeType | None:
        return _composite(self._schema.get_type(condition.name.value))


def _directives(*nodes: graphql.Node) -> Figures:
    return Figures(directives=sum(len(getattr(each, "directives", None) or ()) for each in nodes))


def _composite(type_: graphql.GraphQLNamedType | None) -> GraphQLCompositeType | None:
    return type_ if graphql.is_composite_type(type_) else None


def _inner_first(document: graphql.DocumentNode) -> Iterator[graphql.FragmentDefinitionNode]:
    """The fragments, each after those that it spreads; none where they form a circle."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, graphql.FragmentDefinitionNode)
    }
    order = TopologicalSorter({name: set(_spreads(each)) for name, each in fragments.items()})
    try:
        for name in order.static_order():
            if name in fragments:
                yield fragments[name]
    except CycleError:
        return


def _spreads(fragment: graphql.FragmentDefinitionNode) -> Iterator[str]:
    selection_sets = [fragment.selection_set]
    while selection_sets:
        for each in selection_sets.pop().selections:
            if isinstance(each, FragmentSpreadNode):
                yield each.name.value
            elif inner := getattr(each, "selection_set", None):
                selection_sets.append(inner)
