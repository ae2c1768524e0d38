"""What is read straight off the variables is what graphql-core and Strawberry make of them."""

import inspect
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Optional

import pytest
import strawberry
from graphql import FieldNode, parse, validate
from graphql.execution.values import get_argument_values, get_variable_values
from hypothesis import example, given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_arguments

from schema.arguments import Arguments
from schema.figures import operation_of
from schema.rendering import NotPlain
from schema.scalars import SCALARS
from schema.selecting import definition_of
from tests.schema.test_same_answers import steadily


@strawberry.enum
class Color(Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.input
class Inner:
    id: strawberry.ID
    days: list[date] | None = None
    color: Color = Color.BLUE


@strawberry.input
class Outer:
    inner: Inner
    more: list[Inner | None] | None
    price: Decimal | None = None
    count: int = 7


@strawberry.input
class Nested:
    within: Optional["Nested"] = None


@strawberry.type
class Query:
    @strawberry.field
    async def told(
        self,
        info: strawberry.Info,
        id: strawberry.ID,
        outer: Outer | None = None,
        names: list[str] | None = None,
        colors: list[list[Color]] | None = None,
        first: int | None = None,
        size: int = 20,
        final: bool | None = None,
        ratio: float | None = None,
        color: Color = Color.RED,
        few: int | None = 5,
        nested: Nested | None = None,
    ) -> str:
        return ""


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
TYPES = {
    "id": "ID!",
    "outer": "Outer",
    "names": "[String!]",
    "colors": "[[Color!]!]",
    "first": "Int",
    "size": "Int! = 20",
    "final": "Boolean",
    "ratio": "Float",
    "color": "Color",
    "few": "Int",
}
INNER = {"id": "i", "days": ["2026-11-28"], "color": "RED"}
PLAIN: dict[str, list[Any]] = {
    "id": ["a", ""],
    "outer": [None, {"inner": INNER}, {"inner": INNER, "more": [None, {"id": "j"}], "count": 1}],
    "names": [None, [], ["a", "b"]],
    "colors": [None, [], [["RED"], []]],
    "first": [None, 0, 2**31 - 1, 2.0],
    "size": [1],
    "final": [None, True],
    "ratio": [None, 1, 0.5],
    "color": ["RED"],
    "few": [None, 3],
}
ODD: list[Any] = [
    *(None, 5, -1.5, True, "RED", "x", "", 2**31, "2026-02-30", [], [None], "5", {}, {"id": 5}),
    *({"inner": None}, {"inner": INNER, "price": "1.10"}, {"inner": {"id": "i", "other": 1}}),
    *([["RED", "GREEN"]], ["a", None], {"inner": {"id": "i", "days": "2026-11-28"}}),
    {"inner": INNER, "more": {"id": "one"}, "price": 1.5, "count": None},
]
LITERALS = """query Asked($id: ID!, $one: Color, $day: Date!, $none: [Date!], $count: Int = 3) {
  told(
    id: $id, first: 5, names: "alone", colors: [RED, [BLUE]], color: BLUE, ratio: 2
    final: null, outer: {
      inner: {id: "lit", days: [$day, "2026-01-02"]}, more: [{id: $id, days: $none}, null]
      price: "3.50", count: $count
    }
  )
  other: told(id: 5, outer: null)
  third: told(id: "3", color: $one)
}"""


def arguments_both_ways(text: str, variables: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What the resolver of each field at the top gets: by graphql-core and Strawberry, and by us.

    An exception's type stands for what they would refuse.
    """
    schema, document = SCHEMA._schema, parse(text)
    assert not validate(schema, document)
    operation = operation_of(document, None)
    assert operation is not None
    read = get_variable_values(schema, operation.variable_definitions or (), variables)
    assert schema.query_type is not None
    field = schema.query_type.fields["told"]
    own, compiler = definition_of(field), Arguments(schema, operation)
    assert own is not None

    def theirs(node: FieldNode) -> Any:
        if isinstance(read, list):
            return Exception
        return convert_arguments(
            get_argument_values(field, node, read),
            own.arguments,
            SCHEMA.schema_converter.scalar_registry,
            SCHEMA.config,
        )

    def ours(node: FieldNode) -> Any:
        return compiler.of(field, node)(variables)

    nodes = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    return [(_got(theirs, each), _got(ours, each)) for each in nodes]


def _got(read: Any, node: FieldNode) -> Any:
    resolver: Any = Query.told
    try:
        return sorted(inspect.getcallargs(resolver, None, None, **read(node)).items())
    except NotPlain:
        return NotPlain
    except Exception:
        return Exception


def by_variables(variables: dict[str, Any]) -> str:
    declared = ", ".join(f"${name}: {type_}" for name, type_ in TYPES.items())
    return f"query Asked({declared}) {{ told({', '.join(f'{n}: ${n}' for n in TYPES)}) }}"


@st.composite
def given_values(draw: st.DrawFn, values: dict[str, list[Any]]) -> dict[str, Any]:
    names = draw(st.sets(st.sampled_from([*values])))
    return {name: draw(st.sampled_from(values[name])) for name in sorted({"id", *names})}


@steadily(500)
@given(given_values(PLAIN))
def test_what_is_plain_is_read_as_they_read_it(variables: dict[str, Any]) -> None:
    ((theirs, ours),) = arguments_both_ways(by_variables(variables), variables)

    # Where these are not given, the argument's default takes their place: that is left to them.
    assert ours == (theirs if variables.keys() >= {"color", "few"} else NotPlain)


@steadily(800)
@given(given_values({name: [*values, *ODD] for name, values in PLAIN.items()}))
@example({"id": None})
def test_what_is_odd_is_read_as_they_read_it_or_left_to_them(variables: dict[str, Any]) -> None:
    ((theirs, ours),) = arguments_both_ways(by_variables(variables), variables)

    assert ours is NotPlain or (ours == theirs and repr(ours) == repr(theirs))
    if theirs is Exception:
        assert ours is NotPlain


def test_what_a_document_writes_is_read_as_they_read_it() -> None:
    for variables in (
        {"id": "a", "day": "2026-11-28", "one": "RED"},
        {"id": "a", "day": "2026-11-28", "one": "RED", "none": [], "count": 4},
        {"id": "a", "day": "2026-11-28", "one": "RED", "none": None, "count": 4},
    ):
        for theirs, ours in arguments_both_ways(LITERALS, variables):
            assert theirs == ours
            assert repr(theirs) == repr(ours)


@pytest.mark.parametrize("variables", [{}, {"one": None}])
def test_what_may_be_left_to_a_default_is_left_to_them(variables: dict[str, Any]) -> None:
    *_, (_, ours) = arguments_both_ways(LITERALS, {"id": "a", "day": "2026-11-28", **variables})

    assert ours is NotPlain


def test_an_input_that_holds_itself_is_left_to_them() -> None:
    asked = 'query Asked($nested: Nested) { told(id: "a", nested: $nested) }'

    ((theirs, ours),) = arguments_both_ways(asked, {"nested": {"within": {"within": None}}})

    assert "within=Nested(within=None)" in repr(theirs)
    assert ours is NotPlain
