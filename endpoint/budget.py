"""How an answer tells the caller's budget in its headers, by the figures in `extensions.cost`.

The fields are those of draft-ietf-httpapi-ratelimit-headers-11
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/); their unit is a point of
cost, which no registry knows.
"""

from typing import Any

from strawberry.types import ExecutionResult

from domain.budget import Allowance


def budget_of(result: ExecutionResult, allowance: Allowance | None) -> dict[str, str]:
    """The headers, where something was asked of the budget.

    `t` is when the budget is full again, or, after a refusal, when it holds what was asked for:
    never later than `Retry-After`, as the draft says.
    """
    cost: dict[str, Any] = (result.extensions or {}).get("cost", {})
    if allowance is None or "remaining" not in cost:
        return {}
    size, remaining = allowance.size, cost["remaining"]
    waits = [each.extensions.get("retryAfterSeconds") for each in _refusals(result)]
    full_in = waits[0] if waits else _seconds(size - remaining, allowance)
    window = _seconds(size, allowance)
    return {
        "RateLimit-Policy": f'"cost";q={size};qu="cost";w={window}',
        "RateLimit": f'"cost";r={remaining};t={full_in}',
    }


def _seconds(cost: int, allowance: Allowance) -> int:
    return -(-cost // allowance.per_second)


def _refusals(result: ExecutionResult) -> list[Any]:
    errors = result.errors or ()
    return [each for each in errors if (each.extensions or {}).get("code") == "RATE_LIMITED"]
