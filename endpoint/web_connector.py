"""The route /web-connector: SOAP 1.1 over HTTP, for the QuickBooks Web Connector.

Who calls is told by the call itself: by the password of a connection, and then by the ticket that
was given for it. So everything is read before it is known whose it is, and is bounded: its size,
its time, and how much of what is big is parsed at one time.
"""

import asyncio

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from adapters.web_connector.operations import Call
from adapters.web_connector.qwc import PATH
from adapters.web_connector.soap import MEDIA_TYPE, SoapFault, read_call, write_answer, write_fault
from adapters.web_connector.wsdl import wsdl
from endpoint.answers import Refused
from endpoint.body import body_of, linger, too_big
from endpoint.deadline import Deadline
from endpoint.media_types import media_type_of
from endpoint.shared import Shared

MOST_BYTES = 4 * 1024 * 1024
"""An answer about 100 bills with their addresses, and some thousand deletions."""
SMALL = 64 * 1024
"""So much is parsed at once; what is more, aside, in a thread, so that nobody waits for it."""
PARSED_ASIDE = 2
WELCOME = "This address is for the QuickBooks Web Connector; ?wsdl describes it.\n"


class WebConnectorEndpoint:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._aside = asyncio.Semaphore(PARSED_ASIDE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method != "POST":
            answer: Response = _described(request)
        else:
            try:
                answer = _soap(await self._answer(request), 200)
            except Refused as refusal:
                answer = _soap(write_fault(SoapFault("Client", str(refusal))), refusal.status)
                answer.headers["Connection"] = "close"
            except SoapFault as fault:
                answer = _soap(write_fault(fault), 500)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> bytes:
        """Raises Refused, and SoapFault."""
        await _judge(request)
        body = await body_of(request, self._shared.body_seconds, MOST_BYTES)
        call = await self._call(body)
        caller = request.client.host if request.client else ""
        answering = request.state.web_connector.answer(call, caller)
        # What has begun may end an unlink: it goes on to its end, whoever leaves.
        answer = await self._shared.operations.complete(answering, lambda: True)
        return write_answer(call, answer)

    async def _call(self, body: bytes) -> Call:
        if len(body) <= SMALL:
            return read_call(body)
        async with self._aside:
            return await asyncio.to_thread(read_call, body)


async def _judge(request: Request) -> None:
    """What is judged by the headers alone. Raises Refused."""
    media_type, _ = media_type_of(request.headers.get("Content-Type", ""))
    if media_type != MEDIA_TYPE:
        raise Refused(415, "BAD_REQUEST", f"SOAP 1.1 is sent as {MEDIA_TYPE}")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "BAD_REQUEST", "the body must not be compressed")
    length = request.headers.get("Content-Length", "0")
    if length.isdigit() and int(length[:20]) > MOST_BYTES:
        await linger(request)
        raise too_big(MOST_BYTES)


def _described(request: Request) -> Response:
    """For who looks: the Web Connector does, at the host's certificate, before it calls."""
    if request.query_params.keys() & {"wsdl", "WSDL"}:
        address = str(request.url.replace(query="", fragment=""))
        return Response(wsdl(address), media_type="text/xml")
    return PlainTextResponse(WELCOME)


def _soap(body: bytes, status: int) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, MEDIA_TYPE)


def web_connector_routes(shared: Shared) -> list[BaseRoute]:
    around = [Middleware(Deadline, seconds=shared.request_seconds)]
    return [
        Route(
            PATH,
            WebConnectorEndpoint(shared),
            methods=["GET", "POST"],
            middleware=around,
        )
    ]
