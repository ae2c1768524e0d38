"""The clients, each under the name that the tests give it, and what it can do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

from tests.clients.answers import Client, Connection
from tests.clients.gql_client import GqlClient
from tests.clients.node_client import connected
from tests.servers.node import NodeClients


@dataclass(frozen=True)
class Kind:
    driver: str
    """The module in `drivers`; empty for Python's gql."""
    subscriptions: Literal["websocket", "sse"] | None
    """How it subscribes, if it does."""
    hashes: bool = False
    """Whether it can name a document by its hash."""
    refused: int | None = None
    """What it shows of a wrong token: HTTP's status or the socket's code; None: our own code."""

    @asynccontextmanager
    async def connected(
        self, clients: NodeClients, connection: Connection
    ) -> AsyncIterator[Client]:
        chosen = replace(connection, subscriptions=self.subscriptions or "websocket")
        if not self.driver:
            yield GqlClient(chosen)
            return
        async with connected(clients, self.driver, chosen) as client:
            yield client


KINDS = {
    "Apollo Client": Kind("apollo", "websocket", hashes=True),
    "urql": Kind("urql", "websocket", hashes=True),
    "urql by fetch": Kind("urql", "sse", hashes=True),
    "graphql-request": Kind("graphql_request", None),
    "graphql-ws": Kind("graphql_ws", "websocket", refused=4403),
    "graphql-sse": Kind("graphql_sse", "sse", refused=401),
    "gql": Kind("", "websocket"),
}
