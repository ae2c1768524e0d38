"""OIDC issuers on loopback: a real server, whose documents and manners a test can change."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.adapters.oidc.keys import Jwk

Answer = Callable[[Request], Awaitable[Response]]

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/keys"


def always(status: int, document: object = None) -> Answer:
    async def answer(request: Request) -> Response:
        return JSONResponse(document, status)

    return answer


class IssuerServer:
    """Several issuers by a part of the path, such as `<url>/harbor`.

    One server is for many tests: each `reset` moves to another address below the same host, so
    that a request which is late for the test before it is not counted.
    """

    def __init__(self, **config: Any) -> None:
        self._config = config
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._port = self._listening.getsockname()[1]
        # A certificate is for a name; without one, a number saves looking the name up.
        host = "https://localhost" if "ssl_certfile" in config else "http://127.0.0.1"
        self._host = f"{host}:{self._port}"
        self._resets = 0
        self._stop: Callable[[], None] | None = None
        self.reset()

    def reset(self) -> None:
        self._resets += 1
        self.keys: dict[str, list[Jwk]] = {}
        """What each issuer publishes."""
        self.answers: dict[str, Answer] = {}
        """What is said at a path instead."""
        self.asked: Counter[str] = Counter()
        self.headers: list[tuple[str, dict[str, str]]] = []
        self.arrived = threading.Event()
        self.open = threading.Event()
        self.open.set()

    @property
    def url(self) -> str:
        return f"{self._host}/{self._resets}"

    def issuer(self, name: str = "harbor") -> str:
        return f"{self.url}/{name}"

    def times_asked(self, name: str = "harbor") -> int:
        """How often the keys of an issuer were fetched."""
        return self.asked[f"/{name}{JWKS}"]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let every request wait inside the server, until the end of this block."""
        self.arrived.clear()
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()

    async def until_asked(self) -> None:
        """Wait for a request to be held."""
        assert await asyncio.to_thread(self.arrived.wait, 5)

    async def _answer(self, request: Request) -> Response:
        if request.path_params["reset"] != self._resets:
            return PlainTextResponse("too late", 410)
        path = f"/{request.path_params['path']}"
        self.asked[path] += 1
        self.headers.append((path, dict(request.headers)))
        self.arrived.set()
        if not self.open.is_set():
            await asyncio.to_thread(self.open.wait, 10)
        if path in self.answers:
            return await self.answers[path](request)
        name = path.split("/")[1]
        if name in self.keys and path == f"/{name}{DISCOVERY}":
            issuer = self.issuer(name)
            return JSONResponse({"issuer": issuer, "jwks_uri": f"{issuer}{JWKS}"})
        if name in self.keys and path == f"/{name}{JWKS}":
            return JSONResponse({"keys": self.keys[name]})
        return PlainTextResponse("nothing here", 404)

    def start(self) -> None:
        """Serve, at the same address as before if it was stopped."""
        if self._stop is not None:
            return
        if self._listening.fileno() < 0:
            self._listening = socket.create_server(("127.0.0.1", self._port))
        app = Starlette(routes=[Route("/{reset:int}/{path:path}", self._answer)])
        config = uvicorn.Config(
            app, lifespan="off", ws="none", log_config=None, access_log=False, **self._config
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([self._listening],))
        thread.start()
        while not server.started:
            time.sleep(0.002)

        def stop() -> None:
            self.open.set()
            server.should_exit = server.force_exit = True
            thread.join()
            self._listening.close()

        self._stop = stop

    def stop(self) -> None:
        """Be down: the address refuses connections."""
        if self._stop is not None:
            self._stop()
            self._stop = None


@contextmanager
def running_issuers(**config: Any) -> Iterator[IssuerServer]:
    server = IssuerServer(**config)
    server.start()
    try:
        yield server
    finally:
        server.stop()
