"""The schema as it is served: it keeps valid operations, and runs those the straight way."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import DEFAULT_ALLOWED_OPERATION_TYPES
from strawberry.types.execution import ExecutionContext, ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from schema.budget import Budgeted, charge
from schema.errors import Told, tell
from schema.executor import RowExecutor
from schema.hooks import Hooks
from schema.kept import MOST_CHARACTERS, MOST_DOCUMENTS, KeptDocument, Operation, Recent
from schema.limits import Limited
from schema.operations import OneOperation
from schema.request import Request
from schema.straight import run

KNOWN = (Told, OneOperation, Limited, Budgeted)
"""The extensions whose part in an operation that is kept is done here, by functions of theirs."""


class Around(NamedTuple):
    """What stands around an operation that is kept."""

    others: tuple[Any, ...]
    """The extensions that are not known here: their hooks around the whole operation are run."""
    tells: bool
    charges: bool
    watches_resolvers: bool


@lru_cache(maxsize=16)
def _around(extensions: tuple[Any, ...]) -> Around:
    others = tuple(each for each in extensions if each not in KNOWN)
    return Around(
        others,
        tells=Told in extensions,
        charges=Budgeted in extensions,
        watches_resolvers=any(each()._implements_resolve() for each in others),
    )


class KeepingSchema(strawberry.Schema):
    """Documents that were valid once are kept, and errors are logged by `Told` alone: Strawberry
    would log each with the literals of its document."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.documents: Recent[KeptDocument] = Recent(MOST_DOCUMENTS, MOST_CHARACTERS)

    def create_extensions_runner(
        self, execution_context: Any, extensions: list[SchemaExtension]
    ) -> Hooks:
        return Hooks(execution_context, extensions)

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Nothing: see the class."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
        kept: Operation | None = None,
    ) -> ExecutionResult:
        """As Strawberry's. Of an operation that is kept it is known what Strawberry would find
        before it executes; that this caller may pay for it is not.

        `kept`: the operation, where it has been looked for already.
        """
        allowed = allowed_operation_types or DEFAULT_ALLOWED_OPERATION_TYPES
        asked = (variable_values, context_value, root_value, operation_name)
        operation = kept or self.kept(query, variable_values, operation_name)
        if operation is None or operation.type not in allowed:
            return await super().execute(query, *asked, allowed, operation_extensions)
        context = self._create_execution_context(query, allowed, *asked, operation_extensions)
        return await self._run(operation, context)

    @property
    def _around(self) -> Around:
        return _around(self.extensions)

    def kept(
        self, query: str | None, variable_values: dict[str, Any] | None, operation_name: str | None
    ) -> Operation | None:
        """The operation, if it goes straight: if all was found right before, but for its price and
        what graphql-core says of its variables."""
        by_others = self._around.watches_resolvers or self.exception_handlers
        if self.execution_context_class is not RowExecutor or by_others:
            return None
        kept = self.documents.find(query or "")
        operation = kept.operation(operation_name, self._schema) if kept else None
        if operation is None or operation.figures(variable_values) not in operation.accepted:
            return None
        return operation

    async def _run(self, operation: Operation, context: ExecutionContext) -> ExecutionResult:
        request: Request = context.context
        request.operation = operation
        context.graphql_document = operation.document
        hooks = Hooks(context, [each() for each in self._around.others])
        for each in hooks.extensions:
            each.execution_context = context
        async with hooks.operation():
            result = await self._charged(operation, context)
            if self._around.tells:
                tell(result, request)
            context.result = result
        result.extensions = context.extensions_results
        return result

    async def _charged(self, operation: Operation, context: ExecutionContext) -> ExecutionResult:
        figures = operation.figures(context.variables)
        cost = {"requested": figures.cost, "limit": operation.accepted[figures]}
        context.extensions_results["cost"] = cost
        refusal = await charge(context.context, cost) if self._around.charges else None
        if refusal is not None:
            return PreExecutionError(data=None, errors=[refusal])
        if operation.type is OperationType.MUTATION:
            context.context.changing.set()
        if "persistedQuery" in (context.operation_extensions or {}):
            context.context.keep_document(context.query or "")
        return await run(self._schema, operation, context)
