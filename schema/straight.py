"""The straight way to an answer: root fields are asked as they stand, and what they find is shown.

Where that cannot be, or fails, graphql-core executes the operation, with what was found: no field
is asked twice, and errors, their paths and the nulls that they leave are graphql-core's own.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetailsList, collect_fields
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.types.execution import ExecutionContext, ExecutionResult
from strawberry.types.field import StrawberryField
from strawberry.types.graphql import OperationType

from domain.permissions import NobodyKnown
from schema.arguments import Arguments, Read
from schema.executor import Found, RowExecutor
from schema.kept import Operation
from schema.proving import proves_its_reader
from schema.rendering import NATIVE, RENDERINGS, WRITTEN_BY_ORJSON, NotPlain
from schema.request import Info
from schema.selecting import definition_of
from schema.values import Show, Values

NO_VALUES = VariableValues({}, {})


@dataclass(frozen=True, slots=True)
class Root:
    """A field at the top of an operation: how it is asked, and how its value is shown."""

    name: str
    field: StrawberryField
    info: Any
    """What its resolver is told, but for the request; it is not told the variables."""
    arguments: Read
    show: Show

    async def find(self, request: object, arguments: Mapping[str, Any]) -> Found:
        info = Info(_raw_info=self.info._replace(context=request), _field=self.field)
        try:
            asked: Any = self.field.get_result(None, info, [None], {"info": info, **arguments})
            return Found(await asked)
        except NobodyKnown:
            raise
        except Exception as problem:
            return Found(raised=problem)


async def run(
    schema: GraphQLSchema, operation: Operation, context: ExecutionContext
) -> ExecutionResult:
    """Execute an operation that is valid, as graphql-core would."""
    native = context.context.written_by_orjson
    if native not in operation.roots:
        executor = _executor(schema, operation, context)
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        operation.roots[native] = _roots(executor, operation, native)
    roots: Sequence[Root] = operation.roots[native]
    found = await _found(_asked(roots, context), operation, context.context)
    if found and not any(each.raised for each in found.values()):
        try:
            data = {each.name: each.show(found[each.name].value) for each in roots}
            return ExecutionResult(data, None)
        except Exception:
            RENDERINGS.executed += 1
    return await _executed(schema, operation, context, found)


def _asked(
    roots: Sequence[Root], context: ExecutionContext
) -> Sequence[tuple[Root, Mapping[str, Any]]]:
    """Each field with its arguments; none where not all are plain."""
    variables = context.variables or {}
    try:
        return [(each, each.arguments(variables)) for each in roots]
    except NotPlain:
        return ()


async def _found(
    asked: Sequence[tuple[Root, Mapping[str, Any]]], operation: Operation, request: object
) -> Mapping[str, Found]:
    """A mutation's fields follow one another, a query's are asked at once."""
    if len(asked) <= 1 or operation.type is OperationType.MUTATION:
        return {root.name: await root.find(request, arguments) for root, arguments in asked}
    found = await asyncio.gather(*(root.find(request, arguments) for root, arguments in asked))
    return {root.name: its for (root, _), its in zip(asked, found, strict=True)}


async def _executed(
    schema: GraphQLSchema,
    operation: Operation,
    context: ExecutionContext,
    found: Mapping[str, Found],
) -> ExecutionResult:
    """By graphql-core, who is told what has been found already."""
    executor = _executor(schema, operation, context)
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    executor.found = found
    executing: Any = executor.execute_operation()
    result = await executing if optimized_is_awaitable(executing) else executing
    return ExecutionResult(result.data, result.errors)


def _executor(
    schema: GraphQLSchema, operation: Operation, context: ExecutionContext
) -> RowExecutor | list[GraphQLError]:
    """What executes it; or what is wrong with the variables."""
    name = operation.node.name
    is_awaitable: Any = optimized_is_awaitable
    built: Any = RowExecutor.build(
        schema,
        operation.document,
        context_value=context.context,
        raw_variable_values=context.variables or {},
        operation_name=name.value if name else None,
        is_awaitable=is_awaitable,
        operation_extensions=context.operation_extensions,
    )
    executor: RowExecutor | list[GraphQLError] = built
    return executor


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
    arguments = Arguments(executor.schema, operation.node)
    try:
        roots = [
            _root(values, arguments, executor, type_, name, details)
            for name, details in collected.grouped_field_set.items()
        ]
    except NotPlain:
        return ()
    operation.proves_its_reader = all(proves_its_reader(each.field) for each in roots)
    return roots


def _root(
    values: Values,
    arguments: Arguments,
    executor: RowExecutor,
    type_: GraphQLObjectType,
    name: str,
    details: FieldDetailsList,
) -> Root:
    nodes = [each.node for each in details]
    field = type_.fields.get(nodes[0].name.value)
    own = definition_of(field) if field else None
    if field is None or own is None or not _is_asked_plainly(own):
        raise NotPlain
    info: Any = executor.build_resolve_info(field, nodes, type_, Path(None, name, type_.name))
    read = arguments.of(field, nodes[0])
    return Root(name, own, info, read, values.shown(field.type, details))


def _is_asked_plainly(field: StrawberryField) -> bool:
    """Whether its resolver is given `self`, `info` and arguments, and by nobody in between."""
    resolver = field.base_resolver
    if resolver is None or field.extensions or not resolver.is_async:
        return False
    info, others = resolver.info_parameter, (resolver.parent_parameter, resolver.root_parameter)
    return bool(resolver.self_parameter and info and info.name == "info" and not any(others))
