"""Which documents are worth keeping: valid ones that their sender names by their hash."""

from collections.abc import Iterator

from strawberry.extensions import SchemaExtension

from schema.request import Request


class Kept(SchemaExtension):
    """Hands on the text of each valid document that came with Apollo's `persistedQuery`.

    Stands after all that refuses: what is over a limit or a budget is not handed on.
    """

    def on_validate(self) -> Iterator[None]:
        yield
        context = self.execution_context
        is_named = "persistedQuery" in (context.operation_extensions or {})
        if is_named and context.query and not context.pre_execution_errors:
            request: Request = context.context
            request.keep_document(context.query)
