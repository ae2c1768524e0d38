"""The figures of documents: in linear time, and the same as those of a naive reader."""

import sys
from collections.abc import Callable, Iterator
from random import Random
from types import FrameType
from typing import Any, cast

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_union_type,
    parse,
)

from schema import schema
from schema.figures import MOST_TOLD, Figures, figures_of, operation_of

SCHEMA = schema._schema


def figures(document: DocumentNode) -> Figures:
    operation = operation_of(document, None)
    assert operation is not None
    return figures_of(document, operation, None, SCHEMA)


def _fan(fragments: int, body: Callable[[str], str]) -> DocumentNode:
    """Each fragment spreads the next; how often, and where, is the body's."""
    parts = ["{ viewer { ...F0 } }"]
    for index in range(fragments):
        inner = f"...F{index + 1}" if index + 1 < fragments else "name"
        parts.append(f"fragment F{index} on Viewer {{ {body(inner)} }}")
    return parse(" ".join(parts))


FANS: dict[str, Callable[[str], str]] = {
    "twice": lambda inner: f"{inner} {inner}",
    "wide": lambda inner: f"{inner} " * 12,
    "deep": lambda inner: f"a {{ b {{ {inner} }} c {{ {inner} }} }}",
    "aliased": lambda inner: f"x: a {{ {inner} }} y: a {{ {inner} }} z: name",
    "inline": lambda inner: (
        f"... {{ {inner} }} ... on Viewer {{ ... @skip(if: true) {{ {inner} }} }}"
    ),
}


@pytest.mark.parametrize("shape", FANS)
def test_a_fragment_is_measured_once_however_often_it_is_spread(shape: str) -> None:
    twenty, forty = _fan(20, FANS[shape]), _fan(40, FANS[shape])

    assert _calls(lambda: figures(forty)) < 2.2 * _calls(lambda: figures(twenty))


def test_a_fan_of_forty_comes_to_what_it_would_if_it_were_written_out() -> None:
    aliases = {shape: figures(_fan(12, FANS[shape])).aliases for shape in FANS}
    depths = {shape: figures(_fan(40, FANS[shape])).depth for shape in FANS}

    assert aliases == {"twice": 0, "wide": 0, "deep": 0, "aliased": 3 * (2**12 - 1), "inline": 0}
    assert depths == {"twice": 2, "wide": 2, "deep": 82, "aliased": 42, "inline": 2}


def test_figures_stop_where_a_clients_integers_may() -> None:
    found = figures(_fan(40, lambda inner: f"{inner} {inner} a: companies @a {{ id }}"))

    assert found.aliases == found.directives == found.cost == MOST_TOLD == 2**31 - 1


def _calls(work: Callable[[], object]) -> int:
    """How many functions of Python's are called; fails rather than wait for too many."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"
        assert calls < 100_000, "this is not linear"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


# The same figures as a reader has who writes out every fragment and walks from the root down.


def test_agrees_with_a_naive_reading_of_random_documents() -> None:
    unlike_each_other = set()
    for seed in range(300):
        text = _Writer(Random(seed)).document()
        document = parse(text)

        found = figures(document)

        assert found._replace(per_entry=0) == _Reader(document).figures(), f"seed {seed}: {text}"
        unlike_each_other.add(found)
    assert len(unlike_each_other) > 200


def test_introspection_costs_little_and_has_no_depth() -> None:
    found = figures(parse(get_introspection_query(input_value_deprecation=True)))

    assert found.depth == 0
    assert found.cost < 100


class _Writer:
    """Writes random documents of our schema; not all are valid, but all can be parsed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._types = [
            each
            for name, each in sorted(SCHEMA.type_map.items())
            if is_composite_type(each) and (not name.startswith("__") or name == "__Type")
        ]
        self._later: list[str] = []

    def document(self) -> str:
        names = [f"F{index}" for index in range(self._random.randrange(6))]
        parts = []
        for index, name in enumerate(names):
            self._later = names[index + 1 :]
            on = self._random.choice(self._types)
            parts.append(
                f"fragment {name} on {on.name}{self._directive()} {self._selection(on, 2)}"
            )
        self._later = names
        root = self._random.choice([SCHEMA.query_type, SCHEMA.mutation_type])
        assert root is not None
        kind = "query" if root is SCHEMA.query_type else "mutation"
        parts.append(f"{kind} ($n: Int = 3 @v){self._directive()} {self._selection(root, 4)}")
        self._random.shuffle(parts)
        return " ".join(parts)

    def _selection(self, on: GraphQLCompositeType, levels: int) -> str:
        return "{ " + " ".join(self._parts(on, levels)) + " }"

    def _parts(self, on: GraphQLCompositeType, levels: int) -> Iterator[str]:
        fields = {} if is_union_type(on) else cast(Any, on).fields
        introspective = ["__schema", "__type"] if on is SCHEMA.query_type else []
        for _ in range(self._random.randint(1, 4)):
            roll = self._random.random()
            if roll < 0.2 and self._later:
                yield f"...{self._random.choice(self._later)}{self._directive()}"
            elif roll < 0.35 and levels:
                to = self._random.choice([on, self._random.choice(self._types)])
                condition = self._random.choice(["", f" on {to.name}"])
                inner = to if condition else on
                yield f"...{condition}{self._directive()} {self._selection(inner, levels - 1)}"
            else:
                name = self._random.choice([*fields, "__typename", "unknown", *introspective])
                yield self._field(name, on, levels)

    def _field(self, name: str, on: GraphQLCompositeType, levels: int) -> str:
        field = SCHEMA.get_field(on, name)
        inner = get_named_type(field.type) if field else None
        alias = self._random.choice(["", "", "a: "])
        sized = [each for each in ("first", "last", "ids") if field and each in field.args]
        said = [f"{each}: {self._size(each)}" for each in sized if self._random.random() < 0.7]
        arguments = f"({', '.join(said)})" if said else ""
        below = ""
        if is_composite_type(inner):
            below = self._selection(inner, levels - 1) if levels else "{ __typename }"
        return f"{alias}{name}{arguments}{self._directive()} {below}"

    def _size(self, argument: str) -> str:
        size = self._random.choice([1, 2, 9, 50, 100])
        return f"[{'1 ' * size}]" if argument == "ids" else self._random.choice([str(size), "$n"])

    def _directive(self) -> str:
        return self._random.choice(["", "", "", " @skip(if: false)", " @a @b"])


OF_A_RECORD = """
    syncsSubcontractorInvoices unlinkSupported deletionRequired voidCountsAsGone
    reversalCountsAsGone freshness documentation
"""
OWN = {
    ("SubcontractorInvoiceConnection", "totalCount"): 10,
    ("Mutation", "unlinkInvoice"): 10,
    **{("ErpCapabilities", part): 0 for part in OF_A_RECORD.split()},
}
UNSAID = {"syncedInvoices": 25, "unlinkHistory": 20, "nodes": 100, "projects": 20, "vendors": 20}


class _Reader:
    """Counts from the root down, one selection after another; every spread is read anew."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._depth = self._top = self._aliases = self._directives = self._cost = 0
        operation = operation_of(document, None)
        assert operation is not None
        self._directives += len(operation.directives or ()) + 1
        self._read(operation, SCHEMA.get_root_type(operation.operation), (), times=1, page=0)

    def figures(self) -> Figures:
        cost = min(self._cost, MOST_TOLD)
        return Figures(self._depth, self._top, self._aliases, self._directives, cost)

    def _read(self, node: Any, on: Any, path: tuple[bool, ...], *, times: int, page: int) -> None:
        for each in node.selection_set.selections if node.selection_set else ():
            self._directives += len(each.directives or ())
            if isinstance(each, FieldNode):
                self._read_field(each, on, path, times=times, page=page)
                continue
            inner: Any = each
            if isinstance(each, FragmentSpreadNode):
                inner = self._fragments[each.name.value]
                self._directives += len(inner.directives or ())
            condition = inner.type_condition
            to = SCHEMA.get_type(condition.name.value) if condition else on
            self._read(inner, to, path, times=times, page=page)

    def _read_field(
        self, node: FieldNode, on: Any, path: tuple[bool, ...], *, times: int, page: int
    ) -> None:
        name = node.name.value
        field = SCHEMA.get_field(on, name) if on else None
        inner = get_named_type(field.type) if field else None
        introspective = name.startswith("__") or (on is not None and on.name.startswith("__"))
        path = (*path, not introspective)
        self._depth = max(self._depth, len(path) if all(path) else path.index(False))
        self._top += len(path) == 1
        self._aliases += node.alias is not None

        size = 1 if introspective or field is None else self._size(node, on)
        if field is not None and is_list_type(get_nullable_type(field.type)):
            of_page = on.name == "SubcontractorInvoiceConnection" and is_composite_type(inner)
            times *= page if of_page else size
        usual = 1 if node.selection_set else 0
        self._cost += times * OWN.get((on.name if on else "", name), usual)
        self._read(node, inner, path, times=times, page=size)

    def _size(self, node: FieldNode, on: Any) -> int:
        said = {each.name.value: each.value for each in node.arguments or ()}
        if "ids" in said:
            return len(cast(Any, said["ids"]).values)
        sizes = [cast(Any, each) for each in said.values()]
        if sizes:
            return max(3 if each.kind == "variable" else int(each.value) for each in sizes)
        is_page = on.name == "SubcontractorInvoiceConnection"
        return 10 if is_page else UNSAID.get(node.name.value, 10)
