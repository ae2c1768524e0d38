"""What a request selects, in the domain's own words: read off the document, once for each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from domain.rows import Selection
from schema.reading import read_of
from schema.request import Info

Fragments = Mapping[str, FragmentDefinitionNode]


def selected(info: Info) -> Selection:
    """What is selected of the value that a resolver is asked for.

    Fields that may be skipped or included are in it too, so that it holds for any variables;
    fields with a resolver of their own are not: that finds the ids, which are always there.
    """
    raw: Any = info._raw_info
    plans = info.context.operation.plans
    key = ("selection", *map(id, raw.field_nodes))
    if key not in plans:
        sets = (node.selection_set for node in raw.field_nodes)
        plans[key] = _selection(get_named_type(raw.return_type), sets, raw.fragments)
    found: Selection = plans[key]
    return found


def definition_of(field: GraphQLField) -> StrawberryField | None:
    """The Strawberry field that a field was made of; None: one of introspection."""
    found: StrawberryField | None = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return found


def selections_of(fragment: SelectionNode, fragments: Fragments) -> SelectionSetNode:
    """What an inline fragment, or the fragment that is spread, selects."""
    holder: Any = fragment
    if isinstance(fragment, FragmentSpreadNode):
        holder = fragments[fragment.name.value]
    found: SelectionSetNode = holder.selection_set
    return found


def _selection(
    type_: GraphQLNamedType, sets: Iterable[SelectionSetNode | None], fragments: Fragments
) -> Selection:
    chosen = Selection({})
    if isinstance(type_, GraphQLUnionType):
        each = [*sets]
        for member in type_.types:
            chosen = chosen.together(_selection(member, each, fragments))
    if not isinstance(type_, GraphQLObjectType):
        return chosen
    for node in (node for each in sets if each for node in _fields(each, fragments)):
        field = type_.fields.get(node.name.value)
        own = definition_of(field) if field else None
        if field is None or own is None or own.base_resolver is not None:
            continue
        inner = _selection(get_named_type(field.type), [node.selection_set], fragments)
        for path in read_of(own).paths:
            chosen = chosen.together(_at(path, inner))
    return chosen


def _fields(selections: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode]:
    """All fields of one level. Of which type a fragment is does not matter: names are looked up."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        else:
            yield from _fields(selections_of(node, fragments), fragments)


def _at(path: str, inner: Selection) -> Selection:
    name, _, rest = path.partition(".")
    return Selection({name: _at(rest, inner) if rest else inner})
