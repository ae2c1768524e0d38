"""Whether an answer is one that the schema allows for the operation: every field, type and null.

GraphQL services say what they answer (https://spec.graphql.org/October2021/#sec-Data); here it is
held against what they do. Runs in Schemathesis's environment, on graphql-core alone.
"""

import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

SCALARS = {
    "ID": re.compile(r".+", re.DOTALL),
    "String": re.compile(r".*", re.DOTALL),
    "Date": re.compile(r"\d{4}-\d\d-\d\d"),
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "Decimal": re.compile(r"-?\d+(\.\d+)?"),
}
"""How each scalar is written; Int and Boolean are JSON's own."""


class Fitting:
    """The rules for the answers to one document, which holds one operation and no variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        definitions = document.definitions
        self._fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        (self._operation,) = (
            each for each in definitions if isinstance(each, OperationDefinitionNode)
        )

    def problems(self, answer: Any) -> Iterator[str]:
        """What is wrong with an answer; nothing, if it fits."""
        if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
            yield "the answer is no object with data or errors"
            return
        if surplus := answer.keys() - {"data", "errors", "extensions"}:
            yield f"the answer has members of its own: {sorted(surplus)}"
        yield from self._wrong_errors(answer)
        if answer.get("data") is not None:
            root = self._schema.get_root_type(self._operation.operation)
            yield from self._in_value(root, [self._operation.selection_set], answer["data"], "data")

    def _wrong_errors(self, answer: dict[str, Any]) -> Iterator[str]:
        errors = answer.get("errors", [])
        if "errors" in answer and not errors:
            yield "errors is there, and empty"
        if not errors and answer.get("data") is None:
            yield "there is no data, and no error that says why"
        for error in errors:
            code = error.get("extensions", {}).get("code")
            if not isinstance(error.get("message"), str) or not isinstance(code, str):
                yield f"an error has no message or no code: {error}"
            elif code == "INTERNAL_SERVER_ERROR":
                yield f"the service failed: {error}"
            elif "path" in error and not _is_null(answer.get("data"), error["path"]):
                yield f"an error and a value stand at the same place: {error['path']}"

    def _in_value(
        self, type_: Any, selected: list[SelectionSetNode], value: Any, place: str
    ) -> Iterator[str]:
        if is_non_null_type(type_):
            if value is None:
                yield f"{place} is null"
                return
            type_ = type_.of_type
        if value is None:
            return
        if is_list_type(type_):
            if not isinstance(value, list):
                yield f"{place} is no list"
                return
            for number, each in enumerate(value):
                yield from self._in_value(type_.of_type, selected, each, f"{place}.{number}")
        elif is_abstract_type(type_):
            yield from self._in_any(type_, selected, value, place)
        elif is_object_type(type_):
            yield from self._in_object(type_, selected, value, place)
        elif not _is_leaf(type_, value):
            yield f"{place} is no {type_.name}: {value!r}"

    def _in_any(
        self, type_: Any, selected: list[SelectionSetNode], value: Any, place: str
    ) -> Iterator[str]:
        """A document need not ask for `__typename`: some type has to fit."""
        found = []
        for each in self._schema.get_possible_types(type_):
            problems = list(self._in_object(each, selected, value, place))
            if not problems:
                return
            found.append(f"as {each.name}: {problems[0]}")
        yield f"{place} fits no type of {type_.name}: {found}"

    def _in_object(
        self, type_: GraphQLObjectType, selected: list[SelectionSetNode], value: Any, place: str
    ) -> Iterator[str]:
        wanted: dict[str, list[FieldNode]] = {}
        for each in selected:
            self._collect(type_, each, wanted)
        if not isinstance(value, dict) or list(value) != list(wanted):
            yield f"{place} does not hold the fields {list(wanted)}"
            return
        for key, nodes in wanted.items():
            name = nodes[0].name.value
            if name == "__typename":
                if value[key] != type_.name:
                    yield f"{place}.{key} is not {type_.name}"
                continue
            inner = [node.selection_set for node in nodes if node.selection_set]
            yield from self._in_value(type_.fields[name].type, inner, value[key], f"{place}.{key}")

    def _collect(
        self,
        type_: GraphQLObjectType,
        selected: SelectionSetNode,
        wanted: dict[str, list[FieldNode]],
    ) -> None:
        """The fields of a type, by their key in the answer, in the order of the document."""
        for each in selected.selections:
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                wanted.setdefault(key, []).append(each)
                continue
            fragment: Any = each
            if isinstance(each, FragmentSpreadNode):
                fragment = self._fragments[each.name.value]
            condition = fragment.type_condition
            if condition is None or self._includes(condition.name.value, type_):
                self._collect(type_, fragment.selection_set, wanted)

    def _includes(self, name: str, type_: GraphQLObjectType) -> bool:
        named = self._schema.type_map[name]
        return named is type_ or (
            is_abstract_type(named) and self._schema.is_sub_type(named, type_)
        )


def _is_leaf(type_: Any, value: Any) -> bool:
    if isinstance(type_, GraphQLEnumType):
        return isinstance(value, str) and value in type_.values
    if type_.name == "Boolean":
        return isinstance(value, bool)
    if type_.name == "Int":
        return type(value) is int and -(2**31) <= value < 2**31
    return isinstance(value, str) and SCALARS[type_.name].fullmatch(value) is not None


def _is_null(data: Any, path: list[str | int]) -> bool:
    """Whether the value at a path, or one that it would stand in, is null."""
    for step in path:
        if data is None:
            return True
        data = data[step]
    return data is None
