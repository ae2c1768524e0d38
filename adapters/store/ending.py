"""The parts that the end of an attempt to unlink is written in, each a statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Dialect,
    Update,
    bindparam,
    func,
    null,
    update,
)

from adapters.store.outbox import position
from adapters.store.rows import ATTEMPTS, CHANGES, INVOICES, LINKS, table
from adapters.store.tables import LineItemRow
from domain.erps import RecordState, Sighting

LINE_ITEMS = table(LineItemRow)
NOT_IN_ERP = "not_in_erp"
"""The ERP status of an invoice without a link, in the words of the Procore REST API."""


def given(column: Column[Any], name: str | None = None) -> BindParameter[Any]:
    """A parameter for values of a column."""
    return bindparam(name or column.name, type_=column.type)


COMPANY = bindparam("company_id", type_=BigInteger)
INVOICE = given(INVOICES.c.id, "invoice_id")
LINK = given(LINKS.c.id, "link_id")
AT = given(ATTEMPTS.c.attempted_at)
PRUNED_BEFORE: BindParameter[datetime] = given(CHANGES.c.happened_at, "pruned_before")

SEEN = ("record_state", "checked_at", "document_number", "seen_at")
Written = dict[str, ColumnElement[Any]]
"""What is inserted, by the names of the columns."""
ATTEMPT: Written = {
    "company_id": COMPANY,
    "id": given(ATTEMPTS.c.id, "attempt_id"),
    "invoice_id": INVOICE,
    "link_id": LINK,
    "attempted_at": AT,
    **{name: given(ATTEMPTS.c[name]) for name in ("person_id", "person_name")},
    **{name: given(ATTEMPTS.c[name]) for name in ("outcome", "evidence")},
}


def change(dialect: Dialect) -> Written:
    return {
        "company_id": COMPANY,
        "position": position(dialect, COMPANY),
        "id": given(CHANGES.c.id, "change_id"),
        "invoice_id": INVOICE,
        "link_id": LINK,
        "kind": given(CHANGES.c.kind),
        "happened_at": AT,
        "person_name": given(CHANGES.c.person_name, "told_by"),
    }


def as_seen(sighting: Sighting | None) -> dict[str, Any]:
    """The values of what a link keeps of a sighting; None: what it has.

    A record that is not there was seen before, if ever; one that is provisional was not seen yet.
    """
    if sighting is None:
        return dict.fromkeys(SEEN)
    gone = sighting.state in (RecordState.ABSENT, RecordState.DELETED)
    return {
        "record_state": sighting.state.value,
        "checked_at": sighting.as_of,
        "document_number": sighting.document_number,
        "seen_at": None if gone or sighting.provisional else sighting.as_of,
    }


def kept_of_sightings() -> dict[str, ColumnElement[Any]]:
    return {name: func.coalesce(given(LINKS.c[name]), LINKS.c[name]) for name in SEEN}


def seeing() -> Update:
    """Keeps what an ERP said of the record, if it said anything, on the very link it was judged by.

    The guard: of no other link, and not of one that was ended.
    """
    return (
        update(LINKS)
        .where(LINKS.c.company_id == COMPANY, LINKS.c.id == LINK, LINKS.c.ended_at.is_(None))
        .values(kept_of_sightings())
        .returning(LINKS.c.id)
    )


def ending() -> Update:
    """Ends the link, under the same guard."""
    return seeing().values(ended_at=AT)


def freeing() -> Update:
    """Makes the invoice one that is not synced, if it holds the link."""
    return (
        update(INVOICES)
        .where(
            INVOICES.c.company_id == COMPANY,
            INVOICES.c.id == INVOICE,
            INVOICES.c.link_id == LINK,
        )
        .values(link_id=null(), synced_at=null(), erp_status=NOT_IN_ERP)
        .returning(INVOICES.c.id)
    )


def freeing_lines() -> Update:
    return (
        update(LINE_ITEMS)
        .where(
            LINE_ITEMS.c.company_id == COMPANY,
            LINE_ITEMS.c.invoice_id == INVOICE,
            LINE_ITEMS.c.link_id == LINK,
        )
        .values(link_id=null())
    )
