"""What a row changes of its invoice, decided from what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from adapters.imports.links import ActiveLink, LinkChange, link_change
from adapters.imports.requisitions import Requisition
from adapters.imports.statements import Values
from adapters.imports.stored import Stored
from adapters.store.search import search_text


@dataclass(frozen=True, slots=True)
class Change:
    """The rows to write for one requisition; none of them: nothing changes."""

    requisition: Requisition
    created: bool
    link_change: LinkChange
    invoice: Values | None = None
    ended: UUID | None = None
    begun: ActiveLink | None = None
    lines: list[Values] = field(default_factory=list)
    line_links: list[Values] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.invoice or self.lines or self.line_links)


def is_stale(requisition: Requisition, known: Stored) -> bool:
    """Whether a newer state of the requisition is stored."""
    stored = known.invoice
    return stored is not None and requisition.updated_at < stored["updated_at"]


def change_of(requisition: Requisition, known: Stored, company_id: int) -> Change:
    """The change that a row makes which is not stale."""
    happens = link_change(requisition.origin_id, requisition.updated_at, known.link, known.ended)
    begun = None
    if requisition.origin_id and happens in (LinkChange.BEGINS, LinkChange.REPLACED):
        begun = ActiveLink(uuid4(), requisition.origin_id, requisition.updated_at)
    link = begun or known.link
    columns = _columns(requisition, known, happens)
    differs = known.invoice is None or any(
        known.invoice[name] != value for name, value in columns.items()
    )
    ended = known.link.id if known.link and happens is LinkChange.REPLACED else None
    return Change(
        requisition,
        created=known.invoice is None,
        link_change=happens,
        invoice=_invoice(requisition, columns, link, company_id) if begun or differs else None,
        ended=ended,
        begun=begun,
        lines=list(_lines(requisition, known, link, ended, company_id)),
        line_links=list(_line_links(requisition, known, link, begun, company_id)),
    )


def _columns(requisition: Requisition, known: Stored, happens: LinkChange) -> Values:
    """What the row says. Of the ERP it says nothing new if it is from before an unlink."""
    if happens is LinkChange.NOT_AGAIN and known.invoice is not None:
        return requisition.columns | {"erp_status": known.invoice["erp_status"]}
    return requisition.columns


def _invoice(
    requisition: Requisition, columns: Values, link: ActiveLink | None, company_id: int
) -> Values:
    return {
        "company_id": company_id,
        "id": requisition.id,
        **columns,
        "link_id": link.id if link else None,
        "synced_at": link.synced_at if link else None,
        "search_text": search_text(
            columns["number"],
            columns["invoice_number"],
            requisition.vendor_name,
            link.document_number if link else None,
        ),
    }


def _synced_lines(requisition: Requisition, link: ActiveLink | None) -> dict[int, str]:
    """The records of the lines, if it is this link that the row speaks of."""
    if link is None or requisition.origin_id != link.record_id:
        return {}
    return {line: record for line, record in requisition.lines.items() if record is not None}


def _lines(
    requisition: Requisition,
    known: Stored,
    link: ActiveLink | None,
    ended: UUID | None,
    company_id: int,
) -> Iterator[Values]:
    synced = _synced_lines(requisition, link)
    for line in requisition.lines:
        before = known.lines.get(line)
        after = link.id if link and line in synced else before if before != ended else None
        if line not in known.lines or after != before:
            yield {
                "company_id": company_id,
                "invoice_id": requisition.id,
                "id": line,
                "link_id": after,
            }


def _line_links(
    requisition: Requisition,
    known: Stored,
    link: ActiveLink | None,
    begun: ActiveLink | None,
    company_id: int,
) -> Iterator[Values]:
    before = {} if begun else known.line_records
    for line, record in _synced_lines(requisition, link).items():
        if link and before.get(line) != record:
            yield {
                "company_id": company_id,
                "link_id": link.id,
                "line_item_id": line,
                "record_id": record,
            }
