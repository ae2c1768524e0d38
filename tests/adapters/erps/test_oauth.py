"""Tokens that expire: each renewed once, whoever is first, and nothing lost that was granted."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps import Around
from adapters.erps._oauth import EARLY_SECONDS, Bearer
from adapters.erps._pace import Pace
from adapters.erps._secrets import InMemorySecrets, RotatingSecrets, Settings
from domain.erps import ErpTrouble, Trouble
from tests.adapters.erps.mischief import split
from tests.adapters.erps.simulator import CLIENT, Tokens, responding
from tests.adapters.erps.vendor_server import VendorServer

KEY = (7, 1)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(lifetime=3600, granted={"refresh-first": "books"})


@pytest.fixture
def erp(tokens: Tokens, vendor_server: VendorServer) -> VendorServer:
    """An ERP that says hello to whom it knows."""

    def hello(request: Request) -> Response:
        opens = tokens.opens(request)
        return JSONResponse({"hello": opens}, 200 if opens else 401)

    routes = [Route("/token", tokens.endpoint, methods=["POST"]), Route("/hello", hello)]
    vendor_server.answer = responding(Starlette(routes=routes))
    return vendor_server


Connect = Callable[..., Bearer]


@pytest.fixture
async def connect(erp: VendorServer, around: Around) -> Connect:
    settings = {
        "token_url": f"{erp.url}/token",
        "client_id": CLIENT[0],
        "client_secret": CLIENT[1],
        "refresh_token": "refresh-first",
    }

    def connected(secrets: RotatingSecrets | None = None, **but: str) -> Bearer:
        kept = secrets or InMemorySecrets()
        return Bearer(around.http, kept, KEY, {**settings, **but}, pace=Pace(30))

    return connected


async def hello(bearer: Bearer, erp: VendorServer) -> Any:
    answer = await bearer.ask(bearer.http.build_request("GET", f"{erp.url}/hello"))
    return answer.body


async def trouble_of(bearer: Bearer, erp: VendorServer) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await hello(bearer, erp)
    return caught.value


def renewals(erp: VendorServer) -> int:
    return [request.url.path for request in erp.requests].count("/token")


async def test_a_token_is_used_until_it_is_about_to_expire(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    bearer = connect()
    for _ in range(3):
        assert await hello(bearer, erp) == {"hello": "books"}
    assert renewals(erp) == 1

    tokens.lifetime = EARLY_SECONDS - 1
    tokens.expire()
    await hello(bearer, erp)
    await hello(bearer, erp)

    assert renewals(erp) == 3


async def test_twenty_that_find_no_token_have_it_renewed_once(
    connect: Connect, erp: VendorServer
) -> None:
    bearer = connect()

    answers = await asyncio.gather(*(hello(bearer, erp) for _ in range(20)))

    assert answers == [{"hello": "books"}] * 20
    assert renewals(erp) == 1


async def test_two_connections_to_the_same_books_share_what_was_renewed(
    connect: Connect, erp: VendorServer
) -> None:
    secrets = InMemorySecrets()
    bearers = [connect(secrets), connect(secrets)]

    await asyncio.gather(*(hello(bearer, erp) for bearer in bearers * 5))

    assert renewals(erp) == 1


async def test_every_rotated_refresh_token_is_kept_and_used(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    bearer = connect()
    for _ in range(4):
        tokens.expire()
        assert await hello(bearer, erp) == {"hello": "books"}

    assert tokens.renewals == 4
    assert list(tokens.granted) == ["refresh-books-4"]


async def test_a_token_that_is_refused_right_after_its_renewal_is_not_renewed_again(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    right = erp.answer

    async def refused(request: Request) -> Response:
        return JSONResponse({}, 401)

    erp.answer = split("/token", right, refused)
    said = await trouble_of(connect(), erp)

    assert said.trouble is Trouble.UNAUTHORIZED
    assert [request.url.path for request in erp.requests] == ["/token", "/hello"] * 2


async def test_after_a_revocation_nothing_is_asked_until_the_settings_change(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    secrets = Changeable()
    bearer = connect(secrets, refresh_token="refresh-withdrawn")
    for _ in range(3):
        said = await trouble_of(bearer, erp)
        assert said.trouble is Trouble.UNAUTHORIZED
        assert "reconnect" in said.detail
    assert renewals(erp) == 1

    secrets.changed = {"refresh_token": "refresh-first"}

    assert await hello(bearer, erp) == {"hello": "books"}


@pytest.mark.parametrize("status", [400, 401])
async def test_a_client_that_is_not_known_is_told_so(
    connect: Connect, erp: VendorServer, status: int
) -> None:
    async def stranger(request: Request) -> Response:
        return JSONResponse({"error": "invalid_client"}, status)

    erp.answer = split("/token", stranger, erp.answer)
    said = await trouble_of(connect(), erp)

    assert said.trouble is Trouble.UNAUTHORIZED
    assert "client" in said.detail


async def test_what_was_granted_is_kept_although_the_caller_gave_up(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    right, asked, go = erp.answer, asyncio.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    async def slowly(request: Request) -> Response:
        here.call_soon_threadsafe(asked.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(go.wait(), here))
        return await right(request)

    erp.answer = split("/token", slowly, right)
    bearer = connect()
    asking = asyncio.create_task(hello(bearer, erp))
    await asked.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    go.set()

    assert await hello(bearer, erp) == {"hello": "books"}
    assert renewals(erp) == 1


@pytest.mark.parametrize(
    "grant",
    [
        {},
        {"access_token": "a", "expires_in": 3600},
        {"access_token": "a", "expires_in": 3600, "token_type": "mac"},
        {"access_token": "", "expires_in": 3600, "token_type": "bearer"},
        {"access_token": "two words", "expires_in": 3600, "token_type": "bearer"},
        {"access_token": "a", "expires_in": "soon", "token_type": "bearer"},
        {"access_token": "a", "expires_in": 0, "token_type": "bearer"},
        {"access_token": "a", "expires_in": "0", "token_type": "bearer"},
        {"access_token": "a", "expires_in": True, "token_type": "bearer"},
        {"access_token": "a", "expires_in": -1, "token_type": "bearer"},
        {"access_token": "a", "expires_in": 3600, "token_type": "bearer", "refresh_token": 7},
        {"error": "invalid_grant"},
        [],
    ],
    ids=str,
)
async def test_what_grants_nothing_clearly_grants_nothing(
    connect: Connect, erp: VendorServer, grant: object
) -> None:
    async def granted(request: Request) -> Response:
        return JSONResponse(grant)

    erp.answer = split("/token", granted, erp.answer)

    assert (await trouble_of(connect(), erp)).trouble is Trouble.UNEXPECTED_ANSWER


async def test_settings_with_a_token_need_no_renewal_until_it_expires(
    connect: Connect, erp: VendorServer, tokens: Tokens
) -> None:
    tokens.opened["access-kept"] = "books"
    until = str(int(time.time()) + 3600)

    await hello(connect(access_token="access-kept", access_token_until=until), erp)
    assert renewals(erp) == 0

    await hello(connect(access_token="access-kept", access_token_until="1"), erp)
    assert renewals(erp) == 1


async def test_tells_no_secret_of_itself(connect: Connect, erp: VendorServer) -> None:
    secrets = InMemorySecrets()
    bearer = connect(secrets)
    await hello(bearer, erp)

    told = repr(bearer) + repr(secrets)

    assert not [each for each in ("refresh-", "access-", CLIENT[1]) if each in told]


class Changeable:
    """Secrets that somebody changes from outside."""

    def __init__(self) -> None:
        self.changed: Mapping[str, str] = {}

    async def refreshed(
        self, key: tuple[int, int], renew: Callable[[Settings], Awaitable[Settings]]
    ) -> Settings:
        return await renew(self.changed)


async def test_nothing_is_kept_of_a_renewal_that_failed() -> None:
    secrets, seen = InMemorySecrets(), list[Settings]()

    async def good(kept: Settings) -> Settings:
        seen.append(kept)
        return {"refresh_token": "second"}

    async def bad(kept: Settings) -> Settings:
        raise ErpTrouble(Trouble.TIMEOUT, "as played")

    await secrets.refreshed(KEY, good)
    with pytest.raises(ErpTrouble):
        await secrets.refreshed(KEY, bad)
    await secrets.refreshed(KEY, good)

    assert seen == [{}, {"refresh_token": "second"}]
