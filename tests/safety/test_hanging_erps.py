"""I6: an ERP that hangs costs its own company's unlinks their deadline, and others nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.erps._guard import Bounds
from adapters.imports import import_directory
from adapters.store.engine import Database
from domain.erps import Canary, RecordId, Sighting, Trouble
from domain.pages import PageRequest, SyncedInvoiceFilter, SyncedInvoiceOrder
from domain.rows import Selection
from domain.unlinking import ErpUnavailable, Unlinked
from schema.ids import node_id
from tests.databases import connections_in_use
from tests.safety.books import books
from tests.safety.company import (
    COMPANY,
    INTEGRATION,
    a_directory,
    a_requisition,
    bring_in,
    found_company,
    look,
    record_of,
    services_on,
)
from tests.safety.played_erp import PlayedErp
from tests.safety.steps import ada, unlink_as
from tests.service import Service, running_service

HANGING, WELL = COMPANY, COMPANY + 1
ALL_HANGING = (HANGING, *range(COMPANY + 2, COMPANY + 16))
"""One connection alone is never asked by many at once."""
DEADLINE = 3.0
PATIENCE = 20
"""Seconds until a test gives up; nothing is asserted of time but that it ends."""

AT_ONCE = 10
"""Fewer than the connections that the database offers."""

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class HangingErp:
    """Never answers. `asked` goes up with each question."""

    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        self.asked.release()
        await asyncio.Event().wait()
        raise AssertionError

    async def choose_canary(self) -> Canary | None:
        raise NotImplementedError

    async def asked_times(self, times: int) -> None:
        for _ in range(times):
            await self.asked.acquire()


async def test_fifty_unlinks_that_wait_for_an_erp_hold_no_connection(database: Database) -> None:
    invoices = range(1, 51)
    well = services_on(database, PlayedErp())
    for company_id in (HANGING, WELL):
        await found_company(database, invoices, company_id)
        await look(well, company_id)
    erp = HangingErp()
    deleted = PlayedErp({record_of(id) for id in invoices})
    services = services_on(database, erp, DEADLINE, others={WELL: deleted})
    viewer = await ada(services)

    async with asyncio.timeout(PATIENCE):
        waiting = [asyncio.create_task(unlink_as(viewer, services, id)) for id in invoices]
        await erp.asked_times(50)
        assert connections_in_use(database) == 0
        others = [unlink_as(viewer, services, id, WELL) for id in invoices]
        answers = await asyncio.gather(*others)
        page = await services.invoices.page(
            HANGING,
            SyncedInvoiceFilter(),
            SyncedInvoiceOrder(),
            PageRequest(25),
            Selection.of("number"),
        )
        assert not any(task.done() for task in waiting)
        ends = await asyncio.gather(*waiting)

    assert all(isinstance(answer, Unlinked) for answer in answers)
    assert len(page.entries) == 25
    assert all(isinstance(end, ErpUnavailable) and end.trouble is Trouble.TIMEOUT for end in ends)
    held = await books(database, HANGING)
    assert {held.invoice(id).state() for id in invoices} == {"old"}
    assert held.outcomes() == {"erp_unavailable": 50}


@asynccontextmanager
async def listening(answer: Callable[[Stream], Awaitable[None]]) -> AsyncIterator[str]:
    """A server on loopback that does with each connection what it is told to; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer((reader, writer))
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/books"
    finally:
        server.close()


async def never(stream: Stream) -> None:
    await stream[0].read()  # until the other side goes


async def drop_by_drop(stream: Stream) -> None:
    """An answer that goes on and on: no single wait of it is long."""
    stream[1].write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while not stream[1].is_closing():
        stream[1].write(b" ")
        await stream[1].drain()
        await asyncio.sleep(0.05)


async def failing(stream: Stream) -> None:
    await stream[0].readuntil(b"\r\n\r\n")
    stream[1].write(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await stream[1].drain()


UNLINK = """
mutation($id: ID!) {
  unlinkInvoice(input: {invoiceId: $id}) { ... on ErpUnavailable { reason } }
}
"""


async def reason(service: Service, company_id: int, invoice_id: int) -> str:
    id = node_id("SubcontractorInvoice", company_id, invoice_id)
    found: str = (await service.data(UNLINK, {"id": id}))["unlinkInvoice"]["reason"]
    return found


def connections(hanging: str, well: str) -> dict[str, Any]:
    return {
        f"{company_id}/{INTEGRATION}": {"url": url, "key": "none", "company": "1"}
        for company_id, url in (*((each, hanging) for each in ALL_HANGING), (WELL, well))
    }


async def with_tryton(database: Database, count: int, *companies: int) -> None:
    """Companies whose invoices are linked with records of a Tryton."""
    for company_id in companies:
        await import_directory(database, a_directory(company_id, erp="tryton"))
        numbered = (a_requisition(id, origin_id=str(id), items=[]) for id in range(1, count + 1))
        await bring_in(database, numbered, company_id)


async def test_more_hanging_calls_than_connections_do_not_slow_another_company(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    each = Bounds().in_flight
    count = each * len(ALL_HANGING)
    await with_tryton(database, 10, *ALL_HANGING, WELL)
    asked, on_the_way = asyncio.Semaphore(0), asyncio.Semaphore(AT_ONCE)

    async def hang(stream: Stream) -> None:
        asked.release()
        on_the_way.release()
        await never(stream)

    async def unlink(service: Service, company_id: int, id: int) -> str:
        # A burst of all of them would be waiting for the database, not for the ERP.
        await on_the_way.acquire()
        return await reason(service, company_id, id)

    async with (
        asyncio.timeout(60),
        listening(hang) as hanging,
        listening(failing) as well,
        running_service(
            database_url,
            tmp_path,
            erp_deadline_seconds=15,
            connections=connections(hanging=hanging, well=well),
        ) as service,
    ):
        waiting = [
            asyncio.create_task(unlink(service, company_id, id))
            for id in range(1, each + 1)
            for company_id in ALL_HANGING
        ]
        for _ in range(count):
            await asked.acquire()
        answers = await asyncio.gather(*(reason(service, WELL, id) for id in range(1, 11)))
        assert not any(task.done() for task in waiting)
        ends = await asyncio.gather(*waiting)

    assert count == 120
    assert set(answers) == {"SERVER_ERROR"}
    assert set(ends) == {"TIMEOUT"}
    for company_id in ALL_HANGING:
        held = await books(database, company_id)
        assert held.outcomes() == {"erp_unavailable": each}
        assert len(held.active()) == 10


async def test_more_unlinks_than_one_connection_takes_wait_in_line_and_end(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await with_tryton(database, 40, HANGING, WELL)

    async with (
        asyncio.timeout(PATIENCE),
        listening(never) as hanging,
        listening(failing) as well,
        running_service(
            database_url,
            tmp_path,
            erp_deadline_seconds=3,
            connections=connections(hanging=hanging, well=well),
        ) as service,
    ):
        waiting = [asyncio.create_task(reason(service, HANGING, id)) for id in range(1, 41)]
        answers = await asyncio.gather(*(reason(service, WELL, id) for id in range(1, 6)))
        ends = await asyncio.gather(*waiting)

    assert set(answers) == {"SERVER_ERROR"}
    assert set(ends) == {"TIMEOUT"}
    assert (await books(database, HANGING)).outcomes() == {"erp_unavailable": 40}


async def test_an_answer_that_comes_drop_by_drop_ends_at_the_deadline(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await with_tryton(database, 1, HANGING, WELL)

    async with (
        asyncio.timeout(PATIENCE),
        listening(drop_by_drop) as slow,
        running_service(
            database_url,
            tmp_path,
            erp_deadline_seconds=0.5,
            connections=connections(hanging=slow, well=slow),
        ) as service,
    ):
        assert await reason(service, HANGING, 1) == "TIMEOUT"

    assert (await books(database, HANGING)).outcomes() == {"erp_unavailable": 1}
