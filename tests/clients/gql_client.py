"""The Python library gql: queries and mutations over HTTP, subscriptions over a WebSocket."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

from gql import Client as Gql
from gql import GraphQLRequest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.clients.answers import Answer, Connection, Events, Told

OPERATIONS = Path(__file__).with_name("operations")


class GqlClient:
    def __init__(self, connection: Connection) -> None:
        token = {"authorization": f"Bearer {connection.tokens[0]}"}
        self._http = HTTPXAsyncTransport(connection.url, headers=token, timeout=30)
        address = connection.url.replace("http", "ws", 1)
        self._socket = WebsocketsTransport(address, init_payload=token)

    async def ask(self, document: str, **variables: object) -> Answer:
        try:
            async with Gql(transport=self._http) as session:
                return Answer(await session.execute(_request(document, variables)))
        except TransportQueryError as refusal:
            return Answer(refusal.data, _told(refusal))
        except TransportServerError as refusal:
            return Answer(errors=(Told(str(refusal), status=refusal.code),))

    @asynccontextmanager
    async def watch(self, document: str, **variables: object) -> AsyncIterator[Events]:
        async with AsyncExitStack() as stack:
            try:
                session = await stack.enter_async_context(Gql(transport=self._socket))
            except TransportConnectionFailed as refusal:
                yield _one(Answer(errors=(Told(str(refusal)),)))
                return
            events = session.subscribe(_request(document, variables))
            yield await stack.enter_async_context(aclosing(_answers(events)))


def _request(document: str, variables: dict[str, object]) -> GraphQLRequest:
    file = OPERATIONS / f"{document}.graphql" if document.isidentifier() else None
    return GraphQLRequest(file.read_text() if file else document, variable_values=variables)


async def _answers(events: AsyncGenerator[object, None]) -> AsyncGenerator[Answer, None]:
    try:
        async with aclosing(events):
            async for data in events:
                yield Answer(data)
    except TransportQueryError as refusal:
        yield Answer(refusal.data, _told(refusal))


async def _one(answer: Answer) -> AsyncIterator[Answer]:
    yield answer


def _told(refusal: TransportQueryError) -> tuple[Told, ...]:
    return tuple(
        Told(each["message"], each.get("extensions", {}).get("code"))
        for each in refusal.errors or []
    )
