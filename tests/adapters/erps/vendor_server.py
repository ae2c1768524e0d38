"""The vendor's side of a connection: a real server on loopback, which answers as it is told."""

import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Answer = Callable[[Request], Awaitable[Response]]


async def nothing_here(request: Request) -> Response:
    return PlainTextResponse("nothing here", 404)


class VendorServer:
    """What was asked, and when it came in; `answer` decides what is said."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reset()

    def reset(self) -> None:
        self.answer: Answer = nothing_here
        self.requests: list[Request] = []
        self.arrivals: list[datetime] = []

    async def endpoint(self, request: Request) -> Response:
        self.arrivals.append(datetime.now(UTC))
        self.requests.append(request)
        return await self.answer(request)


@contextmanager
def running_vendor_server() -> Iterator[VendorServer]:
    listening = socket.create_server(("127.0.0.1", 0))
    vendor = VendorServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    app = Starlette(routes=[Route("/{path:path}", vendor.endpoint)])
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield vendor
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
