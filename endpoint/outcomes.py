"""What an execution came to, as HTTP tells it: the status, and when to ask again."""

from collections.abc import Iterator
from typing import Any

from starlette.types import Scope
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from endpoint.answers import Refused, accept_of, retry_after
from endpoint.media_types import GRAPHQL, accepted

_STATUSES = {"SERVICE_UNAVAILABLE": 503, "INTERNAL_SERVER_ERROR": 500, "RATE_LIMITED": 429}
"""Of what is not the document's fault. As such they are told in `application/json` too."""


def is_request_error(result: ExecutionResult) -> bool:
    """Nothing was executed: the document, its variables or their cost were refused."""
    if isinstance(result, PreExecutionError):
        return True
    errors = result.errors or []
    return result.data is None and bool(errors) and all(each.path is None for each in errors)


def outcome_of(
    result: ExecutionResult, scope: Scope, *, changed: bool
) -> tuple[int, dict[str, str]]:
    """The status and the headers of an answer.

    Raises Refused, a 503, when a query came to nothing because the store was away: an answer of
    nulls would be kept by clients' caches, and one that changes something is always told.
    """
    if not result.errors:
        return 200, {}
    extensions = list(_extensions(result))
    codes = [each.get("code") for each in extensions]
    waits = [each["retryAfterSeconds"] for each in extensions if "retryAfterSeconds" in each]
    if is_request_error(result):
        usual = 400 if accepted(accept_of(scope)).json == GRAPHQL else 200
        found = [status for code, status in _STATUSES.items() if code in codes]
        return (found[0] if found else usual), (retry_after(max(waits)) if waits else {})
    if "SERVICE_UNAVAILABLE" in codes and not changed and not any((result.data or {}).values()):
        message = next(
            error.message
            for error, code in zip(result.errors or (), codes, strict=True)
            if code == "SERVICE_UNAVAILABLE"
        )
        raise Refused(
            503,
            "SERVICE_UNAVAILABLE",
            message,
            retry_after(max(waits)),
            retryAfterSeconds=max(waits),
        )
    return 200, {}


def _extensions(result: ExecutionResult) -> Iterator[dict[str, Any]]:
    for error in result.errors or ():
        yield error.extensions or {}
