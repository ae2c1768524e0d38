"""The straight way to an answer: root fields are asked as they stand, and what they find is shown.

Where that cannot be, or fails, graphql-core executes the operation, with what was found: no field
is asked twice, and errors, their paths and the nulls that they leave are graphql-core's own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetailsList, collect_fields
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.types.execution import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from domain.permissions import NobodyKnown
from schema.executor import Found, RowExecutor
from schema.kept import Operation
from schema.proving import proves_its_reader
from schema.rendering import NATIVE, RENDERINGS, WRITTEN_BY_ORJSON, NotPlain
from schema.values import Show, Values

MOST_ERRORS = 50
"""In variables, that are found: as graphql-core has it."""
NO_VALUES = VariableValues({}, {})


@dataclass(frozen=True, slots=True)
class Root:
    """A field at the top of an operation: how it is asked, and how its value is shown."""

    name: str
    field: GraphQLField
    node: FieldNode
    info: Any
    """What its resolver is told, but for the request and the variables."""
    show: Show

    async def find(self, request: object, variables: VariableValues) -> Found:
        info = self.info._replace(context=request, variable_values=variables.coerced)
        try:
            arguments = get_argument_values(self.field, self.node, variables)
            assert self.field.resolve is not None
            return Found(await self.field.resolve(None, info, **arguments))
        except NobodyKnown:
            raise
        except Exception as problem:
            return Found(raised=problem)


async def run(
    schema: GraphQLSchema, operation: Operation, context: ExecutionContext
) -> ExecutionResult:
    """Execute an operation that is valid, as graphql-core would."""
    variables = get_variable_values(
        schema, operation.node.variable_definitions or (), context.variables or {}, MOST_ERRORS
    )
    if isinstance(variables, list):
        return ExecutionResult(None, variables)
    native = context.context.written_by_orjson
    if native not in operation.roots:
        operation.roots[native] = _roots(_executor(schema, operation, context), operation, native)
    roots: Sequence[Root] = operation.roots[native]
    found = await _found(roots, operation, context.context, variables)
    if roots and not any(each.raised for each in found.values()):
        try:
            data = {each.name: each.show(found[each.name].value) for each in roots}
            return ExecutionResult(data, None)
        except Exception:
            RENDERINGS.executed += 1
    executor = _executor(schema, operation, context)
    executor.found = found
    executing: Any = executor.execute_operation()
    result = await executing if optimized_is_awaitable(executing) else executing
    return ExecutionResult(result.data, result.errors)


async def _found(
    roots: Sequence[Root], operation: Operation, request: object, variables: VariableValues
) -> Mapping[str, Found]:
    """A mutation's fields follow one another, a query's are asked at once."""
    if len(roots) == 1 or operation.type is OperationType.MUTATION:
        return {each.name: await each.find(request, variables) for each in roots}
    found = await asyncio.gather(*(each.find(request, variables) for each in roots))
    return {each.name: its for each, its in zip(roots, found, strict=True)}


def _executor(
    schema: GraphQLSchema, operation: Operation, context: ExecutionContext
) -> RowExecutor:
    name = operation.node.name
    is_awaitable: Any = optimized_is_awaitable
    built = RowExecutor.build(
        schema,
        operation.document,
        context_value=context.context,
        raw_variable_values=context.variables or {},
        operation_name=name.value if name else None,
        is_awaitable=is_awaitable,
        operation_extensions=context.operation_extensions,
    )
    assert isinstance(built, RowExecutor), "the variables were read before"
    return built


def _roots(executor: RowExecutor, operation: Operation, native: bool) -> Sequence[Root]:
    """The fields at the top; none where one of them cannot be had the straight way."""
    if operation.has_directives:
        return ()
    # Whose request this is does not matter to others: it is not kept.
    executor.context_value, executor.variable_values = None, NO_VALUES
    type_ = executor.schema.get_root_type(operation.node.operation)
    assert type_ is not None
    collected = collect_fields(
        executor.schema, executor.fragments, NO_VALUES, type_, operation.node
    )
    values = Values(executor, WRITTEN_BY_ORJSON if native else NATIVE)
    try:
        roots = [
            _root(values, executor, type_, name, details)
            for name, details in collected.grouped_field_set.items()
        ]
    except NotPlain:
        return ()
    operation.proves_its_reader = all(proves_its_reader(each.field) for each in roots)
    return roots


def _root(
    values: Values,
    executor: RowExecutor,
    type_: GraphQLObjectType,
    name: str,
    details: FieldDetailsList,
) -> Root:
    nodes = [each.node for each in details]
    field = type_.fields.get(nodes[0].name.value)
    if field is None:  # introspection
        raise NotPlain
    info: Any = executor.build_resolve_info(field, nodes, type_, Path(None, name, type_.name))
    return Root(name, field, nodes[0], info, values.shown(field.type, details))
