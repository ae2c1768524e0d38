"""What operations cost: the model by example."""

from typing import Any, cast

import pytest
import strawberry
from graphql import get_named_type, is_composite_type, parse

from schema import schema
from schema.cost import costs
from schema.figures import cost_of

SCHEMA = schema._schema


def cost(text: str, variables: dict[str, Any] | None = None, name: str | None = None) -> int:
    return cost_of(parse(text), name, variables, SCHEMA)


def page(selected: str, size: str = "first: 10") -> str:
    return f'{{ syncedInvoices(companyId: "x", {size}) {{ {selected} }} }}'


EXAMPLES = [
    ("{ __typename }", 0),
    ("{ viewer { name } }", 1),
    ("{ viewer { name name } again: viewer { name } }", 2),
    ("{ viewer { companies { name } } }", 1 + 10),
    ("{ viewer { companies { erpIntegrations { name } } } }", 1 + 10 * (1 + 10)),
    ('{ node(id: "x") { id } }', 1),
    ('{ node(id: "x") { ... on SubcontractorInvoice { vendor { id } } } }', 1 + 1),
    ('{ nodes(ids: ["x", "y", "z"]) { id } }', 3),
    ("{ nodes(ids: []) { id } }", 0),
    ('{ nodes(ids: ["x", "y"]) { ... on SubcontractorInvoice { vendor { id } } } }', 2 * 2),
    (page("pageInfo { endCursor }"), 1 + 1),
    (page("totalCount"), 1 + 10),
    (page("nodes { id }"), 1 + 10),
    (page("edges { cursor }"), 1 + 10),
    (page("edges { node { id } }"), 1 + 10 * 2),
    (page("totalCount pageInfo { endCursor } nodes { vendor { id } }"), 1 + 10 + 1 + 10 * 2),
    (
        page(
            "totalCount pageInfo { endCursor } nodes { number vendor { name } "
            "currentPaymentDue { amount currency } unlinkHistory(first: 5) { at outcome } }",
            "first: 50",
        ),
        412,  # the example of docs/limits.md
    ),
    (page("nodes { unlinkHistory(first: 5) { at } }"), 1 + 10 * (1 + 5)),
    (page("nodes { unlinkHistory { at } }"), 1 + 10 * (1 + 20)),
    (page("...P") + "fragment P on SubcontractorInvoiceConnection { nodes { id } }", 1 + 10),
    (page("... { ... { nodes { id } } }"), 1 + 10),
    ('mutation { unlinkInvoice(input: {invoiceId: "x"}) { __typename } }', 10),
    (
        'mutation { unlinkInvoice(input: {invoiceId: "x"}) { ... on Success { formerLink { id } } '
        "... on PermissionDenied { missing { where } } } }",
        10 + 1 + 10,
    ),
    ("mutation { __typename }", 0),
    ("{ __schema { types { fields { args { name } } } } }", 4),
    ('{ __type(name: "Money") { fields { name } } }', 2),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_costs_what_the_model_says(text: str, expected: int) -> None:
    assert cost(text) == expected


SIZES: list[tuple[dict[str, Any], int]] = [
    ({"first": 1}, 1),
    ({"first": 100}, 100),
    ({"first": 7.0}, 7),
    ({"last": 3}, 3),
    ({"first": None, "last": 3}, 3),
    ({"first": 2, "last": 3}, 3),
    ({}, 25),
    ({"first": None}, 25),
    ({"first": 0}, 100),
    ({"first": -1}, 100),
    ({"first": 101}, 100),
    ({"first": 10**30}, 100),
    ({"first": 7.5}, 100),
    ({"first": float("nan")}, 100),
    ({"first": True}, 100),
    ({"first": "7"}, 100),
    ({"first": [7]}, 100),
    ({"first": {}}, 100),
]


@pytest.mark.parametrize(("variables", "size"), SIZES)
def test_a_variable_says_how_many_and_what_cannot_be_used_counts_as_a_hundred(
    variables: dict[str, Any], size: int
) -> None:
    text = "query ($first: Int, $last: Int) " + page("nodes { id }", "first: $first, last: $last")

    assert cost(text, variables) == 1 + size


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("", 25),
        ("first: null", 25),
        ("last: 4", 4),
        ("first: 2, last: 4", 4),
        ("first: 0", 100),
        ("first: -3", 100),
        ("first: 101", 100),
        ("first: " + "9" * 5000, 100),
        ('first: "3"', 100),
        ("first: 3.0", 100),
        ("first: [3]", 100),
        ("first: $undeclared", 100),
    ],
)
def test_a_literal_says_how_many(said: str, size: int) -> None:
    assert cost(page("nodes { id }", said)) == 1 + size


def test_a_variable_left_out_has_its_own_default_or_else_the_arguments() -> None:
    listed = page("nodes { id }", "first: $n")
    history = (
        '($n: Int! = 20) { subcontractorInvoice(id: "x") { unlinkHistory(first: $n) { at } } }'
    )

    assert cost("query ($n: Int = 7) " + listed) == 1 + 7
    assert cost("query ($n: Int = 7) " + listed, {"n": 9}) == 1 + 9
    assert cost("query ($n: Int = 7) " + listed, {"n": None}) == 1 + 25
    assert cost("query " + history) == 1 + 20
    assert cost("query " + history.replace(" = 20", "")) == 1 + 20


def test_as_many_ids_as_are_given() -> None:
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert cost(text, {"ids": ["x"] * 3}) == 3
    assert cost(text, {"ids": ["x"] * 1000}) == 100
    assert cost(text, {"ids": "x"}) == 100
    assert cost("{ nodes(ids: [$a, $b]) { id } }") == 2


@pytest.mark.parametrize("condition", ["@skip(if: true)", "@include(if: false)", "@skip(if: $no)"])
def test_what_may_be_skipped_costs_all_the_same(condition: str) -> None:
    conditional = f"query ($no: Boolean = true) {{ viewer {condition} {{ companies {{ id }} }} }}"

    assert cost(conditional, {"no": True}) == cost("{ viewer { companies { id } } }")


def test_the_operation_asked_for_is_the_one_that_is_measured() -> None:
    text = "query Small { viewer { name } } query Big " + page("nodes { id }")

    assert cost(text, name="Small") == 1
    assert cost(text, name="Big") == 11
    assert cost(text) == 0
    assert cost(text, name="Neither") == 0
    assert cost("fragment Alone on Viewer { name }") == 0


def test_each_operation_has_its_own_values_in_the_fragments_they_share() -> None:
    text = (
        "query A($n: Int = 3) { ...Page } query B($n: Int = 4) { ...Page } "
        "fragment Page on Query " + page("nodes { id }", "first: $n")
    )

    assert [cost(text, name=name) for name in "AB"] == [4, 5]
    assert cost(text, {"n": 9}, "B") == 10


def test_a_page_of_a_hundred_with_all_that_hangs_on_it_costs_less_than_the_limit() -> None:
    everything = _everything("SubcontractorInvoice")

    whole = cost(
        page(f"totalCount pageInfo {{ endCursor }} nodes {{ {everything} }}", "first: 100")
    )
    squared = cost(page("nodes { unlinkHistory(first: 100) { at } }", "first: 100"))

    assert (whole, squared) == (4212, 10101)


def _everything(type_name: str) -> str:
    fields = cast(Any, SCHEMA.type_map[type_name]).fields
    parts = []
    for name, field in fields.items():
        inner = get_named_type(field.type)
        size = "(first: 5)" if name == "unlinkHistory" else ""
        below = f"{{ {_everything(inner.name)} }}" if is_composite_type(inner) else ""
        parts.append(name + size + below)
    return " ".join(parts)


@pytest.mark.parametrize(
    "text",
    [
        "{ unknown { alsoUnknown { name } } viewer { unknown(first: 5) { name } name { name } } }",
        "{ viewer { ...Unknown ... on Unknown { name } ... on String { name } } }",
        "{ viewer { ...A } } fragment A on Viewer { companies { id } ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { viewer { name } ...A }",
        "{ viewer { ...A ...B } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }",
        "{ ...A } fragment A on Query { viewer { name } } fragment A on Query { ...A }",
        "subscription { viewer { name } }",
        "query ($first: Unknown = {a: 1}) " + page("nodes", "first: $first, first: 3, other: []"),
        "{ viewer } type Viewer { name: String }",
    ],
)
def test_a_document_that_is_not_valid_is_measured_all_the_same(text: str) -> None:
    assert 0 <= cost(text) < 1000


# A field's cost is declared with the field; one that declares nothing has one all the same.


@strawberry.type
class Leaf:
    name: str
    counted: int = strawberry.field(metadata=costs(7))


@strawberry.type
class LeafConnection:
    nodes: list[Leaf]


def _leaves(limit: int | None = None) -> list[Leaf]:
    raise NotImplementedError


@strawberry.type
class Root:
    leaf: Leaf
    leaves: list[Leaf]
    names: list[str]
    free: Leaf = strawberry.field(metadata=costs(0))
    dear: Leaf = strawberry.field(metadata=costs(50))
    dear_leaves: list[Leaf] = strawberry.field(metadata=costs(2))

    @strawberry.field
    def undeclared(self, first: int | None = None) -> LeafConnection:
        raise NotImplementedError

    @strawberry.field
    def by_default(self, first: int = 30) -> LeafConnection:
        raise NotImplementedError

    declared: list[Leaf] = strawberry.field(
        resolver=_leaves, metadata=costs(unsaid=5, most=8, sized_by=("limit",))
    )


ROOT = strawberry.Schema(Root)._schema


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        ("names", 0),
        ("leaf { name }", 1),
        ("leaf { counted }", 1 + 7),
        ("leaves { name }", 10),
        ("leaves { counted }", 10 * (1 + 7)),
        ("free { name }", 0),
        ("dear { name }", 50),
        ("dearLeaves { name }", 10 * 2),
        ("undeclared { nodes { name } }", 1 + 100),
        ("undeclared(first: 3) { nodes { name } }", 1 + 3),
        ("byDefault { nodes { name } }", 1 + 30),
        ("declared { name }", 5),
        ("declared(limit: 6) { name }", 6),
        ("declared(limit: 9) { name }", 8),
    ],
)
def test_a_new_field_needs_no_declaration_and_may_have_one(selected: str, expected: int) -> None:
    assert cost_of(parse(f"{{ {selected} }}"), None, None, ROOT) == expected
