"""While the store is away or full, clients are told to come again, and not that all is null."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from adapters.store.directory import SqlCompanyDirectory
from domain.budget import Allowance, Standing
from tests.endpoint.asking import WHO, ask, get, refused
from tests.fakes import FakeErp, service_asking
from tests.service import Service

NOWHERE = "postgresql+asyncpg://erp_link:s3cret@127.0.0.1:1/erp_link"
TOLD = "The store cannot be used at the moment: ask again."


async def test_without_its_database_nobody_is_told_to_log_in_again(tmp_path: Path) -> None:
    async with service_asking(FakeErp(), NOWHERE, tmp_path) as nowhere:
        for answer in (await ask(nowhere), await get(nowhere, {"query": WHO})):
            assert refused(answer, 503, "SERVICE_UNAVAILABLE") == TOLD
            assert answer.headers["retry-after"] == "1"
            assert "www-authenticate" not in answer.headers
            assert answer.json()["errors"][0]["extensions"]["retryAfterSeconds"] == 1


class Crowd:
    """A budget that lets everyone pass, and takes every place in the pool while they do."""

    allowance = Allowance(1, 1)

    def __init__(self, places: AsyncExitStack) -> None:
        self.places = places
        self.comes = False
        self.service: Service | None = None

    async def take(self, person_id: int, cost: int) -> Standing | None:
        if self.comes:
            await self.occupy()
        return None

    async def occupy(self) -> None:
        assert self.service is not None
        directory = self.service.services.directory
        assert isinstance(directory, SqlCompanyDirectory)
        while True:
            try:
                async with asyncio.timeout(0.5):
                    await self.places.enter_async_context(directory.database.engine.connect())
            except TimeoutError:
                return


@pytest.fixture
async def crowd(demo_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as places:
        crowd = Crowd(places)
        async with service_asking(FakeErp(), demo_url, tmp_path, budget=crowd) as crowd.service:
            yield crowd
            await places.aclose()


async def test_nobody_waits_long_for_a_place_in_the_pool(crowd: Crowd) -> None:
    """In the look-up of who is calling, and in the query of someone who was let in."""
    assert crowd.service is not None
    company = (await crowd.service.data("{ viewer { companies { id } } }"))["viewer"]["companies"][
        0
    ]
    page = f"{{ a: {LIST % company['id']} b: {LIST % company['id']} }}"
    crowd.comes = True

    async with asyncio.timeout(25):
        let_in, not_yet = await ask(crowd.service, page), await ask(crowd.service)

    for answer in (let_in, not_yet):
        assert refused(answer, 503, "SERVICE_UNAVAILABLE") == TOLD
        assert answer.headers["retry-after"] == "1"
    await crowd.places.aclose()
    crowd.comes = False
    assert (await ask(crowd.service, page)).json()["data"]["a"] is not None


LIST = 'syncedInvoices(companyId: "%s") { totalCount }'
