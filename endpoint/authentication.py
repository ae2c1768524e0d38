"""Who is calling: the bearer token of a request, turned into the person the directory knows."""

from dataclasses import dataclass
from datetime import datetime

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.datastructures import State
from starlette.requests import HTTPConnection
from starlette.responses import Response

from adapters.machine_tokens import is_machine_token
from adapters.tokens import Identity, InvalidToken, IssuerUnavailable
from domain.permissions import Reader, Viewer
from endpoint.answers import fault, retry_after
from endpoint.request_id import current_request_id


class Person(BaseUser):
    """The authenticated person, as Starlette keeps them in `request.user`.

    With a reader: the token is genuine, but who that is and what is theirs is only remembered.
    """

    def __init__(self, viewer: Viewer, reader: Reader | None = None) -> None:
        self.viewer = viewer
        self.reader = reader


AUTHENTICATED = AuthCredentials(["authenticated"])
NOBODY = "nobody by this token's name is in any company's directory"


class CannotAuthenticate(AuthenticationError):
    """It cannot be told now who is calling; it may be in a while."""

    def __init__(self, problem: IssuerUnavailable) -> None:
        super().__init__(str(problem))
        self.retry_after_seconds = problem.retry_after_seconds


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who is calling, and until when the token says so."""

    viewer: Viewer
    expires_at: datetime | None
    """From when on the token is refused; None: not before it is revoked."""


async def viewer_of(state: State, token: str) -> Authenticated:
    """The person or the machine that a bearer token speaks of, as the directory knows them now.

    What lasts longer than a request, such as a socket, ends at `expires_at`, and asks again before
    it shows anything new: a token may be revoked, a person may leave.
    Raises AuthenticationError, or CannotAuthenticate when it cannot be told now.
    """
    if is_machine_token(token):
        try:
            machine, its_token = await state.machines.viewer(token)
        except (InvalidToken, IssuerUnavailable) as problem:
            raise _told(problem) from None
        return Authenticated(machine, its_token.expires_at)
    identity = await _identity_of(state, token)
    viewer = await state.services.directory.viewer(identity.issuer, identity.subject)
    if viewer is None:
        raise AuthenticationError(NOBODY)
    return Authenticated(viewer, identity.expires_at)


async def _identity_of(state: State, token: str) -> Identity:
    try:
        identity: Identity = await state.issuer.identity_of(token)
    except (InvalidToken, IssuerUnavailable) as problem:
        raise _told(problem) from None
    return identity


def _told(problem: InvalidToken | IssuerUnavailable) -> AuthenticationError:
    if isinstance(problem, IssuerUnavailable):
        return CannotAuthenticate(problem)
    return AuthenticationError(str(problem))


class BearerTokens(AuthenticationBackend):
    """Takes the token from the header `Authorization`, anew for every request."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser]:
        sent = next(
            (value for name, value in conn.scope["headers"] if name == b"authorization"), b""
        )
        scheme, _, token = sent.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationError("send a token: Authorization: Bearer <token>")
        return AUTHENTICATED, await _person_of(conn.state, token.strip())


async def _person_of(state: State, token: str) -> Person:
    """As the directory knows them now, or remembers them."""
    if not is_machine_token(token):
        identity = await _identity_of(state, token)
        reader = Reader(identity.issuer, identity.subject)
        remembered = state.services.directory.remembered(reader)
        if remembered is not None:
            return Person(remembered, reader)
    return Person((await viewer_of(state, token)).viewer)


def refuse(conn: HTTPConnection, problem: AuthenticationError) -> Response:
    """401, or 503 when it cannot be told, in the shape of a GraphQL answer for every client."""
    request_id = current_request_id.get()
    if isinstance(problem, CannotAuthenticate):
        wait = problem.retry_after_seconds
        return fault(
            request_id,
            503,
            "ISSUER_UNAVAILABLE",
            str(problem),
            retry_after(wait),
            retryAfterSeconds=wait,
        )
    challenge = {"WWW-Authenticate": "Bearer"}
    return fault(request_id, 401, "UNAUTHENTICATED", str(problem), challenge)
