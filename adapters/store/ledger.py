"""The audit of unlinks, and the one transaction that unlinks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Update, and_, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.store import rows, statements
from adapters.store.engine import Database
from adapters.store.outbox import Told, tell
from adapters.store.search import search_text
from adapters.store.tables import CompanyRow, LineItemRow
from domain.changes import ChangeKind
from domain.erps import Canary, ErpIntegration, ErpLink, RecordState, Sighting
from domain.invoices import SubcontractorInvoice
from domain.unlinking import UnlinkAttempt

COMPANIES = rows.table(CompanyRow)
LINE_ITEMS = rows.table(LineItemRow)
NOT_IN_ERP = "not_in_erp"
"""The ERP status of an invoice without a link, in the words of the Procore REST API."""


@dataclass(frozen=True, slots=True)
class SqlUnlinkLedger:
    """`domain.ports.UnlinkLedger` over SQLite and PostgreSQL."""

    database: Database

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
        async with self.database.writing() as connection:
            if attempt.link is not None and sighting is not None:
                link = _active(attempt.company_id, attempt.link.id)
                seen = await connection.execute(link.values(_as_seen(sighting, attempt.link)))
                if seen.rowcount:
                    told = Told(ChangeKind.RECORD_STATE_SEEN, attempt.invoice_id, attempt.link.id)
                    await tell(connection, attempt.company_id, [told], attempt.at)
                if sighting.document_number not in (None, attempt.link.document_number):
                    await _make_findable(connection, attempt.link, sighting.document_number)
            await _insert(connection, attempt)

    async def unlink(self, attempt: UnlinkAttempt, sighting: Sighting | None = None) -> bool:
        if attempt.link is None:
            raise ValueError("an unlink needs the link that was judged")
        async with self.database.writing() as connection:
            if not await _end(connection, attempt, attempt.link.id, sighting):
                return False
            await _free(connection, attempt.company_id, attempt.invoice_id, attempt.link.id)
            await _insert(connection, attempt)
            told = Told(ChangeKind.UNLINKED, attempt.invoice_id, attempt.link.id, attempt.by)
            await tell(connection, attempt.company_id, [told], attempt.at)
        return True

    async def saw(
        self, company_id: int, sightings: Sequence[tuple[SubcontractorInvoice, Sighting]]
    ) -> None:
        seen = [(invoice, invoice.link, sighting) for invoice, sighting in sightings]
        links = [
            {"_company": company_id, "_link": link.id} | _as_seen(sighting, link)
            for _, link, sighting in seen
            if link is not None
        ]
        if not links:
            return
        async with self.database.writing() as connection:
            await _hold_imports(connection, company_id)
            await connection.execute(SEEN, links)
            await _make_searchable(connection, company_id, [invoice.id for invoice, *_ in seen])
            told = await _still_active(
                connection, company_id, [link.id for _, link, _ in seen if link]
            )
            await tell(connection, company_id, told, datetime.now(UTC))

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


async def _still_active(
    connection: AsyncConnection, company_id: int, ids: Sequence[UUID]
) -> list[Told]:
    """The links that the sightings were kept on: not those that were ended meanwhile."""
    links = rows.LINKS
    active = select(links.c.invoice_id, links.c.id).where(
        statements.inside(company_id, links), links.c.id.in_(ids), links.c.ended_at.is_(None)
    )
    found = await connection.execute(active.order_by(links.c.id))
    return [Told(ChangeKind.RECORD_STATE_SEEN, invoice, link) for invoice, link in found]


async def _end(
    connection: AsyncConnection, attempt: UnlinkAttempt, link_id: UUID, sighting: Sighting | None
) -> bool:
    """The guard: False when somebody else ended this very link in the meantime."""
    values: dict[str, Any] = {"ended_at": attempt.at}
    if sighting is not None and attempt.link is not None:
        values |= _as_seen(sighting, attempt.link)
    ended = await connection.execute(_active(attempt.company_id, link_id).values(values))
    return ended.rowcount == 1


async def _free(
    connection: AsyncConnection, company_id: int, invoice_id: int, link_id: UUID
) -> None:
    """Null the ended link on the invoice and on its line items."""
    invoice = update(rows.INVOICES).where(
        statements.inside(company_id, rows.INVOICES),
        rows.INVOICES.c.id == invoice_id,
        rows.INVOICES.c.link_id == link_id,
    )
    freed = await connection.execute(
        invoice.values(link_id=None, synced_at=None, erp_status=NOT_IN_ERP)
    )
    if freed.rowcount != 1:
        raise RuntimeError(f"invoice {invoice_id} does not hold its own active link {link_id}")
    lines = update(LINE_ITEMS).where(
        statements.inside(company_id, LINE_ITEMS),
        LINE_ITEMS.c.invoice_id == invoice_id,
        LINE_ITEMS.c.link_id == link_id,
    )
    await connection.execute(lines.values(link_id=None))


async def _make_findable(
    connection: AsyncConnection, link: ErpLink, document_number: str | None
) -> None:
    """Let the search find the invoice by the document number that its link has now."""
    invoices, vendors = rows.INVOICES, rows.VENDORS
    linked = (
        statements.inside(link.company_id, invoices),
        invoices.c.id == link.invoice_id,
        invoices.c.link_id == link.id,
    )
    source = invoices.join(vendors, statements.referred(invoices, "vendor_id", vendors))
    names = select(invoices.c.number, invoices.c.invoice_number, vendors.c.name)
    found = (await connection.execute(names.select_from(source).where(*linked))).one_or_none()
    if found is not None:
        text = search_text(*found, document_number)
        await connection.execute(update(invoices).where(*linked).values(search_text=text))


async def _insert(connection: AsyncConnection, attempt: UnlinkAttempt) -> None:
    await connection.execute(
        insert(rows.ATTEMPTS).values(
            company_id=attempt.company_id,
            id=attempt.id,
            invoice_id=attempt.invoice_id,
            link_id=attempt.link.id if attempt.link else None,
            attempted_at=attempt.at,
            person_id=attempt.person_id,
            person_name=attempt.by,
            outcome=attempt.outcome.value,
            evidence=attempt.evidence,
        )
    )


def _active(company_id: int, link_id: UUID) -> Update:
    return update(rows.LINKS).where(
        statements.inside(company_id, rows.LINKS),
        rows.LINKS.c.id == link_id,
        rows.LINKS.c.ended_at.is_(None),
    )


def _as_seen(sighting: Sighting, link: ErpLink) -> dict[str, Any]:
    """What a link keeps of a sighting. A record that is not there was seen before, if ever."""
    there = sighting.state not in (RecordState.ABSENT, RecordState.DELETED)
    return {
        "record_state": sighting.state.value,
        "checked_at": sighting.as_of,
        "document_number": sighting.document_number or link.document_number,
        "seen_at": sighting.as_of if there else link.seen_at,
    }


async def _hold_imports(connection: AsyncConnection, company_id: int) -> None:
    """Begin no import of the company before this transaction ends: both write many rows.

    The lock is the one that `adapters.imports.companies.target` takes.
    """
    company = select(COMPANIES.c.id).where(COMPANIES.c.id == company_id)
    await connection.execute(company.with_for_update(key_share=True))


async def _make_searchable(
    connection: AsyncConnection, company_id: int, invoice_ids: Sequence[int]
) -> None:
    """Let the search find invoices by the document numbers that their links have now."""
    invoices = rows.INVOICES
    source = invoices.join(
        rows.VENDORS, statements.referred(invoices, "vendor_id", rows.VENDORS)
    ).join(rows.LINKS, statements.referred(invoices, "link_id", rows.LINKS))
    found_by = (
        invoices.c.number,
        invoices.c.invoice_number,
        rows.VENDORS.c.name,
        rows.LINKS.c.document_number,
    )
    wanted = (
        select(invoices.c.id, *found_by)
        .select_from(source)
        .where(statements.inside(company_id, invoices), invoices.c.id.in_(invoice_ids))
        .order_by(invoices.c.id)
    )
    texts = [
        {"_company": company_id, "_invoice": id, "text": search_text(*words)}
        for id, *words in await connection.execute(wanted)
    ]
    if texts:
        await connection.execute(SEARCHABLE, texts)


SEEN = (
    update(rows.LINKS)
    .where(
        rows.LINKS.c.company_id == bindparam("_company"),
        rows.LINKS.c.id == bindparam("_link"),
        rows.LINKS.c.ended_at.is_(None),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("record_state", "checked_at", "document_number", "seen_at")
        }
    )
)
SEARCHABLE = (
    update(rows.INVOICES)
    .where(
        rows.INVOICES.c.company_id == bindparam("_company"),
        rows.INVOICES.c.id == bindparam("_invoice"),
    )
    .values(search_text=bindparam("text"))
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
