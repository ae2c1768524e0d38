"""The service's schema, and the same one executed by graphql-core alone, over one database."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.store.patience import SERVING
from adapters.tokens import DEMO_ISSUER
from app import open_services
from domain.permissions import Viewer
from resolvers.context import Context, Services
from schema.enums import ENUMS
from schema.executor import RowExecutor
from schema.keeping import KeepingSchema
from schema.limits import Limited
from schema.link import ErpLink
from schema.mutation import Mutation
from schema.operations import OneOperation
from schema.query import Query
from schema.rendering import RENDERINGS
from schema.request import Request
from schema.scalars import SCALARS
from tests.fakes import FakeErp
from tests.schema.documents import Asked

Variables = Mapping[str, Any]


def schema_executed_by(executor: Any) -> KeepingSchema:
    """Ours, but that errors are told as they are."""
    return KeepingSchema(
        query=Query,
        mutation=Mutation,
        types=[ErpLink, *ENUMS],
        execution_context_class=executor,
        extensions=[OneOperation, Limited],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


class TooBig(Exception):
    """The document is refused in either way, and so of no interest."""


@dataclass
class Tally:
    """What the documents came to that were asked so far, each text counted but once."""

    texts: set[str] = field(default_factory=set)
    rendered: int = 0
    """Values that compiled functions made."""
    executed: int = 0
    """Values of which such a function was not able."""
    with_errors: int = 0


@dataclass
class BothWays:
    """Asks in both ways, as one viewer."""

    services: Services
    database: Database
    viewer: Viewer
    tally: Tally = field(default_factory=Tally)
    ours: KeepingSchema = field(default_factory=lambda: schema_executed_by(RowExecutor))
    plain: KeepingSchema = field(
        default_factory=lambda: schema_executed_by(StrawberryGraphQLCoreExecutionContext)
    )

    def __post_init__(self) -> None:
        self.plain.documents = self.ours.documents  # validated once: that takes the most time

    async def agree(self, asked: Asked) -> None:
        """Asked anew, with other variables, and once more as at first, it is answered alike."""
        if asked.text in self.tally.texts:
            return
        before = RENDERINGS.rendered, RENDERINGS.executed
        first = await self.agreed(asked.text, asked.variables)
        if asked.variables:
            await self.agreed(asked.text, asked.others)
            assert await self.answer(self.ours, asked.text, asked.variables) == first
        self.tally.texts.add(asked.text)
        self.tally.rendered += RENDERINGS.rendered - before[0]
        self.tally.executed += RENDERINGS.executed - before[1]
        self.tally.with_errors += not first.endswith("[]")

    async def agreed(
        self, text: str, variables: Variables | None = None, operation: str | None = None
    ) -> str:
        """The answer, which is the same in both ways. Raises TooBig for what is over a limit."""
        rendered = await self.answer(self.ours, text, variables, operation)
        executed = await self.answer(self.plain, text, variables, operation)
        if "LIMIT_EXCEEDED" in rendered:
            raise TooBig
        assert rendered == executed
        return rendered

    async def answer(
        self,
        schema: KeepingSchema,
        text: str,
        variables: Variables | None = None,
        operation: str | None = None,
    ) -> str:
        """Data in its order, and errors in the order of their texts: root fields are raced."""
        result: Any = await schema.execute(
            text,
            variable_values=dict(variables or {}),
            context_value=Request(Context(self.viewer, self.services)),
            operation_name=operation,
        )
        errors = sorted(json.dumps(each.formatted) for each in result.errors or ())
        return "\n".join([json.dumps(result.data), *errors, "[]" if not errors else ""])

    async def data(self, text: str, variables: Variables | None = None) -> Any:
        """What both ways answer, where there must be no errors."""
        data, errors = (await self.agreed(text, variables)).split("\n", 1)
        assert errors == "[]"
        return json.loads(data)

    async def seen_by(self, subject: str) -> "BothWays":
        """The same for another viewer."""
        viewer = await self.services.directory.viewer(DEMO_ISSUER, subject)
        assert viewer is not None
        return replace(self, viewer=viewer)


@asynccontextmanager
async def both_ways(url: str, folder: Path, erp: FakeErp | None = None) -> AsyncIterator[BothWays]:
    """Over a database with an ERP behind every integration, as Olga, who is of two companies."""
    chosen = Settings(database_url=SecretStr(url), data_dir=folder)
    async with open_services(chosen, SERVING) as (database, opened):
        services = replace(opened, erps=erp or FakeErp())
        viewer = await services.directory.viewer(DEMO_ISSUER, "olga")
        assert viewer is not None
        yield BothWays(services, database, viewer)
