"""Who is calling: the bearer token of a request, turned into the person the directory knows."""

from typing import Any

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from adapters.tokens import InvalidToken, IssuerUnavailable
from domain.permissions import Viewer


class Person(BaseUser):
    """The authenticated person, as Starlette keeps them in `request.user`."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer


class CannotAuthenticate(AuthenticationError):
    """It cannot be told now who is calling; it may be in a while."""

    def __init__(self, problem: IssuerUnavailable) -> None:
        super().__init__(str(problem))
        self.retry_after_seconds = problem.retry_after_seconds


class BearerTokens(AuthenticationBackend):
    """Verifies the token, then asks the directory whose it is, anew for every request."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser]:
        scheme, _, token = conn.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationError("send a token: Authorization: Bearer <token>")
        try:
            identity = await conn.state.issuer.identity_of(token.strip())
        except InvalidToken as problem:
            raise AuthenticationError(str(problem)) from None
        except IssuerUnavailable as problem:
            raise CannotAuthenticate(problem) from None
        directory = conn.state.services.directory
        viewer = await directory.viewer(identity.issuer, identity.subject)
        if viewer is None:
            raise AuthenticationError("nobody by this token's name is in any company's directory")
        return AuthCredentials(["authenticated"]), Person(viewer)


def refuse(conn: HTTPConnection, problem: AuthenticationError) -> Response:
    """401, or 503 when it cannot be told, in the shape of a GraphQL answer for every client."""
    if isinstance(problem, CannotAuthenticate):
        wait = problem.retry_after_seconds
        extensions = {"code": "ISSUER_UNAVAILABLE", "retryAfterSeconds": wait}
        return _error(problem, extensions, 503, {"Retry-After": str(wait)})
    return _error(problem, {"code": "UNAUTHENTICATED"}, 401, {"WWW-Authenticate": "Bearer"})


def _error(
    problem: AuthenticationError, extensions: dict[str, Any], status: int, headers: dict[str, str]
) -> Response:
    error = {"message": str(problem), "extensions": extensions}
    return JSONResponse({"errors": [error]}, status_code=status, headers=headers)
