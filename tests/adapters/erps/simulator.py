"""What simulators of vendors share: an app that answers, and an OAuth 2.0 token endpoint."""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from tests.adapters.erps.vendor_server import Answer

Change = Callable[[Any], Any]
"""What the JSON of an answer becomes."""
CLIENT = ("AB-client", "the-clients-secret-4f81")


def responding(app: Starlette) -> Answer:
    """The app's answers as whole responses, so that mischief can be done to them."""

    async def answer(request: Request) -> Response:
        body, messages = await request.body(), list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await app({**request.scope, "app": app}, receive, send)
        start, *parts = messages
        response = Response(b"".join(part.get("body", b"") for part in parts), start["status"])
        response.raw_headers = list(start["headers"])
        return response

    return answer


def at(*path: str) -> Callable[[Change], Change]:
    """Makes of a change of what stands there one of the body; where nothing stands, of nothing."""

    def of(change: Change) -> Change:
        return lambda body: _changed(body, path, change)

    return of


def _changed(body: Any, path: Sequence[str], change: Change) -> Any:
    if not path:
        return change(body)
    if not isinstance(body, dict) or path[0] not in body:
        return body
    return body | {path[0]: _changed(body[path[0]], path[1:], change)}


def first_but(**values: Any) -> Change:
    """Of a list of rows: the first with other values, and without those that are to be `...`."""

    def change(rows: list[dict[str, Any]]) -> list[Any]:
        row = {name: value for name, value in (rows[0] | values).items() if value is not ...}
        return [row, *rows[1:]]

    return change


@dataclass(slots=True)
class Tokens:
    """A token endpoint, RFC 6749 sections 5 and 6, that takes each refresh token once.

    `granted` are the refresh tokens that are good, and what each opens. `users` likewise are those
    for whom the client may have tokens by its own credentials (section 4.4), or by `password`
    (4.3). The client is one of `clients`, all of which have the same secret.
    """

    lifetime: int
    granted: dict[str, str]
    users: Mapping[str, str] = field(default_factory=dict)
    password: str | None = None
    clients: Sequence[str] = CLIENT[:1]
    basic: bool = True
    revoked: tuple[int, object] = (400, {"error": "invalid_grant"})
    more: Mapping[str, object] = field(default_factory=dict)
    opened: dict[str, str] = field(default_factory=dict)
    renewals: int = 0

    def become(self, another: "Tokens") -> None:
        """Be as the other one is: a vendor's routes go on with the endpoint that they have."""
        for each in fields(self):
            setattr(self, each.name, getattr(another, each.name))

    async def endpoint(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        client, *secret = self._client(request, form)
        if client not in self.clients or secret != [*CLIENT[1:]]:
            return JSONResponse({"error": "invalid_client"}, 401)
        match form:
            case {"grant_type": "refresh_token", "refresh_token": token}:
                opens = self.granted.pop(token, None)
            case {"grant_type": "client_credentials", "username": user}:
                opens = self.users.get(user)
            case {"grant_type": "password", "username": user, "password": self.password}:
                opens = self.users.get(user)
            case {"grant_type": "password"}:
                opens = None
            case _:
                return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if opens is None:
            status, body = self.revoked
            return JSONResponse(body, status)
        return JSONResponse(self._grant(opens, rotates="refresh_token" in form))

    def _client(self, request: Request, form: Mapping[str, str]) -> tuple[str, ...]:
        if not self.basic:
            return (form.get("client_id", ""), form.get("client_secret", ""))
        credentials = request.headers.get("Authorization", "").removeprefix("Basic ")
        return tuple(b64decode(credentials).decode().split(":", 1))

    def _grant(self, opens: str, rotates: bool) -> Mapping[str, object]:
        self.renewals += 1
        access, refresh = f"access-{opens}-{self.renewals}", f"refresh-{opens}-{self.renewals}"
        self.opened[access] = opens
        grant = {"token_type": "bearer", "access_token": access, "expires_in": self.lifetime}
        if rotates:
            self.granted[refresh] = opens
            grant["refresh_token"] = refresh
        return grant | dict(self.more)

    def opens(self, request: Request) -> str | None:
        """What the request's token opens; None: it is not good, or not any more."""
        return self.opened.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    def expire(self) -> None:
        """All access tokens come to their end before their time."""
        self.opened.clear()
