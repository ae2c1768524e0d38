"""The service with everything switched on that an operator may switch on."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.demo.companies import CASCADE
from schema.ids import node_id
from tests.servers.processes import free_port
from tests.service import Service, check_all, running_service
from tests.telemetry.collector import Collector, collecting
from tests.telemetry.scraping import Scraped, scrape

COMPANY = node_id("Company", CASCADE.id, CASCADE.id)
SYNCED = """
query Page($company: ID!) {
  syncedInvoices(companyId: $company, first: 2) {
    nodes { id erpLink { recordId } unlinkHistory { at } }
  }
}
"""
UNLINK = """
mutation Unlink($id: ID!) { unlinkInvoice(input: {invoiceId: $id}) { __typename } }
"""


@dataclass(frozen=True)
class Watched:
    """The service, its collector, and where its metrics are."""

    service: Service
    collector: Collector
    metrics_port: int

    def scraped(self) -> Scraped:
        return scrape(self.metrics_port)

    async def page(self, **headers: str) -> list[dict[str, Any]]:
        """The first two invoices of a demo company."""
        bearer = {"Authorization": f"Bearer {self.service.issuer.token('ada')}"}
        body = {"query": SYNCED, "variables": {"company": COMPANY}}
        answer = await self.service.http.post("/graphql", json=body, headers=bearer | headers)
        nodes: list[dict[str, Any]] = answer.json()["data"]["syncedInvoices"]["nodes"]
        return nodes

    async def unlink(self, invoice: dict[str, Any], person: str = "ada") -> str:
        data = await self.service.data(UNLINK, {"id": invoice["id"]}, person)
        outcome: str = data["unlinkInvoice"]["__typename"]
        return outcome


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")  # milliseconds, instead of 5 s
    with collecting() as started:
        yield started


@pytest.fixture
async def watched(demo_url: str, tmp_path: Path, collector: Collector) -> AsyncIterator[Watched]:
    port = free_port()
    settings = {"otlp_endpoint": collector.url, "metrics_port": port}
    async with running_service(demo_url, tmp_path, **settings) as service:
        await check_all(service.services)
        yield Watched(service, collector, port)
