"""The outside, played by the tests: an ERP. All else is the real thing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import SQLModel
from starlette.types import Receive, Scope, Send

from adapters.erps.demo import DemoBills
from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.store.machines import open_machines
from adapters.store.patience import SERVING
from adapters.tokens import DemoIssuer
from app import create_app, open_services
from domain.erps import Canary, ErpIntegration, RecordId, RecordState, Sighting
from domain.ports import CostBudget, Erp, Erps
from resolvers.check_integration import check_integration
from serving.draining import Draining
from tests.builders import CANARY
from tests.service import Service


async def _at_once() -> None:
    pass


@dataclass
class FakeErp:
    """An ERP that holds what a test says it holds, and remembers what it was asked.

    `meanwhile` happens while it looks up: it may wait, change something, or raise.
    """

    states: dict[str, RecordState] = field(default_factory=dict)
    """By record id. A record that is not named is open."""
    documents: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], Awaitable[None]] = _at_once
    asked: list[list[RecordId]] = field(default_factory=list)

    def of(self, integration: ErpIntegration) -> Erp:
        return self

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        self.asked.append(list(record_ids))
        as_of = datetime.now(UTC)
        await self.meanwhile()
        return [self._sighting(record_id, as_of) for record_id in record_ids]

    async def choose_canary(self) -> Canary | None:
        return CANARY

    def _sighting(self, record_id: RecordId, as_of: datetime) -> Sighting:
        state = self.states.get(record_id, RecordState.OPEN)
        there = state is not RecordState.ABSENT
        return Sighting(
            record_id,
            state,
            as_of,
            f"{record_id} is {state.value}",
            document_number=self.documents.get(record_id, f"DOC of {record_id}") if there else None,
            fingerprint=f"print of {record_id}" if there else None,
            address=self.addresses.get(record_id),
        )


@asynccontextmanager
async def service_asking(
    erp: Erps, url: str, folder: Path, **settings: Any
) -> AsyncIterator[Service]:
    """The real application with this ERP behind every integration.

    What the application does not catch is answered as a server answers it: with a bare 500.
    `budget` is no setting: it stands in for the callers' budgets, on a clock of the test's own.
    """
    budget: CostBudget | None = settings.pop("budget", None)
    chosen = Settings(database_url=SecretStr(url), data_dir=folder, **settings)
    app = create_app(chosen)
    async with (
        open_services(chosen, SERVING) as (database, opened),
        open_machines(database) as machines,
    ):
        services = replace(opened, erps=erp, budget=budget or opened.budget)
        issuer = DemoIssuer.open(folder)
        state = {
            "database": database,
            "services": services,
            "issuer": issuer,
            "machines": machines,
            "draining": Draining(),
        }

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        transport = httpx2.ASGITransport(app=with_state, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://erp-link") as http:
            yield Service(http, services, issuer, DemoBills.of(folder))


async def check(service: Service, company_id: int) -> None:
    """Have the canary chosen and the linked records seen, as `erp-link check` does."""
    for integration in await service.services.invoices.integrations(company_id):
        await check_integration(service.services, integration)


Contents = dict[str, list[tuple[Any, ...]]]


async def contents(database: Database, company_id: int) -> Contents:
    """All that the database holds of a company, table by table."""
    tables = [table for table in SQLModel.metadata.sorted_tables if "company_id" in table.c]
    found: Contents = {}
    async with database.reading() as connection:
        for table in tables:
            rows = await connection.execute(select(table).where(table.c.company_id == company_id))
            found[table.name] = sorted(map(tuple, rows), key=repr)
    return found


def without_attempts(found: Contents) -> Contents:
    return {name: rows for name, rows in found.items() if name != "unlink_attempts"}
