"""Which operation of a document is run, what is kept of it, and when one has begun."""

from collections.abc import Iterator
from typing import Any

from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.graphql import OperationType

from schema.kept import KeptDocument, Recent
from schema.request import Request


class OneOperation(SchemaExtension):
    """Finds the operation, and keeps its document once it turns out to be valid.

    Of several operations none is run unless the request says which; Strawberry would run the
    first. A mutation sets its request's `changing` when it begins: from then on it is not cut off.
    A subscription sets `watching`. Stands before all that refuses: what is over a limit or a
    budget is not kept.
    """

    def __init__(self) -> None:
        self._kept: KeptDocument | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        kept = self._documents.find(context.query or "")
        if kept is not None:
            context.graphql_document = kept.document
            context.validation_rules = ()
        yield
        document = context.graphql_document
        if document is None:
            return
        self._kept = kept or KeptDocument(document)
        # What the request says, not what Strawberry makes of it: that is the first one's name.
        name = context._provided_operation_name
        operation = self._kept.operation(name, context.schema._schema)
        if operation is None:
            raise CannotGetOperationTypeError(name)
        self._request.operation = operation

    def on_validate(self) -> Iterator[None]:
        yield
        context = self.execution_context
        text = context.query
        if text is None or self._kept is None or context.pre_execution_errors:
            return
        self._documents.keep(text, self._kept, len(text))
        if "persistedQuery" in (context.operation_extensions or {}):
            self._request.keep_document(text)

    def on_execute(self) -> Iterator[None]:
        if self.execution_context.operation_type is OperationType.MUTATION:
            self._request.changing.set()
        elif self.execution_context.operation_type is OperationType.SUBSCRIPTION:
            self._request.watching.set()
        yield

    @property
    def _documents(self) -> Recent[KeptDocument]:
        schema: Any = self.execution_context.schema
        documents: Recent[KeptDocument] = schema.documents
        return documents

    @property
    def _request(self) -> Request:
        request: Request = self.execution_context.context
        return request
