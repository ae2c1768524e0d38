"""The audit of unlinks, and the one transaction that unlinks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select, update

from adapters.store import rows, statements
from adapters.store.cases import Cases
from adapters.store.engine import Database
from adapters.store.sightings import keep_sightings
from adapters.store.unlinking import Unlinking
from domain.erps import Canary, ErpIntegration, Sighting
from domain.invoices import SubcontractorInvoice
from domain.permissions import Reader
from domain.rows import NOTHING, Selection
from domain.unlinking import UnlinkAttempt, UnlinkCase


class SqlUnlinkLedger:
    """`domain.ports.UnlinkLedger` over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._cases = Cases(database)
        self._unlinking = Unlinking(database)

    async def aclose(self) -> None:
        """Wait for what follows unlinks that are done."""
        await self._unlinking.aclose()

    async def case(self, company_id: int, invoice_id: int, by: int | Reader) -> UnlinkCase | None:
        return await self._cases.read(company_id, invoice_id, by)

    async def case_later(
        self, company_id: int, invoice_id: int, person_id: int
    ) -> UnlinkCase | None:
        return await self._cases.read_later(company_id, invoice_id, person_id)

    async def attempts(
        self, company_id: int, invoice_ids: Sequence[int], limit: int
    ) -> Mapping[int, Sequence[UnlinkAttempt]]:
        async with self.database.reading() as connection:
            found = (await connection.execute(_newest(company_id, invoice_ids, limit))).all()
        by_invoice: dict[int, list[UnlinkAttempt]] = {id: [] for id in invoice_ids}
        for row in found:
            own, its_link, its_integration = rows.split(
                row, (rows.ATTEMPTS, rows.LINKS, rows.INTEGRATIONS)
            )
            link = rows.link(its_link, its_integration) if its_link["id"] else None
            by_invoice[own["invoice_id"]].append(rows.attempt(own, link))
        return by_invoice

    async def record(self, attempt: UnlinkAttempt, sighting: Sighting | None = None) -> None:
        if sighting is None:
            await self._unlinking.record(attempt)
        else:
            await self._unlinking.refuse(attempt, sighting)

    async def unlink(
        self,
        attempt: UnlinkAttempt,
        sighting: Sighting | None = None,
        wanted: Selection = NOTHING,
    ) -> SubcontractorInvoice | None:
        return await self._unlinking.unlink(attempt, sighting, wanted)

    async def saw(
        self, company_id: int, sightings: Sequence[tuple[SubcontractorInvoice, Sighting]]
    ) -> None:
        await keep_sightings(self.database, company_id, sightings)

    async def keep_canary(self, integration: ErpIntegration, canary: Canary) -> None:
        table = rows.INTEGRATIONS
        statement = update(table).where(
            statements.inside(integration.company_id, table), table.c.id == integration.id
        )
        async with self.database.writing() as connection:
            await connection.execute(
                statement.values(
                    canary_record_id=canary.record_id, canary_fingerprint=canary.fingerprint
                )
            )


def _newest(company_id: int, invoice_ids: Sequence[int], limit: int) -> Select[Any]:
    """The newest attempts on each invoice with the link that each was about."""
    table = rows.ATTEMPTS
    newest_first = (table.c.attempted_at.desc(), table.c.id.desc())
    rank = func.row_number().over(partition_by=table.c.invoice_id, order_by=newest_first)
    ranked = (
        select(table.c.id, rank.label("rank"))
        .where(statements.inside(company_id, table), table.c.invoice_id.in_(invoice_ids))
        .subquery()
    )
    source = (
        table.join(ranked, and_(ranked.c.id == table.c.id, ranked.c.rank <= limit))
        .outerjoin(rows.LINKS, statements.referred(table, "link_id", rows.LINKS))
        .outerjoin(
            rows.INTEGRATIONS,
            statements.referred(rows.LINKS, "integration_id", rows.INTEGRATIONS),
        )
    )
    return (
        select(*table.c, *rows.LINKS.c, *rows.INTEGRATIONS.c)
        .select_from(source)
        .where(statements.inside(company_id, table))
        .order_by(*newest_first)
    )
