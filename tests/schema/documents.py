"""Documents written by chance, by hypothesis, from the schema itself: valid, and small enough.

The names of an answer say of which field and which arguments it is made, so that whatever stands
side by side can be merged: `number` and `x_number`, `unlinkHistory` and `unlinkHistory_1`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)
from hypothesis import strategies as st

from tests.schema.literals import literal

Draw = Callable[[st.SearchStrategy[Any]], Any]
Values = Mapping[str, st.SearchStrategy[Any]]
"""What arguments may be given, by `Type.field.argument`; one that is not named is left out."""
MOST_FIELDS, MOST_PARTS, DEEPEST = 5, 50, 7
INVOICES = ("syncedInvoices", "subcontractorInvoice", "syncedInvoices")
FLAGS = ("yes", "no")


@dataclass(frozen=True)
class Asked:
    """A document, and two sets of variables for it."""

    text: str
    variables: Mapping[str, Any]
    others: Mapping[str, Any]


@st.composite
def queries(draw: Draw, schema: GraphQLSchema, values: Values) -> Asked:
    """Invoices, and perhaps other root fields, with all that is written around fields."""
    writer = _Writer(draw, schema, values, left=draw(st.integers(10, MOST_PARTS)))
    root = schema.type_map["Query"]
    written = writer.field(root, draw(st.sampled_from(INVOICES)), DEEPEST)
    if draw(st.booleans()):
        written = f"{written} ... {writer.selections(root, DEEPEST, 2)}"
    return writer.asked(f"query Asked{writer.declared()} {{ {written} }}")


@st.composite
def operations_around(
    draw: Draw,
    schema: GraphQLSchema,
    values: Values,
    type_: str,
    operation: str,
    without: frozenset[str] = frozenset(),
) -> Asked:
    """An operation that is given, and spreads `...Same`: a selection of this type, by chance."""
    writer = _Writer(draw, schema, values, without, left=draw(st.integers(5, MOST_PARTS)))
    same = f"fragment Same on {type_} {writer.selections(schema.type_map[type_], DEEPEST)}"
    return writer.asked(f"{writer.declared_in(operation)}\n{same}")


@dataclass
class _Writer:
    """Writes one document. Keeps what may be used again: fragments, arguments, variables."""

    draw: Draw
    schema: GraphQLSchema
    values: Values
    without: frozenset[str] = frozenset()
    """The fields that are never asked for."""
    left: int = 0
    """How many parts it may still have; past that, there are but leaves."""
    fragments: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    choices: dict[str, st.SearchStrategy[Any]] = field(default_factory=dict)
    _fragments_on: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _arguments: dict[str, list[str]] = field(default_factory=dict)

    def declared(self) -> str:
        declared = ", ".join(f"${name}: {kind}" for name, kind in self.variables.items())
        return f"({declared})" if declared else ""

    def declared_in(self, operation: str) -> str:
        """An operation that has variables of its own, with these after them."""
        own = "".join(f", ${name}: {kind}" for name, kind in self.variables.items())
        return operation.replace(")", f"{own})", 1)

    def asked(self, operation: str) -> Asked:
        """The whole of it, with values for its variables."""
        chosen = [
            {name: self.draw(choice) for name, choice in self.choices.items()} for _ in range(2)
        ]
        return Asked("\n".join([operation, *self.fragments.values()]), *chosen)

    def selections(self, type_: GraphQLNamedType, deep: int, most: int = MOST_FIELDS) -> str:
        wanted = min(self._upto(most, least=1), max(self.left, 1))
        self.left -= wanted
        parts = [self._part(type_, deep if self.left > 0 else 0) for _ in range(wanted)]
        return "{ " + " ".join(parts) + " }"

    def _part(self, type_: GraphQLNamedType, deep: int) -> str:
        kind = self._upto(7)
        if self.left <= 0 and isinstance(type_, GraphQLUnionType):
            return "__typename"
        if (kind < 6 or self.left <= 0) and not isinstance(type_, GraphQLUnionType):
            return self._field(type_, deep)
        if kind == 6:
            return self._spread(type_, deep)
        if kind == 0:
            return f"__typename{self._directives()}"
        on = self._narrower(type_)
        inside = self.selections(on, deep)
        condition = f" on {on.name}" if on is not type_ or self._upto(1) else ""
        return f"...{condition}{self._directives()} {inside}"

    def _field(self, parent: Any, deep: int) -> str:
        names = [
            name
            for name, each in parent.fields.items()
            if name not in self.without
            and (deep > 0 or not is_composite_type(get_named_type(each.type)))
        ]
        name = self.draw(st.sampled_from([*names, "__typename"]))
        if name == "__typename":
            return f"{name}{self._directives()}"
        return self.field(parent, name, deep)

    def field(self, parent: Any, name: str, deep: int) -> str:
        """One field, under a name that stands for its arguments."""
        its = parent.fields[name]
        key, arguments = self._given(parent, name, its)
        prefix = "x_" if self._upto(4) == 4 else ""
        alias = f"{prefix}{key}"
        inner = get_named_type(its.type)
        below = f" {self.selections(inner, deep - 1)}" if is_composite_type(inner) else ""
        called = "" if alias == name else f"{alias}: "
        return f"{called}{name}{arguments}{self._directives()}{below}"

    def _given(self, parent: GraphQLNamedType, name: str, its: GraphQLField) -> tuple[str, str]:
        """A name for the answer that stands for these arguments, new ones or some used before."""
        own = name if _is_the_same_everywhere(self.schema, name) else f"{name}Of{parent.name}"
        place = f"{parent.name}.{name}"
        if not its.args:
            return own, ""
        used = self._arguments.setdefault(place, [])
        number = self._upto(len(used))
        if number == len(used):
            used.append(self._new_arguments(place, its))
        return (f"{own}_{number}" if number else own), used[number]

    def _new_arguments(self, place: str, its: GraphQLField) -> str:
        written = []
        for name, argument in its.args.items():
            choices = self.values.get(f"{place}.{name}")
            required = isinstance(argument.type, GraphQLNonNull)
            if choices is None or not (required or self._upto(2) == 0):
                continue
            if self._upto(1):
                variable = f"v{len(self.variables)}"
                self.variables[variable], self.choices[variable] = str(argument.type), choices
                written.append(f"{name}: ${variable}")
            else:
                written.append(f"{name}: {literal(self.draw(choices), argument.type)}")
        return f"({', '.join(written)})" if written else ""

    def _spread(self, type_: GraphQLNamedType, deep: int) -> str:
        """Of a fragment that was written before, or of a new one."""
        on = self._narrower(type_)
        known = self._fragments_on.setdefault((on.name, deep), [])
        if known and self._upto(1):
            name = self.draw(st.sampled_from(known))
        else:
            inside = self.selections(on, deep)
            name = f"F{len(self.fragments)}"
            self.fragments[name] = f"fragment {name} on {on.name} {inside}"
            known.append(name)
        return f"...{name}{self._directives()}"

    def _narrower(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        """A type that a fragment may be on here: itself, one of its kinds, or its interface."""
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            kinds: Sequence[GraphQLNamedType] = self.schema.get_possible_types(type_)
            wider = [type_] if isinstance(type_, GraphQLInterfaceType) else []
            shared = {each for kind in kinds for each in _interfaces(kind)} - {type_}
            return self._one_of([*kinds, *wider, *sorted(shared, key=str)])
        return self._one_of([type_, type_, *_interfaces(type_)])

    def _one_of(self, types: Sequence[GraphQLNamedType]) -> GraphQLNamedType:
        chosen: GraphQLNamedType = self.draw(st.sampled_from(types))
        return chosen

    def _directives(self) -> str:
        if self._upto(5) < 5:
            return ""
        conditions = []
        for name in self.draw(st.sampled_from([("skip",), ("include",), ("include", "skip")])):
            value = self.draw(st.sampled_from(["true", "false", *(f"${each}" for each in FLAGS)]))
            if value.startswith("$"):
                self.variables[value[1:]] = "Boolean!"
                self.choices[value[1:]] = st.booleans()
            conditions.append(f" @{name}(if: {value})")
        return "".join(conditions)

    def _upto(self, most: int, least: int = 0) -> int:
        number: int = self.draw(st.integers(least, most))
        return number


@cache
def _is_the_same_everywhere(schema: GraphQLSchema, field: str) -> bool:
    """Whether a field is of one type in all types that may stand side by side."""
    abstract = (each for each in schema.type_map.values() if is_abstract_type(each))
    beside = {kind for each in abstract for kind in schema.get_possible_types(each)}
    return len({str(kind.fields[field].type) for kind in beside if field in kind.fields}) < 2


def _interfaces(type_: Any) -> Sequence[GraphQLNamedType]:
    found: Sequence[GraphQLNamedType] = type_.interfaces
    return found
