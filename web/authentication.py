"""Who is calling: the bearer token of a request, turned into the person the directory knows."""

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from adapters.tokens import InvalidToken
from domain.permissions import Viewer


class Person(BaseUser):
    """The authenticated person, as Starlette keeps them in `request.user`."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer


class BearerTokens(AuthenticationBackend):
    """Verifies the token, then asks the directory whose it is, anew for every request."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser]:
        scheme, _, token = conn.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationError("send a token: Authorization: Bearer <token>")
        try:
            identity = conn.state.issuer.verify(token.strip())
        except InvalidToken as problem:
            raise AuthenticationError(str(problem)) from None
        directory = conn.state.services.directory
        viewer = await directory.viewer(identity.issuer, identity.subject)
        if viewer is None:
            raise AuthenticationError("nobody by this token's name is in any company's directory")
        return AuthCredentials(["authenticated"]), Person(viewer)


def refuse(conn: HTTPConnection, problem: AuthenticationError) -> Response:
    """401 in the shape of a GraphQL answer, so that every client can read it."""
    error = {"message": str(problem), "extensions": {"code": "UNAUTHENTICATED"}}
    return JSONResponse(
        {"errors": [error]}, status_code=401, headers={"WWW-Authenticate": "Bearer"}
    )
