"""To watch what happens through a client, and to be sure that it watches already."""

import asyncio

from tests.clients.answers import Answer, Events, Told
from tests.clients.books import Books, Held


async def following(events: Events) -> Answer:
    """The next event. The end is told as an error."""
    async with asyncio.timeout(30):
        return await anext(events, Answer(errors=(Told("it has ended"),)))


async def live(events: Events, books: Books, invoice: Held) -> Answer:
    """Refused attempts to unlink, until the first of them is told of: from then on it watches."""
    first = asyncio.create_task(following(events))
    while not first.done():
        assert await asyncio.to_thread(books.unlink, invoice) == "StillInErp"
        await asyncio.wait({first}, timeout=0.2)
    return first.result()
