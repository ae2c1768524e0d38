"""The running service, what front ends' builds make of its schema, and clients of all kinds."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.browser.erp_link import ErpLink, running_erp_link
from tests.clients.answers import Client, Connection
from tests.clients.books import Books
from tests.clients.kinds import KINDS, Kind
from tests.servers.node import NodeClients


@pytest.fixture(scope="session")
def erp_link() -> Iterator[ErpLink]:
    """One service for the session: each test works on an invoice of its own."""
    with running_erp_link() as service:
        yield service


@pytest.fixture(scope="session")
def built(node_clients: NodeClients) -> NodeClients:
    """The clients, with what graphql-codegen makes of `operations`."""
    node_clients.run("graphql-codegen", "--config", "codegen.config.js")
    return node_clients


@pytest.fixture(scope="session")
def trusted_documents(built: NodeClients) -> Path:
    """The list of trusted documents, as graphql-codegen wrote it."""
    return built.folder / "generated" / "persisted-documents.json"


@pytest.fixture(scope="session")
def books(erp_link: ErpLink, trusted_documents: Path) -> Books:
    return Books(erp_link, trusted_documents)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
async def client(kind: Kind, built: NodeClients, books: Books) -> AsyncIterator[Client]:
    async with kind.connected(built, Connection(books.url, (books.token,))) as connected:
        yield connected
