"""What the commands about connections work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.settings import Settings
from adapters.stored_erps import StoredErps, name_of
from adapters.vault import Vault
from app import open_erps, open_services
from command_line.told import read_settings, require_current, stop
from domain.erps import ErpIntegration
from resolvers.context import Services


@dataclass(frozen=True, slots=True)
class Everything:
    """What the commands work with, open."""

    settings: Settings
    services: Services
    erps: StoredErps

    @property
    def vault(self) -> Vault:
        return self.erps.vault

    async def integrations(self, company: int | None) -> list[ErpIntegration]:
        """Those of one company, or of all."""
        every = [each.id for each in await self.services.directory.companies()]
        if company is not None and company not in every:
            stop(f"company {company} is not known")
        return [
            integration
            for company_id in (every if company is None else [company])
            for integration in await self.services.invoices.integrations(company_id)
        ]

    async def integration(self, company: int, id: int) -> ErpIntegration:
        found = await self.integrations(company)
        if (one := next((each for each in found if each.id == id), None)) is None:
            stop(f"company {company} has no ERP integration {id}")
        return one


@asynccontextmanager
async def opened() -> AsyncIterator[Everything]:
    settings = read_settings()
    async with open_services(settings) as (database, services):
        await require_current(database)
        async with open_erps(settings, database) as erps:
            yield Everything(settings, services, erps)


def named(one: ErpIntegration) -> str:
    return f"{name_of(one)} {one.name} ({one.erp})"
