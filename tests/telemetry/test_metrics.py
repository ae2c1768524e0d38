"""What Prometheus sees: figures of requests, unlinks, ERPs and the pool, by closed labels."""

import asyncio
import json
import socket
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path

from sqlalchemy import update

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database
from adapters.store.rows import INVOICES
from schema.ids import node_key
from tests.servers.processes import free_port
from tests.service import running_service
from tests.telemetry.conftest import COMPANY, Watched
from tests.telemetry.scraping import scrape


async def test_requests_are_counted_and_timed_by_kind_and_status(watched: Watched) -> None:
    await watched.page()
    await watched.service.http.post("/graphql", json={"query": "{ viewer { name } }"})

    found = watched.scraped()
    asked = {"operation": "other", "kind": "query", "status": "200"}
    assert found.value("erp_link_requests_total", **asked) == 1
    refused = {"operation": "none", "kind": "none", "status": "401"}
    assert found.value("erp_link_requests_total", **refused) == 1
    assert found.value("erp_link_request_duration_seconds_count", kind="query") == 1


async def test_whatever_clients_call_their_operations_there_is_one_series(
    watched: Watched,
) -> None:
    for number in range(30):
        await watched.service.data(f"query Mine{number} {{ viewer {{ name }} }}")

    assert watched.scraped().labels("erp_link_requests_total", "operation") == {"other"}


async def test_unlinks_are_counted_by_erp_and_outcome(watched: Watched) -> None:
    invoice, other = await watched.page()
    DemoBills.of(Path(watched.service.bills.path).parent).delete(invoice["erpLink"]["recordId"])

    assert await watched.unlink(invoice) == "Success"
    assert await watched.unlink(other) == "StillInErp"
    assert await watched.unlink(other, "ben") == "PermissionDenied"

    found = watched.scraped()
    for outcome in ("unlinked", "still_in_erp", "permission_denied"):
        assert found.value("erp_link_unlinks_total", erp="demo", outcome=outcome) == 1


async def test_an_erp_in_trouble_is_counted_and_timed(watched: Watched, tmp_path: Path) -> None:
    [invoice, _] = await watched.page()
    before = watched.scraped().value("erp_link_erp_call_duration_seconds_count", erp="demo")
    (tmp_path / "demo-erp.sqlite").unlink()

    assert await watched.unlink(invoice) == "ErpUnavailable"

    found = watched.scraped()
    assert found.value("erp_link_erp_call_duration_seconds_count", erp="demo") == before + 1
    assert found.value("erp_link_erp_troubles_total", erp="demo", trouble="unreachable") == 1


async def test_errors_are_counted_by_code(watched: Watched) -> None:
    await watched.service.post("{ nope }")
    await watched.service.post("{ viewer {")

    codes = watched.scraped().labels("erp_link_errors_total", "code")
    assert codes == {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}


async def test_what_is_rendered_of_rows_is_counted_and_what_could_not_be(watched: Watched) -> None:
    """The counts are the process's, and so those of all tests before."""
    before = watched.scraped()
    document = "query($id: ID!) { subcontractorInvoice(id: $id) { number percentComplete } }"
    [invoice, _] = await watched.page()
    await watched.service.data(document, {"id": invoice["id"]})
    await _cannot_be_shown(watched, invoice["id"])
    answer = await watched.service.post(document, {"id": invoice["id"]})
    assert answer.json()["errors"][0]["path"] == ["subcontractorInvoice", "percentComplete"]

    def grown(way: str) -> float:
        now, name = watched.scraped(), "erp_link_row_values_total"
        return now.value(name, way=way) - before.value(name, way=way)

    assert grown("rendered") == 1
    assert grown("executed") >= 1


async def _cannot_be_shown(watched: Watched, id: str) -> None:
    key = node_key(id)
    assert key is not None
    database: Database = watched.service.services.invoices.database  # type: ignore[attr-defined]
    here = INVOICES.c.company_id == key.company_id, INVOICES.c.id == int(key.local_id)
    async with database.writing() as connection:
        spoilt = update(INVOICES).where(*here).values(percent_complete="most of it")
        await connection.execute(spoilt)


async def test_the_pool_the_build_and_the_process_are_told_of(watched: Watched) -> None:
    await watched.page()

    found = watched.scraped()
    assert found.value("erp_link_database_connections", state="in_use") == 0
    assert found.value("erp_link_database_connections", state="idle") >= 1
    assert found.value("erp_link_database_connections_max") >= 5
    assert found.value("erp_link_database_connections_waiting") == 0
    assert found.labels("erp_link_build_info", "version") == {"0.1.0"}
    assert found.value("process_resident_memory_bytes") > 1e6
    assert COMPANY not in found.text


async def test_several_processes_of_one_service_have_a_port_each_from_the_first_on(
    demo_url: str, tmp_path: Path
) -> None:
    port = free_port()
    async with (
        running_service(demo_url, tmp_path, metrics_port=port) as one,
        running_service(demo_url, tmp_path, metrics_port=port),
    ):
        await one.data("{ viewer { name } }")

        asked = {"operation": "none", "kind": "query", "status": "200"}
        assert scrape(port).value("erp_link_requests_total", **asked) == 1
        assert scrape(port + 1).value("erp_link_requests_total", **asked) == 0


async def test_unless_a_port_is_set_nobody_listens_for_scrapes_and_no_route_shows_them(
    demo_url: str, tmp_path: Path
) -> None:
    async with running_service(demo_url, tmp_path) as service:
        assert (await service.http.get("/metrics")).status_code == 404


def test_metrics_are_for_this_machine_alone_unless_asked_otherwise(watched: Watched) -> None:
    listening = Path("/proc/net/tcp").read_text()

    loopback = socket.inet_aton("127.0.0.1")[::-1].hex().upper()
    assert f"{loopback}:{watched.metrics_port:04X}" in listening
    assert f"00000000:{watched.metrics_port:04X}" not in listening


async def test_operations_of_trusted_documents_are_counted_by_their_names(
    demo_url: str, tmp_path: Path
) -> None:
    document = "query WhoAmI { viewer { name } }"
    digest = sha256(document.encode()).hexdigest()
    trusted, port = tmp_path / "documents.json", free_port()
    trusted.write_text(json.dumps({digest: document}))
    settings = {"trusted_documents": trusted, "metrics_port": port}
    async with running_service(demo_url, tmp_path, **settings) as service:
        await service.data(document)

        asked = {"operation": "WhoAmI", "kind": "query", "status": "200"}
        assert scrape(port).value("erp_link_requests_total", **asked) == 1


async def test_who_waits_for_a_connection_is_counted(watched: Watched) -> None:
    database: Database = watched.service.services.invoices.database  # type: ignore[attr-defined]
    most = int(watched.scraped().value("erp_link_database_connections_max"))
    async with AsyncExitStack() as held:
        for _ in range(most):
            await held.enter_async_context(database.reading())
        late = asyncio.create_task(watched.service.post("{ viewer { name } }"))

        async with asyncio.timeout(4):
            found = watched.scraped()
            while not found.value("erp_link_database_connections_waiting"):
                await asyncio.sleep(0.01)
                found = watched.scraped()

        assert found.value("erp_link_database_connections", state="in_use") == most
    await late
