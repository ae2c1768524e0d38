"""What a request selects, in the domain's own words: read off the document, once for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    InlineFragmentNode,
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


def at_one_level(
    sets: Iterable[SelectionSetNode | None], fragments: Fragments
) -> Iterator[SelectionNode]:
    """All that is selected at one level: fields, fragments, and what is in the fragments.

    Each named one is looked into once, however often it is spread: forty that each spread the
    next one twice would take for ever.
    """
    waiting = [each for each in sets if each]
    spread: set[str] = set()
    for each in waiting:
        for node in each.selections:
            yield node
            if isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                waiting.append(fragments[node.name.value].selection_set)


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
    for name, inner_sets in _fields(sets, fragments).items():
        field = type_.fields.get(name)
        own = definition_of(field) if field else None
        if field is None or own is None or own.base_resolver is not None:
            continue
        inner = _selection(get_named_type(field.type), inner_sets, fragments)
        for path in read_of(own).paths:
            chosen = chosen.together(_at(path, inner))
    return chosen


def _fields(
    sets: Iterable[SelectionSetNode | None], fragments: Fragments
) -> Mapping[str, Sequence[SelectionSetNode | None]]:
    """What is selected of each field of one level. Of which type a fragment is does not matter:
    names are looked up."""
    found: dict[str, list[SelectionSetNode | None]] = {}
    for node in at_one_level(sets, fragments):
        if isinstance(node, FieldNode):
            found.setdefault(node.name.value, []).append(node.selection_set)
    return found


def _at(path: str, inner: Selection) -> Selection:
    name, _, rest = path.partition(".")
    return Selection({name: _at(rest, inner) if rest else inner})
