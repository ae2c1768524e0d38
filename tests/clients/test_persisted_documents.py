"""Documents by their hash: Apollo's automatic persisted queries, and trusted documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.erp_link import running_erp_link
from tests.clients.answers import Answer, Connection, Sent
from tests.clients.books import Books
from tests.clients.kinds import KINDS, Kind
from tests.clients.watching import live
from tests.servers.node import NodeClients

HASHING = {name: kind for name, kind in KINDS.items() if kind.hashes}


@pytest.fixture(params=HASHING)
def kind(request: pytest.FixtureRequest) -> Kind:
    return HASHING[request.param]


@pytest.fixture(scope="session")
def trusting(trusted_documents: Path) -> Iterator[Books]:
    """A service that runs nothing but the documents of the clients' build."""
    with running_erp_link(trusted_documents=trusted_documents) as service:
        yield Books(service, trusted_documents)


def texts(answer: Answer) -> list[bool]:
    """Of each request by HTTP, whether it held the document's text; each held its hash."""
    assert all("sha256Hash" in hashed(each) for each in answer.sent)
    return ["query" in each.parameters for each in answer.sent]


def hashed(sent: Sent) -> str:
    return str(sent.parameters["extensions"])


async def test_a_text_is_sent_once_and_then_its_hash_alone(
    kind: Kind, built: NodeClients, books: Books
) -> None:
    connection = Connection(books.url, (books.token,), documents="automatic")
    # A text of its own: each client is the first to send it.
    query = f"query By{kind.driver}{kind.subscriptions} {{ viewer {{ name }} }}"
    async with kind.connected(built, connection) as client:
        first = await client.ask(query)
        second = await client.ask(query)

    assert first.errors == second.errors == ()
    assert first.data["viewer"]["name"] == second.data["viewer"]["name"] == "Ada Whitfield"
    assert texts(first) == [False, True]
    assert texts(second) == [False]


async def test_trusted_documents_are_run_by_their_hash(
    kind: Kind, built: NodeClients, trusting: Books
) -> None:
    connection = Connection(trusting.url, (trusting.token,), documents="trusted")
    invoice = trusting.take_held()
    async with kind.connected(built, connection) as client:
        page = await client.ask("SyncedInvoices", companyId=trusting.company, first=2)
        refused = await client.ask("Unlink", invoiceId=invoice.id)

    assert len(page.data["syncedInvoices"]["nodes"]) == 2
    assert refused.data["unlinkInvoice"]["code"] == "STILL_IN_ERP"
    assert texts(page) == texts(refused) == [False]


@pytest.mark.parametrize("name", ["urql", "urql by fetch"])
async def test_trusted_subscriptions_are_run_by_their_hash(
    name: str, built: NodeClients, trusting: Books
) -> None:
    connection = Connection(trusting.url, (trusting.token,), documents="trusted")
    invoice = trusting.take_held()
    async with (
        KINDS[name].connected(built, connection) as client,
        client.watch("InvoiceChanged", companyId=trusting.company) as events,
    ):
        change = await live(events, trusting, invoice)

    assert change.errors == ()
    assert change.data["invoiceChanged"]["invoice"]["id"] == invoice.id


async def test_nothing_else_is_run_where_documents_are_trusted(
    kind: Kind, built: NodeClients, trusting: Books
) -> None:
    async with kind.connected(built, Connection(trusting.url, (trusting.token,))) as client:
        answer = await client.ask("query Other { viewer { name } }")

    assert answer.data is None
    assert answer.codes == ["DOCUMENT_NOT_TRUSTED"]
