"""The company that a file is for, and which of its ERP integrations the records are in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.problems import Problem, refused
from adapters.store.rows import INTEGRATIONS, table
from adapters.store.statements import inside
from adapters.store.tables import CompanyRow

COMPANIES = table(CompanyRow)


@dataclass(frozen=True, slots=True)
class Target:
    """Where requisitions go. Without an integration, `reason` says why there is none."""

    company_id: int
    currency: str
    integration_id: int | None
    reason: str = ""

    def refusal_of_links(self) -> list[Problem]:
        return [] if self.integration_id is not None else [Problem(0, "origin_id", self.reason)]


async def target(
    connection: AsyncConnection, company_id: int, integration_id: int | None
) -> Target:
    """Find the company, and let no other import of its data begin before this transaction ends.

    The lock is on the company's own row: links, invoices and unlinks refer to it unhindered.
    Raises ImportRefused for a company or an integration that is not known.
    """
    query = select(COMPANIES.c.currency).where(COMPANIES.c.id == company_id)
    currency = await connection.scalar(query.with_for_update(key_share=True))
    if currency is None:
        raise refused(f"company {company_id} is not known: import its directory first")
    found = await connection.execute(
        select(INTEGRATIONS.c.id, INTEGRATIONS.c.name)
        .where(inside(company_id, INTEGRATIONS))
        .order_by(INTEGRATIONS.c.id)
    )
    names: dict[int, str] = {id: name for id, name in found}
    if integration_id is None:
        only = next(iter(names)) if len(names) == 1 else None
        return Target(company_id, currency, only, _why_none(company_id, names))
    if integration_id not in names:
        raise refused(
            f"company {company_id} has no ERP integration {integration_id}, only {_listed(names)}"
        )
    return Target(company_id, currency, integration_id)


def _why_none(company_id: int, names: dict[int, str]) -> str:
    if not names:
        return (
            f"company {company_id} has no ERP integration that these records could be in: "
            "add it to the company's directory and import that first"
        )
    return f"say which ERP integration these records are in: {_listed(names)}"


def _listed(names: dict[int, str]) -> str:
    return ", ".join(f"{id} ({name})" for id, name in names.items()) or "none at all"
