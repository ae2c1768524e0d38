"""What each caller may ask for in a while: taken before anything is executed."""

from collections.abc import AsyncIterator
from typing import Any

import graphql
from strawberry.extensions import SchemaExtension

from domain.budget import Standing
from schema.request import Request

AT_LEAST = 1
"""What a request takes that asks for no object at all."""


class RateLimited(graphql.GraphQLError):
    """The caller has asked for too much in too short a time."""

    def __init__(self, requested: int, standing: Standing) -> None:
        wait = standing.wait_seconds
        super().__init__(
            f"Over the budget: this request costs {requested}, and {standing.remaining} is left. "
            f"Ask again in {wait} s.",
            extensions={"code": "RATE_LIMITED", "retryAfterSeconds": wait},
        )


class Budgeted(SchemaExtension):
    """Takes what an operation costs from the caller's budget, or refuses the whole request.

    Stands after `Limited`, which tells the cost and refuses what is too big: that takes nothing.
    A document that turns out to be invalid has been paid for: validating it is work too.
    """

    async def on_validate(self) -> AsyncIterator[None]:
        context = self.execution_context
        cost = context.extensions_results.get("cost")
        if cost is not None and not context.pre_execution_errors:
            await self._take(cost)
        yield

    async def _take(self, cost: dict[str, Any]) -> None:
        request: Request = self.execution_context.context
        budget = request.context.services.budget
        if budget is None:
            return
        requested = max(AT_LEAST, cost["requested"])
        standing = await budget.take(request.context.viewer.id, requested)
        if standing is None:
            return
        cost["remaining"] = standing.remaining
        cost["resetAt"] = standing.full_at.isoformat().replace("+00:00", "Z")
        if not standing.granted:
            self.execution_context.pre_execution_errors = [RateLimited(requested, standing)]
