"""What goes the straight way is forgotten at once: nothing waits for the garbage collector.

What waits grows the process under load, for it is looked for the more rarely the busier all is.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.endpoint.asking import ask
from tests.service import Service

ROOMS = ("schema", "resolvers", "domain", "adapters", "endpoint", "telemetry", "strawberry")
COMPANIES = "{ viewer { companies { id } } }"
ANSWERED = [
    "{ viewer { name } }",
    '{{ syncedInvoices(companyId: "{company}") {{ nodes {{ id vendor {{ name }} }} }} }}',
    'mutation {{ unlinkInvoice(input: {{ invoiceId: "{company}" }}) {{ __typename }} }}',
]


@contextmanager
def collecting_what_waits() -> Iterator[list[object]]:
    """What is found in no other way than by the collector, of our own and of Strawberry's."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    waiting: list[object] = []
    try:
        yield waiting
        gc.collect()
        rooms = {type(each): type(each).__module__.split(".")[0] for each in gc.garbage}
        waiting += [each for each in gc.garbage if rooms[type(each)] in ROOMS]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("query", ANSWERED)
async def test_an_answered_request_leaves_nothing_behind(service: Service, query: str) -> None:
    companies = (await ask(service, COMPANIES)).json()["data"]["viewer"]["companies"]
    query = query.format(company=companies[0]["id"]) if "{company}" in query else query
    first = await ask(service, query)  # after this one the document is kept

    with collecting_what_waits() as waiting:
        again = await ask(service, query)

    assert again.json()["data"] == first.json()["data"]
    assert waiting == []
