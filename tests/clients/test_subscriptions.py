"""A change that is made through HTTP arrives at whoever watches, with every client that can."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.tokens import LEEWAY, DemoIssuer
from tests.browser.erp_link import ErpLink
from tests.clients.answers import Answer, Client, Connection, Events
from tests.clients.books import Books
from tests.clients.kinds import KINDS, Kind
from tests.clients.watching import following, live
from tests.servers.node import NodeClients

WATCHING = {name: kind for name, kind in KINDS.items() if kind.subscriptions}
GOOD_FOR = timedelta(seconds=5)
RECONNECTING = ("graphql-ws", "graphql-sse", "Apollo Client", "urql")


@pytest.fixture(params=WATCHING)
def kind(request: pytest.FixtureRequest) -> Kind:
    return WATCHING[request.param]


async def until_unlinked(events: Events) -> AsyncIterator[Answer]:
    while True:
        answer = await following(events)
        yield answer
        if answer.errors or answer.data["invoiceChanged"]["kind"] == "UNLINKED":
            return


async def test_is_told_of_what_others_do(client: Client, books: Books) -> None:
    invoice = books.take_held()

    async with client.watch("InvoiceChanged", companyId=books.company) as events:
        first = await live(events, books, invoice)
        books.delete(invoice)
        assert await asyncio.to_thread(books.unlink, invoice) == "Success"
        last = [answer async for answer in until_unlinked(events)][-1]

    seen, unlinked = first.data["invoiceChanged"], last.data["invoiceChanged"]
    assert seen["kind"] == "RECORD_STATE_SEEN"
    assert seen["invoice"]["id"] == unlinked["invoice"]["id"] == invoice.id
    assert unlinked["invoice"]["locked"] is False
    assert unlinked["by"] == "Ada Whitfield"
    assert unlinked["link"]["endedAt"] is not None


async def test_is_told_that_the_document_is_not_valid(client: Client, books: Books) -> None:
    wrong = "subscription Wrong { invoiceChanged { nickname } }"
    async with client.watch(wrong, companyId=books.company) as events:
        answer = await following(events)

    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_is_refused_with_a_wrong_token(kind: Kind, built: NodeClients, books: Books) -> None:
    async with (
        kind.connected(built, Connection(books.url, ("wrong",))) as client,
        client.watch("InvoiceChanged", companyId=books.company) as events,
    ):
        answer = await following(events)

    assert answer.data is None
    assert answer.errors


@pytest.mark.parametrize("name", RECONNECTING)
async def test_goes_on_with_a_new_token_when_the_old_one_expires(
    name: str, built: NodeClients, erp_link: ErpLink, books: Books
) -> None:
    issuer = DemoIssuer.open(erp_link.data)
    tokens = (issuer.token("ada", GOOD_FOR - LEEWAY), issuer.token("ada"))
    expiry = datetime.now(UTC) + GOOD_FOR
    invoice = books.take_held()
    seen: list[datetime] = []

    async with (
        KINDS[name].connected(built, Connection(books.url, tokens)) as client,
        client.watch("InvoiceChanged", companyId=books.company) as events,
    ):
        while not seen or seen[-1] <= expiry:
            change = (await live(events, books, invoice)).data["invoiceChanged"]
            seen.append(datetime.fromisoformat(change["at"]))

    assert seen[0] < expiry


@pytest.mark.parametrize("name", ["graphql-ws", "graphql-sse"])
async def test_is_told_no_more_when_its_only_token_expires(
    name: str, built: NodeClients, erp_link: ErpLink, books: Books
) -> None:
    token = DemoIssuer.open(erp_link.data).token("ada", GOOD_FOR - LEEWAY)
    invoice = books.take_held()

    async with (
        KINDS[name].connected(built, Connection(books.url, (token,))) as client,
        client.watch("InvoiceChanged", companyId=books.company) as events,
    ):
        first = await live(events, books, invoice)
        while not (last := await following(events)).errors:
            pass

    assert first.errors == ()
    assert last.data is None
