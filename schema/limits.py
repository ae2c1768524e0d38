"""How big a request may be: judged before the document is validated, let alone executed."""

from collections.abc import Iterator
from dataclasses import dataclass

import graphql
from strawberry.extensions import SchemaExtension
from strawberry.utils.str_converters import to_camel_case

from schema.kept import Operation

TOO_MANY_TOKENS = "Syntax Error: Document contains more than {} tokens. Parsing aborted."


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is allowed. The first four are the document's, the others the operation's."""

    characters: int = 20_000
    tokens: int = 1_000
    """Comments count too."""
    fragments: int = 50
    repetitions: int = 100
    """How often one name may stand in the answer, as written. Standard validation compares each
    such field with each other: a thousand tokens of one field would keep it busy for a second."""
    variables: int = 20
    root_fields: int = 10
    depth: int = 10
    aliases: int = 50
    directives: int = 20
    cost: int = 5_000


class LimitExceeded(graphql.GraphQLError):
    """A request that is too big. One code for every limit, so that a new one surprises nobody."""

    def __init__(self, name: str, maximum: int, found: int) -> None:
        limit = {"name": to_camel_case(name), "maximum": maximum, "found": found}
        super().__init__(
            f"Over the limit on {name.replace('_', ' ')}: at most {maximum}, found {found}.",
            extensions={"code": "LIMIT_EXCEEDED", "limit": limit},
        )


class Limited(SchemaExtension):
    """Refuses what is over a limit, with one error, and tells what each operation costs.

    Not among the validation rules: those learn neither the variables nor which operation is
    meant, and run side by side, so that each would begin on a document that one of them refuses.
    Other extensions find the figure in `execution_context.extensions_results["cost"]`.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        self._allow("characters", len(context.query or ""))
        context.parse_options["max_tokens"] = self._limits.tokens
        yield
        for error in context.pre_execution_errors or ():
            if error.message == TOO_MANY_TOKENS.format(self._limits.tokens):
                self._allow("tokens", self._limits.tokens + 1)

    def on_validate(self) -> Iterator[None]:
        try:
            self._judge()
        except LimitExceeded as refusal:
            self.execution_context.pre_execution_errors = [refusal]
        yield

    def _judge(self) -> None:
        context = self.execution_context
        operation: Operation = context.context.operation
        figures = operation.figures(context.variables)
        context.extensions_results["cost"] = {
            "requested": figures.cost,
            "limit": self._limits.cost,
        }
        self._allow("fragments", operation.fragments)
        self._allow("repetitions", operation.repetitions)
        self._allow("variables", len(operation.node.variable_definitions or ()))
        self._allow("root_fields", figures.fields)
        self._allow("depth", figures.depth)
        self._allow("aliases", figures.aliases)
        self._allow("directives", figures.directives)
        self._allow("cost", figures.cost)
        operation.accepted[figures] = self._limits.cost

    def _allow(self, name: str, found: int) -> None:
        maximum: int = getattr(self._limits, name)
        if found > maximum:
            raise LimitExceeded(name, maximum, found)
