"""The last word on what nobody foresaw: told without a trace of it, and logged with its id."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.ports import StoreUnavailable
from endpoint.answers import Answer, fault, retry_after
from endpoint.request_id import current_request_id
from schema.errors import UNEXPECTED

_CODES = {404: "NOT_FOUND"}

_logger = logging.getLogger("erp_link")


class Faults:
    """Answers for the application when it fails: 503 while the store is away, else 500.

    It hands on what fails after the answer has begun: only the server can cut that off.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = scope["type"] != "http"

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except StoreUnavailable as problem:
            if begun:
                raise
            await unavailable(problem)(scope, receive, send)
        except Exception as problem:
            if begun:
                raise
            request_id = current_request_id.get()
            where = {"request_id": request_id}
            _logger.error(
                "unexpected error in request %s", request_id, exc_info=problem, extra=where
            )
            answer = fault(request_id, 500, "INTERNAL_SERVER_ERROR", UNEXPECTED)
            await answer(scope, receive, send)


def unavailable(problem: StoreUnavailable) -> Answer:
    """503, with the time to wait."""
    wait = problem.retry_after_seconds
    return fault(
        current_request_id.get(),
        503,
        "SERVICE_UNAVAILABLE",
        str(problem),
        retry_after(wait),
        retryAfterSeconds=wait,
    )


async def refuse_path(request: Request, problem: Exception) -> Response:
    """What there is no page for. The path is not repeated."""
    assert isinstance(problem, HTTPException)
    code = _CODES.get(problem.status_code, "BAD_REQUEST")
    return fault(
        current_request_id.get(), problem.status_code, code, problem.detail, problem.headers
    )
