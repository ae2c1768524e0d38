"""Which operation of a document is run, and when one has begun that must not be cut off."""

from collections.abc import Iterator

from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.graphql import OperationType

from schema.figures import operation_of


class OneOperation(SchemaExtension):
    """Of several operations none is run unless the request says which; Strawberry would run the
    first. A mutation sets its request's `changing` when it begins: from then on it is not cut off.
    A subscription sets `watching`.
    """

    def on_parse(self) -> Iterator[None]:
        yield
        context = self.execution_context
        if context.graphql_document is None:
            return
        # What the request says, not what Strawberry makes of it: that is the first one's name.
        name = context._provided_operation_name
        if operation_of(context.graphql_document, name) is None:
            raise CannotGetOperationTypeError(name)

    def on_execute(self) -> Iterator[None]:
        if self.execution_context.operation_type is OperationType.MUTATION:
            self.execution_context.context.changing.set()
        elif self.execution_context.operation_type is OperationType.SUBSCRIPTION:
            self.execution_context.context.watching.set()
        yield
