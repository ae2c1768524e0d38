"""What every statement on a company's data is made of: each names one company."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, select

from adapters.store.rows import COMMITMENTS, INTEGRATIONS, INVOICES, LINKS, PROJECTS, VENDORS

WHOLE = [c for t in (INVOICES, PROJECTS, VENDORS, COMMITMENTS, LINKS, INTEGRATIONS) for c in t.c]
"""The columns that `adapters.store.rows.invoice` reads."""


def inside(company_id: int | ColumnElement[int], table: Table) -> ColumnElement[bool]:
    """The predicate that every statement on a company's data begins with."""
    return table.c.company_id == company_id


def referred(source: Table, column: str, target: Table) -> ColumnElement[bool]:
    """A join inside one company: the company is equated too, never the id alone."""
    return and_(target.c.company_id == source.c.company_id, target.c.id == source.c[column])


def everything() -> FromClause:
    """An invoice with its project, vendor, commitment, link and integration."""
    return (
        INVOICES.join(PROJECTS, referred(INVOICES, "project_id", PROJECTS))
        .join(VENDORS, referred(INVOICES, "vendor_id", VENDORS))
        .join(COMMITMENTS, referred(INVOICES, "commitment_id", COMMITMENTS))
        .outerjoin(LINKS, referred(INVOICES, "link_id", LINKS))
        .outerjoin(INTEGRATIONS, referred(LINKS, "integration_id", INTEGRATIONS))
    )


def invoices(company_id: int) -> Select[Any]:
    """Whole invoices of one company, as `adapters.store.rows.invoice` reads them."""
    return select(*WHOLE).select_from(everything()).where(inside(company_id, INVOICES))


def links(company_id: int) -> Select[Any]:
    """Links, ended ones too, each with its integration after its own columns."""
    joined = LINKS.join(INTEGRATIONS, referred(LINKS, "integration_id", INTEGRATIONS))
    return select(*LINKS.c, *INTEGRATIONS.c).select_from(joined).where(inside(company_id, LINKS))
