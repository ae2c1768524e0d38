"""Errors that are told to the client. Expected answers are not errors: they are union members."""

import logging
from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError, StreamExecutionResult

from domain.ports import StoreUnavailable
from schema.messages import message_without_values
from schema.request import Request

MOST_TOLD = 5
"""How many errors an answer has at most: the first tell what is wrong, more help nobody."""

UNEXPECTED = "Something went wrong here. Nothing was said to be done."

_logger = logging.getLogger("erp_link")


class BadUserInput(GraphQLError):
    """An argument that cannot be used; the message names it."""

    def __init__(self, argument: str, reason: str) -> None:
        extensions: dict[str, Any] = {"code": "BAD_USER_INPUT", "argument": argument}
        super().__init__(f"{argument}: {reason}", extensions=extensions)


class Told(SchemaExtension):
    """Says each error so that a client can use it and nobody can misuse it.

    Each gets a code (the names that Apollo's clients know) and the request's id. Of what was not
    expected nothing is told; it is logged, once, with that id. Literals and variables are not
    repeated, see `schema.messages`. The first of the extensions: it speaks the last word.
    """

    def on_operation(self) -> Iterator[None]:
        try:
            yield
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            raise  # the endpoint's: they are about the request, not the document
        except Exception as problem:
            raise _told(problem, "INTERNAL_SERVER_ERROR", self._request.request_id) from None
        tell(self.execution_context.result, self._request)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        tell(result, self._request)
        yield

    @property
    def _request(self) -> Request:
        request: Request = self.execution_context.context
        return request


def tell(result: Any, request: Request) -> None:
    """Say the errors of a result as `Told` does."""
    errors: list[GraphQLError] = getattr(result, "errors", None) or []
    if not errors:
        return
    # Of a subscription Strawberry says so of its variables too: by then it has begun.
    refused = isinstance(result, PreExecutionError)
    code = "GRAPHQL_VALIDATION_FAILED" if refused and not request.watching.is_set() else None
    result.errors = [_told(each, code, request.request_id) for each in errors[:MOST_TOLD]]


def _told(error: Exception, code: str | None, request_id: str) -> GraphQLError:
    """The error as a client sees it. Telling it twice says the same."""
    if isinstance(error, _ToldError):
        return error
    located = error if isinstance(error, GraphQLError) else GraphQLError(str(error))
    cause = _cause_of(error)
    known = _known(cause) or _expected(located, code, cause)
    if known is None:
        _log(cause or located, located, request_id)
        known = (UNEXPECTED, {"code": "INTERNAL_SERVER_ERROR"})
    message, extensions = known
    return _ToldError(
        message,
        located.nodes,
        located.source,
        located.positions,
        located.path,
        extensions={**extensions, "requestId": request_id},
    )


class _ToldError(GraphQLError):
    """An error that may be told as it is."""


def unresolved(problem: Exception, request_id: str) -> GraphQLError:
    """How it is told that a request names no operation, or one that may not be run this way."""
    message, extensions = _known(problem) or ("The request cannot be run.", {"code": "BAD_REQUEST"})
    return _ToldError(message, extensions={**extensions, "requestId": request_id})


def _known(cause: Exception | None) -> tuple[str, dict[str, Any]] | None:
    match cause:
        case StoreUnavailable():
            wait = cause.retry_after_seconds
            extensions = {"code": "SERVICE_UNAVAILABLE", "retryAfterSeconds": wait}
            return str(cause), extensions
        case CannotGetOperationTypeError():
            message = "operationName must name one operation of the document."
            return message, {"code": "OPERATION_RESOLUTION_FAILURE"}
        case InvalidOperationTypeError():
            return f"A {cause.operation_type.value} cannot be sent this way.", {
                "code": "BAD_REQUEST"
            }
        case MissingQueryError():
            return "query is missing.", {"code": "BAD_REQUEST"}
    return None


def _expected(
    error: GraphQLError, code: str | None, cause: Exception | None
) -> tuple[str, dict[str, Any]] | None:
    """What is told of an error of GraphQL's own or of ours; None: it was not expected."""
    extensions = dict(error.extensions or {})
    if cause is not None and not isinstance(cause, GraphQLError):
        return None
    if isinstance(error, GraphQLSyntaxError):
        return message_without_values(error), {"code": "GRAPHQL_PARSE_FAILED"}
    if "code" in extensions:
        return message_without_values(error), extensions
    if code is None and error.path is None:
        code = "BAD_USER_INPUT"  # variables that do not fit what they are declared as
    return (message_without_values(error), {"code": code}) if code else None


def _cause_of(error: Exception) -> Exception | None:
    """What an error was raised from in the end; None where it was raised by itself."""
    cause: Exception | None = None if isinstance(error, GraphQLError) else error
    while isinstance(error, GraphQLError) and error.original_error is not None:
        cause = error = error.original_error
    return cause


def _log(cause: Exception, error: GraphQLError, request_id: str) -> None:
    # Not the path: it is made of aliases, which clients choose.
    fields = [node.name.value for node in error.nodes or () if isinstance(node, FieldNode)]
    where = {"request_id": request_id, "fields": fields}
    _logger.error("unexpected error in request %s", request_id, exc_info=cause, extra=where)
