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
            refusal = await charge(context.context, cost)
            if refusal is not None:
                context.pre_execution_errors = [refusal]
        yield


async def charge(request: Request, cost: dict[str, Any]) -> RateLimited | None:
    """Take what is requested from the caller's budget, and note in `cost` what is left of it."""
    budget = request.context.services.budget
    if budget is None:
        return None
    requested = max(AT_LEAST, cost["requested"])
    standing = await budget.take(request.context.viewer.id, requested)
    if standing is None:
        return None
    cost["remaining"] = standing.remaining
    cost["resetAt"] = standing.full_at.isoformat().replace("+00:00", "Z")
    return None if standing.granted else RateLimited(requested, standing)
