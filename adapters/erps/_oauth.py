"""OAuth 2.0 bearer tokens that expire, and refresh tokens that may change with every use.

RFC 6749, sections 2.3.1 (client authentication), 4.4, 5 and 6; RFC 6750, section 3.1.
A library for clients of OAuth would bring flows and sessions of its own; what is needed here is
one request, and to keep its answer before anything else happens.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from adapters.erps._pace import Pace
from adapters.erps._rest import PLAIN, Answer, Manners, ask, reconnect, unexpected
from adapters.erps._secrets import Key, RotatingSecrets, Settings
from adapters.erps._settings import is_token
from domain.erps import ErpTrouble, Trouble

RENEWAL_SECONDS = 20
"""How long one renewal may take; it goes on when the look-up that wanted it has given up."""
EARLY_SECONDS = 60
"""A token that expires sooner than this is renewed before it is used."""
REFUSALS = Manners(explained=frozenset({400, 401}))


def refresh(settings: Settings) -> Mapping[str, str]:
    """The body of the usual token request: a new token for a refresh token."""
    return {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}


def is_revoked(body: Any) -> bool:
    """Whether a token endpoint says that what we have is of no use any more."""
    return isinstance(body, dict) and body.get("error") == "invalid_grant"


@dataclass(slots=True)
class Bearer:
    """Sends the requests of one connection with a token that is valid, as far as we know.

    `form` makes the body of a token request from the newest settings; `basic`: the client
    authenticates itself by HTTP Basic, else `form` has it. `pace` is what the ERP allows one
    connection; requests for tokens are not among those.
    """

    http: httpx2.AsyncClient = field(repr=False)
    secrets: RotatingSecrets = field(repr=False)
    key: Key
    settings: Settings = field(repr=False)
    pace: Pace
    form: Callable[[Settings], Mapping[str, str]] = field(default=refresh, repr=False)
    basic: bool = True
    is_revoked: Callable[[Any], bool] = field(default=is_revoked, repr=False)
    _newest: Settings = field(default_factory=dict, repr=False)
    _refused: Mapping[str, str] = field(default_factory=dict, repr=False)
    _renewals: set[asyncio.Task[Settings]] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self._newest = self.settings

    async def ask(self, request: httpx2.Request, manners: Manners = PLAIN) -> Answer:
        """As `_rest.ask`. A token that is not accepted is renewed once, and we ask once more."""
        token = await self._token(unlike=None)
        try:
            return await self._send(request, token, manners)
        except ErpTrouble as trouble:
            if trouble.trouble is not Trouble.UNAUTHORIZED:
                raise
        return await self._send(request, await self._token(unlike=token), manners)

    async def _send(self, request: httpx2.Request, token: str, manners: Manners) -> Answer:
        request.headers["Authorization"] = f"Bearer {token}"
        async with self.pace.turn():
            return await ask(self.http, request, manners)

    async def _token(self, unlike: str | None) -> str:
        if not _is_usable(self._newest, unlike):
            self._newest = await self._renewed(lambda kept: self._renew(kept, unlike))
        return self._newest["access_token"]

    async def _renewed(self, renew: Callable[[Settings], Awaitable[Settings]]) -> Settings:
        # A refresh token may be spent already when the deadline comes: what was got for it
        # must be kept all the same.
        renewal = asyncio.ensure_future(self.secrets.refreshed(self.key, renew))
        self._renewals.add(renewal)
        renewal.add_done_callback(self._renewals.discard)
        renewal.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(renewal)

    async def _renew(self, kept: Settings, unlike: str | None) -> Settings:
        newest = {**self.settings, **kept}
        if _is_usable(newest, unlike):
            return newest  # somebody else was first
        form = self.form(newest)
        if form == self._refused:
            raise reconnect("the ERP has revoked the access")
        try:
            async with asyncio.timeout(RENEWAL_SECONDS):
                return {**newest, **await self._granted(newest, form)}
        except TimeoutError:
            raise ErpTrouble(Trouble.TIMEOUT, "no new token in time") from None

    async def _granted(self, newest: Settings, form: Mapping[str, str]) -> Settings:
        request = self.http.build_request(
            "POST", newest["token_url"], data=dict(form), headers={"Accept": "application/json"}
        )
        if self.basic:
            client = httpx2.BasicAuth(newest["client_id"], newest["client_secret"])
            request = next(client.auth_flow(request))
        began = int(time.time())
        answer = await ask(self.http, request, REFUSALS)
        if answer.status in (400, 401) and self.is_revoked(answer.body):
            self._refused = form
            raise reconnect("the ERP has revoked the access")
        if answer.status == 401 or _is_stranger(answer):
            raise reconnect("the ERP does not accept our client id and secret")
        return _grant(answer, began)


def _is_stranger(answer: Answer) -> bool:
    """Whether a token endpoint says, with 400, that it does not know the client (5.2)."""
    match answer.status, answer.body:
        case 400, {"error": "invalid_client" | "unauthorized_client"}:
            return True
    return False


def _is_usable(settings: Settings, unlike: str | None) -> bool:
    """Has a token, other than the one that was not accepted, which has not expired."""
    token = settings.get("access_token")
    until = settings.get("access_token_until", "")
    expired = re.fullmatch("[0-9]{1,12}", until) and int(until) < time.time() + EARLY_SECONDS
    return bool(token) and token != unlike and not expired


def _grant(answer: Answer, began: int) -> dict[str, str]:
    """What a token endpoint granted, as settings. Raises ErpTrouble if it is unclear."""
    match answer.status, answer.body:
        case 200, {"access_token": str(token), "expires_in": int() | str() as seconds} if (
            is_token(token)
            and re.fullmatch("[1-9][0-9]{0,8}", str(seconds))  # as text too: NetSuite says it so
            and str(answer.body.get("token_type")).lower() == "bearer"
        ):
            granted = {"access_token": token, "access_token_until": str(began + int(seconds))}
            return granted | _rotated(answer.body)
    raise unexpected(f"an answer ({answer.status}) of the token endpoint that grants nothing")


def _rotated(body: Mapping[str, Any]) -> dict[str, str]:
    match body.get("refresh_token"):
        case str(token) if token:
            return {"refresh_token": token}
        case None:
            return {}
    raise unexpected("a refresh token that is none")
