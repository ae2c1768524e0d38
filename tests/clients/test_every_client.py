"""What every client must be able to do: ask, unlink, and show what was wrong."""

from tests.clients.answers import Client, Connection
from tests.clients.books import Books
from tests.clients.kinds import Kind
from tests.servers.node import NodeClients

RED = "The requisition is still in your ERP system. Please delete it before retrying."
GREEN = "Successfully Unlinked"


async def test_reads_a_page(client: Client, books: Books) -> None:
    first = await client.ask("SyncedInvoices", companyId=books.company, first=2)
    page = first.data["syncedInvoices"]
    after = page["pageInfo"]["endCursor"]
    second = await client.ask("SyncedInvoices", companyId=books.company, first=2, after=after)

    assert first.errors == second.errors == ()
    next_page = second.data["syncedInvoices"]
    ids = [each["id"] for each in [*page["nodes"], *next_page["nodes"]]]
    assert len(set(ids)) == 4
    assert page["totalCount"] == next_page["totalCount"] > 4


async def test_unlinks_an_invoice_once_its_bill_is_deleted(client: Client, books: Books) -> None:
    invoice = books.take_held()

    refused = (await client.ask("Unlink", invoiceId=invoice.id)).data["unlinkInvoice"]
    books.delete(invoice)
    unlinked = (await client.ask("Unlink", invoiceId=invoice.id)).data["unlinkInvoice"]

    assert (refused["message"], refused["code"]) == (RED, "STILL_IN_ERP")
    assert unlinked["message"] == GREEN
    assert unlinked["invoice"]["id"] == invoice.id
    assert unlinked["invoice"]["locked"] is False


async def test_shows_that_a_document_is_not_valid(client: Client) -> None:
    answer = await client.ask("query Wrong { viewer { nickname } }")

    assert answer.data is None
    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_shows_that_a_variable_is_wrong(client: Client) -> None:
    answer = await client.ask("SyncedInvoices", companyId=None)

    assert answer.data is None
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_shows_that_a_limit_is_exceeded(client: Client) -> None:
    aliases = " ".join(f"a{n}: viewer {{ name }}" for n in range(100))

    answer = await client.ask(f"query Wide {{ {aliases} }}")

    assert answer.data is None
    assert answer.codes == ["LIMIT_EXCEEDED"]


async def test_shows_that_the_token_is_wrong(kind: Kind, built: NodeClients, books: Books) -> None:
    async with kind.connected(built, Connection(books.url, ("wrong",))) as client:
        answer = await client.ask("WhoAmI")

    assert answer.data is None
    (error,) = answer.errors
    if kind.refused:
        assert error.status == kind.refused
    else:
        assert error.code == "UNAUTHENTICATED"
