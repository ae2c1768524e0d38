"""The service's schema, and the same one executed by graphql-core alone, over one database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.permissions import Viewer
from resolvers.context import Context, Services
from schema.enums import ENUMS
from schema.errors import QuietSchema
from schema.executor import RENDERINGS, RowExecutor
from schema.limits import Limited
from schema.link import ErpLink
from schema.mutation import Mutation
from schema.operations import OneOperation
from schema.query import Query
from schema.request import Request
from schema.scalars import SCALARS
from tests.schema.documents import Asked

Variables = Mapping[str, Any]


def schema_executed_by(executor: Any) -> QuietSchema:
    """Ours, but that errors are told as they are."""
    return QuietSchema(
        query=Query,
        mutation=Mutation,
        types=[ErpLink, *ENUMS],
        execution_context_class=executor,
        extensions=[OneOperation, Limited],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


@dataclass
class Tally:
    """What documents came to."""

    documents: int = 0
    rendered: int = 0
    executed: int = 0
    with_errors: int = 0


@dataclass
class BothWays:
    """Asks in both ways, as one viewer."""

    services: Services
    viewer: Viewer
    tally: Tally = field(default_factory=Tally)
    ours: QuietSchema = field(default_factory=lambda: schema_executed_by(RowExecutor))
    plain: QuietSchema = field(
        default_factory=lambda: schema_executed_by(StrawberryGraphQLCoreExecutionContext)
    )

    def __post_init__(self) -> None:
        self.plain.documents = self.ours.documents  # validated once, which takes the most time

    async def agree(self, asked: Asked) -> str:
        """Our answers to it, asked anew, with other variables, and once more as at first."""
        self.tally.documents += 1
        before = RENDERINGS.rendered, RENDERINGS.executed
        first = await self.agreed(asked.text, asked.variables)
        if asked.variables:
            await self.agreed(asked.text, asked.others)
            again = await self.answer(self.ours, asked.text, asked.variables)
            assert again == first
        self.tally.rendered += RENDERINGS.rendered - before[0]
        self.tally.executed += RENDERINGS.executed - before[1]
        self.tally.with_errors += not first.endswith("\n[]")
        return first

    async def agreed(
        self, text: str, variables: Variables | None = None, operation: str | None = None
    ) -> str:
        """The answer, which is the same in both ways."""
        rendered = await self.answer(self.ours, text, variables, operation)
        executed = await self.answer(self.plain, text, variables, operation)
        assert rendered == executed, f"{text}\n{variables}"
        return rendered

    async def answer(
        self,
        schema: QuietSchema,
        text: str,
        variables: Variables | None = None,
        operation: str | None = None,
    ) -> str:
        """Data in its order, and errors in the order of their paths: root fields are raced."""
        result: Any = await schema.execute(
            text,
            variable_values=dict(variables or {}),
            context_value=Request(Context(self.viewer, self.services)),
            operation_name=operation,
        )
        errors = sorted(json.dumps(each.formatted) for each in result.errors or ())
        return "\n".join([json.dumps(result.data), json.dumps(errors)])

    async def data(self, text: str, variables: Variables | None = None) -> Any:
        """Ours, where there must be no errors."""
        data, errors = (await self.agreed(text, variables)).split("\n")
        assert json.loads(errors) == []
        return json.loads(data)
