"""The contract: `schema.graphql` is the schema that is served, and says what everything means."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import graphql

from schema import schema

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema.graphql"


def test_the_committed_contract_is_the_schema() -> None:
    assert COMMITTED.read_text() == schema.as_str() + "\n", "make contract"


def test_the_command_prints_the_contract() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "schema"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert printed.stdout == COMMITTED.read_text()


def test_the_contract_is_a_schema_by_itself() -> None:
    assert not graphql.validate_schema(graphql.build_schema(COMMITTED.read_text()))


def undescribed(contract: graphql.GraphQLSchema) -> Iterator[str]:
    """Every type, field, argument and input field without a description."""
    for name, kind in contract.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            yield name
        if isinstance(
            kind,
            graphql.GraphQLObjectType
            | graphql.GraphQLInterfaceType
            | graphql.GraphQLInputObjectType,
        ):
            for field_name, field in kind.fields.items():
                if not field.description:
                    yield f"{name}.{field_name}"
                for argument, its in getattr(field, "args", {}).items():
                    if not its.description:
                        yield f"{name}.{field_name}({argument})"


def test_everything_is_described() -> None:
    assert list(undescribed(graphql.build_schema(COMMITTED.read_text()))) == []


def test_nothing_undescribed_is_overlooked() -> None:
    bare = graphql.build_schema(
        'type Query { a(b: Int): Int } "An input." input I { c: Int } "An enum." enum E { F }'
    )

    assert list(undescribed(bare)) == ["Query", "Query.a", "Query.a(b)", "I.c"]


def test_every_refusal_is_an_unlink_refusal_and_success_is_none() -> None:
    contract = graphql.build_schema(COMMITTED.read_text())
    union = contract.type_map["UnlinkInvoiceResult"]
    refusal = contract.type_map["UnlinkRefusal"]
    assert isinstance(union, graphql.GraphQLUnionType)
    assert isinstance(refusal, graphql.GraphQLInterfaceType)

    refusals = {each.name for each in contract.get_possible_types(refusal)}

    assert {each.name for each in union.types} == refusals | {"Success"}
    assert "Success" not in refusals
