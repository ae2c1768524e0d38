"""The limits of a request, as its clients meet them: at each limit, and one over."""

import asyncio
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query

from schema.keeping import KeepingSchema
from schema.kept import Operation
from schema.limits import Limited, Limits
from schema.operations import OneOperation
from tests.service import Service

SECRET = "topSecretName"


def a_page(alias: str, first: int, selected: str = "id") -> str:
    return f'{alias}: syncedInvoices(companyId: "x", first: {first}) {{ nodes {{ {selected} }} }}'


def some(count: int, part: Callable[[int], str]) -> str:
    return " ".join(part(index) for index in range(count))


def of_characters(count: int) -> str:
    return "{ viewer { name } }".ljust(count, ",")


def of_tokens(count: int) -> str:
    return "{ viewer { name } }" + "\n#" * (count - 6)


def of_fragments(count: int) -> str:
    spreads = some(count, lambda index: f"...F{index}")
    fragments = some(count, lambda index: f"fragment F{index} on Viewer {{ name }}")
    return f"{{ viewer {{ {spreads} }} }} {fragments}"


def of_repetitions(count: int) -> str:
    return f"{{ viewer {{ {'name ' * (count - 1)} }} name: viewer {{ __typename }} }}"


def of_variables(count: int) -> str:
    declared = some(count, lambda index: f"$v{index}: Boolean = true")
    used = some(count, lambda index: f"name @include(if: $v{index})")
    return f"query ({declared}) {{ viewer {{ {used} }} }}"


def of_root_fields(count: int) -> str:
    return f"{{ {some(count, lambda index: f'a{index}: viewer {{ name }}')} }}"


def of_aliases(count: int) -> str:
    return f"{{ viewer {{ {some(count, lambda index: f'a{index}: name')} }} }}"


def of_directives(count: int) -> str:
    return f"{{ viewer {{ {'name @skip(if: false) ' * count} }} }}"


def of_cost(count: int) -> str:
    dear = a_page("dear", 100, "unlinkHistory(first: 48) { at }")
    return f"{{ {dear} {a_page('rest', count - 4902)} }}"


AT_EACH_LIMIT: list[tuple[str, int, Callable[[int], str]]] = [
    ("characters", 20_000, of_characters),
    ("tokens", 1_000, of_tokens),
    ("fragments", 50, of_fragments),
    ("repetitions", 100, of_repetitions),
    ("variables", 20, of_variables),
    ("rootFields", 10, of_root_fields),
    ("aliases", 50, of_aliases),
    ("directives", 20, of_directives),
    ("cost", 5_000, of_cost),
]


async def test_a_request_at_a_limit_is_answered_and_one_over_it_is_not(service: Service) -> None:
    for name, maximum, document in AT_EACH_LIMIT:
        for within in (maximum - 1, maximum):
            assert await service.data(document(within)), name

        answer = await service.post(document(maximum + 1))

        assert "data" not in answer.json(), name
        (error,) = answer.json()["errors"]
        assert error["extensions"].pop("requestId") == answer.headers["x-request-id"]
        found = {"name": name, "maximum": maximum, "found": maximum + 1}
        assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": found}
        assert f"at most {maximum}, found {maximum + 1}." in error["message"]


async def test_every_answer_tells_what_it_cost_and_could_have(service: Service) -> None:
    listed = "query ($n: Int) { syncedInvoices(companyId: 1, first: $n) { nodes { id } } }"

    for query, variables, requested in [
        ("{ viewer { name } }", {}, 1),
        (listed, {"n": 40}, 41),
        (listed, {"n": 1000}, 101),
        (of_cost(6000), {}, 5002),
        ("{ viewer { unknown } }", {}, 1),
        (of_aliases(51), {}, 1),
    ]:
        answer = (await service.post(query, variables)).json()
        cost = answer["extensions"]["cost"]
        assert (cost["requested"], cost["limit"]) == (requested, 5000), query


async def test_only_the_operation_that_is_asked_for_is_judged(service: Service) -> None:
    both = "query Small { viewer { name } } " + of_cost(5001).replace("{", "query Big {", 1)

    for name, is_answered in (("Small", True), ("Big", False)):
        answer = await service.http.post(
            "/graphql",
            json={"query": both, "operationName": name},
            headers={"Authorization": f"Bearer {service.issuer.token('ada')}"},
        )
        assert ("errors" not in answer.json()) is is_answered


async def test_graphiql_may_read_the_schema(service: Service) -> None:
    usual = {"specified_by_url": True, "input_value_deprecation": True, "schema_description": True}
    rest = ["directive_is_repeatable", "experimental_directive_deprecation", "one_of"]

    for options in ({}, usual, usual | dict.fromkeys(rest, True)):
        assert (await service.data(get_introspection_query(**options)))["__schema"]["types"]


async def test_no_text_of_the_request_comes_back(service: Service) -> None:
    for _, maximum, document in AT_EACH_LIMIT:
        text = document(maximum + 1).replace("name", SECRET).replace("a0", SECRET)
        answer = await service.post(text.replace('"x"', f'"{SECRET}"'))
        assert "LIMIT_EXCEEDED" in answer.text
        assert SECRET not in answer.text


FAN = "{ viewer { ...F0 } } " + some(
    39, lambda index: f"fragment F{index} on Viewer {{ ...F{index + 1} ...F{index + 1} }}"
)


async def test_a_fan_of_forty_fragments_is_answered_if_harmless_and_else_refused(
    service: Service,
) -> None:
    for leaf, limit in [
        ("name", None),
        ("a: name", "aliases"),
        ("companies { id }", "cost"),
        ("name @skip(if: false)", "directives"),
    ]:
        answer = (await service.post(f"{FAN} fragment F39 on Viewer {{ {leaf} }}")).json()

        names = [each["extensions"]["limit"]["name"] for each in answer.get("errors", ())]
        assert names == ([limit] if limit else []), leaf


NOT_VALID = [
    "{ viewer { ...F } } fragment F on Viewer { companies { id } ...F }",
    "{ ...A } fragment A on Query { ...B } fragment B on Query { viewer { name } ...A }",
    "{ viewer { ...Unknown } }",
    "{ viewer { unknown { name } } }",
    "{ viewer { ... on Unknown { name } } }",
    "{ viewer { name } } type Viewer { name: String }",
    "{ viewer { name ",
    "{" * 300,
    "{ viewer " + "{ ... " * 195 + "{ unknown }" + " }" * 196,
    "{ viewer " + "{ a " * 99 + "{ b " * 98 + " }" * 198,
    'query ($first: Int) { syncedInvoices(companyId: "x", first: $last) { nodes } }',
]


async def test_what_is_not_valid_is_left_to_the_standard_rules(service: Service) -> None:
    for text in NOT_VALID:
        answer = (await service.post(text)).json()

        assert "data" not in answer
        assert answer["errors"], text
        codes = {each.get("extensions", {}).get("code") for each in answer["errors"]}
        is_deep = "{ a " in text
        standard = codes <= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
        assert codes == {"LIMIT_EXCEEDED"} if is_deep else standard, text


# Depth, and that nothing is executed, in a schema that has no bottom.


class Asked:
    """Which fields were asked."""

    operation: Operation

    def __init__(self) -> None:
        self.names: list[str] = []
        self.changing = asyncio.Event()


def _noted(info: strawberry.Info[Asked, None]) -> "Deeper":
    info.context.names.append(info.field_name)
    return Deeper()


@strawberry.type
class Deeper:
    deeper: "Deeper" = strawberry.field(resolver=_noted)
    name: str = "so deep"


@strawberry.type
class Changes:
    change: Deeper = strawberry.field(resolver=_noted)


BOTTOMLESS = KeepingSchema(
    Deeper,
    Changes,
    extensions=[OneOperation, lambda: Limited(Limits(depth=4, root_fields=2, cost=30))],
)


async def ask(text: str) -> tuple[list[str], dict[str, Any] | None]:
    """Which fields were asked, and which limit was exceeded."""
    asked = Asked()
    answer = await BOTTOMLESS.execute(text, context_value=asked)
    errors = [each.extensions for each in answer.errors or () if each.extensions]
    return asked.names, errors[0]["limit"] if errors else None


DEEP = [
    ("{ deeper { deeper { name } } }", 3),
    ("{ deeper { deeper { deeper { name } } } }", 4),
    ("{ deeper { deeper { deeper { deeper { name } } } } }", 5),
    ("{ ... { deeper { ... { deeper { ... { deeper { ... { name } } } } } } } }", 4),
    ("{ deeper { ...A } } fragment A on Deeper { deeper { deeper { name } } }", 4),
    ("{ deeper { deeper { ...A } } } fragment A on Deeper { deeper { deeper { name } } }", 5),
    (
        "{ deeper { name } ...A } fragment A on Deeper { deeper { ...B } } "
        "fragment B on Deeper { deeper { deeper { deeper { name } } } }",
        5,
    ),
    ("{ __schema { types { fields { type { ofType { ofType { name } } } } } } }", 0),
    ("{ deeper { deeper { deeper { __typename } } } }", 3),
]


@pytest.mark.parametrize(("text", "depth"), DEEP)
async def test_depth_counts_fields_down_through_fragments_but_not_introspection(
    text: str, depth: int
) -> None:
    asked, limit = await ask(text)

    if depth <= 4:
        assert limit is None
    else:
        assert (asked, limit) == ([], {"name": "depth", "maximum": 4, "found": depth})


async def test_nothing_is_executed_of_a_request_that_is_too_big() -> None:
    allowed = "mutation { a: change { name } b: change { name } }"
    too_wide = "mutation { a: change { name } b: change { name } c: change { name } }"
    too_dear = (
        f"mutation {{ change {{ {'...F ' * 21} }} }} fragment F on Deeper {{ deeper {{ name }} }}"
    )

    assert await ask(allowed) == (["change", "change"], None)
    assert await ask(too_wide) == ([], {"name": "rootFields", "maximum": 2, "found": 3})
    assert await ask(too_dear) == ([], {"name": "cost", "maximum": 30, "found": 31})


async def test_extensions_that_come_after_know_the_cost_without_measuring_again() -> None:
    seen = []

    class Budget(strawberry.extensions.SchemaExtension):
        def on_execute(self) -> Any:
            seen.append(self.execution_context.extensions_results["cost"]["requested"])
            yield

    charged = KeepingSchema(Deeper, extensions=[OneOperation, Limited, Budget])
    await charged.execute("{ deeper { deeper { name } } }", context_value=Asked())

    assert seen == [2]


def test_every_limit_is_met_here() -> None:
    met = {name for name, _, _ in AT_EACH_LIMIT} | {"depth"}

    assert met == {each.name.replace("root_fields", "rootFields") for each in fields(Limits)}
