"""A server of issuers, and the service's side of it, with a clock that the test moves."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from adapters.oidc import Issuers, open_issuers
from adapters.oidc_settings import OidcIssuer
from adapters.tokens import InvalidToken
from tests.adapters.oidc.keys import a_jwk, a_key
from tests.adapters.oidc.server import IssuerServer, running_issuers
from tests.adapters.oidc.tokens import NOON, Mint


@dataclass
class Clock:
    """The time of day, and the time that runs; both stand still until they are moved."""

    time_of_day: float = NOON
    ticks: float = 0

    def now(self) -> float:
        return self.time_of_day

    def running(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        self.time_of_day += seconds
        self.ticks += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="package")
def shared_server() -> Iterator[IssuerServer]:
    with running_issuers() as started:
        yield started


@pytest.fixture
def server(shared_server: IssuerServer) -> Iterator[IssuerServer]:
    """A server with the issuer `harbor` and its one key, and nobody else's traffic."""
    shared_server.start()
    shared_server.reset()
    shared_server.keys["harbor"] = [a_jwk(a_key("rsa"), "rsa")]
    yield shared_server
    shared_server.open.set()


@pytest.fixture
def mint(server: IssuerServer) -> Mint:
    return Mint(server.issuer())


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    # An empty context: reading the machine's certificates takes longer than most tests.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with httpx2.AsyncClient(verify=context) as client:
        yield client


Opening = Callable[..., AbstractAsyncContextManager[Issuers]]


@pytest.fixture
def opening(http: httpx2.AsyncClient, clock: Clock) -> Opening:
    """Open the issuers of these names, or as they are configured here."""

    @asynccontextmanager
    async def opened(*issuers: str | OidcIssuer) -> AsyncIterator[Issuers]:
        configured = [OidcIssuer(issuer=i) if isinstance(i, str) else i for i in issuers]
        async with open_issuers(configured, http, clock.now, clock.running) as open_:
            yield open_

    return opened


@pytest.fixture
async def issuers(server: IssuerServer, opening: Opening) -> AsyncIterator[Issuers]:
    async with opening(server.issuer()) as opened:
        yield opened


async def refusal(issuers: Issuers, token: str) -> str:
    """Why the token is refused; nothing of the token is in it, nor behind it."""
    with pytest.raises(InvalidToken) as caught:
        await issuers.identity_of(token)
    problem, told = caught.value, str(caught.value)
    assert problem.__cause__ is None
    assert problem.__context__ is None or problem.__suppress_context__
    assert not any(part in told for part in token.split(".") if part)
    return told


def rotate(server: IssuerServer, *, keep: bool = True) -> Mint:
    """Publish a new key, and say who signs with it."""
    old = server.keys["harbor"] if keep else []
    server.keys["harbor"] = [*old, a_jwk(a_key("rsa", "rotated"), "new")]
    return Mint(server.issuer(), key_id="new", owner="rotated")
