"""The rows of the companies that are measured. Every value is arithmetic on an id."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from adapters.store.search import search_text
from adapters.tokens import DEMO_ISSUER
from bench.book import INTEGRATION, PERSON, SUBJECT, WORKS, Book, Place
from bench.erps.instant import CANARY
from domain.invoices import InvoiceStatus
from domain.permissions import AccessLevel

Row = dict[str, Any]

STATUSES = [status.value for status in InvoiceStatus]
FIRST_DAY, FIRST_SYNC = date(2024, 1, 1), datetime(2025, 6, 1, tzinfo=UTC)
A_YEAR, ANY_ODD = 31_536_000, 0x9E3779B97F4A7C15F39CC0605CEDC835


def tables(book: Book) -> Iterator[tuple[str, Iterator[Row]]]:
    """All tables that are filled, each after those that it refers to."""
    yield "companies", ({"id": c, "name": f"Company {c}", "currency": "USD"} for c in book.every)
    yield "people", iter([{"id": PERSON, "name": "Ada Whitfield"}])
    identity = {"issuer": DEMO_ISSUER, "subject": SUBJECT, "person_id": PERSON}
    yield "identities", iter([identity])
    yield "memberships", ({"person_id": PERSON, "company_id": c} for c in book.asked)
    yield "company_grants", (_company_grant(c) for c in book.unlinked)
    yield "projects", _of_all(book, book.projects, _project)
    yield (
        "project_grants",
        (_project_grant(place) for c in book.unlinked for place in book.projects(c)),
    )
    yield "vendors", _of_all(book, book.vendors, _vendor)
    yield "commitments", _of_all(book, book.commitments, _commitment)
    yield "erp_integrations", (_integration(c) for c in book.every)
    yield "subcontractor_invoices", _invoices(book)
    yield "erp_links", _links(book)


def _of_all(
    book: Book, places: Callable[[int], Iterator[Place]], row: Callable[[Place], Row]
) -> Iterator[Row]:
    return (row(place) for company in book.every for place in places(company))


def _company_grant(company: int) -> Row:
    return {
        "company_id": company,
        "person_id": PERSON,
        "erp_integrations": AccessLevel.ADMIN.value,
        "can_push_to_accounting": True,
    }


def _project_grant(project: Place) -> Row:
    grant = {"person_id": PERSON, "commitments": AccessLevel.ADMIN.value}
    return {"company_id": project.company, "project_id": project.id, **grant}


def _project(place: Place) -> Row:
    return _named(place, name=f"Project {place.number}", number=f"P-{place.number:03}")


def _vendor(place: Place) -> Row:
    return _named(place, name=_vendor_name(place))


def _vendor_name(place: Place) -> str:
    return f"Granite Contracting {place.number}"


def _commitment(place: Place) -> Row:
    return _named(place, title=f"Subcontract {place.number}", type="WorkOrderContract")


def _named(place: Place, **values: str) -> Row:
    return {"company_id": place.company, "id": place.id, **values}


def _integration(company: int) -> Row:
    return {
        "company_id": company,
        "id": INTEGRATION,
        "erp": "instant",
        "name": "An ERP that answers at once",
        "own_unlink_supported": True,
        "own_deletion_required": True,
        "own_void_counts_as_gone": False,
        "own_reversal_counts_as_gone": False,
        "canary_record_id": CANARY.record_id,
        "canary_fingerprint": CANARY.fingerprint,
    }


def _invoices(book: Book) -> Iterator[Row]:
    for company in book.every:
        projects, vendors = [*book.projects(company)], [*book.vendors(company)]
        commitments = [*book.commitments(company)]
        for place in book.invoices(company):
            commitment = commitments[place.number % len(commitments)]
            vendor = vendors[commitment.number % len(vendors)]
            belonging = {
                "project_id": projects[commitment.number % len(projects)].id,
                "vendor_id": vendor.id,
                "commitment_id": commitment.id,
            }
            number = place.number // len(commitments) + 1
            yield _invoice(place, number, vendor, book.is_synced(place)) | belonging


def _invoice(place: Place, number: int, vendor: Place, synced: bool) -> Row:
    billed = FIRST_DAY + timedelta(days=place.number * 7_919 % 700)
    claimed = Decimal(place.number * 104_729 % 9_000_000 + 15_000).scaleb(-2)
    retained = (claimed / 10).quantize(Decimal("0.01"))
    updated = FIRST_SYNC - timedelta(seconds=place.number * 31 % A_YEAR)
    invoice_number = f"INV-{place.company}-{place.number:06}"
    words = (number, invoice_number, _vendor_name(vendor), _document(place) if synced else None)
    return {
        "company_id": place.company,
        "id": place.id,
        "number": number,
        "invoice_number": invoice_number,
        "status": STATUSES[place.number % len(STATUSES)],
        "erp_status": "synced" if synced else None,
        "billing_date": billed,
        "period_start": billed - timedelta(days=30),
        "period_end": billed - timedelta(days=1),
        "final": False,
        "currency": "USD",
        "total_claimed_amount": claimed,
        "current_payment_due": claimed - retained,
        "summary": {
            "total_completed_and_stored_to_date": str(claimed),
            "total_retainage": str(retained),
            "current_payment_due": str(claimed - retained),
        },
        "created_at": updated,
        "updated_at": updated,
        "link_id": _link_id(place) if synced else None,
        "synced_at": synced_at(place) if synced else None,
        "search_text": search_text(*words),
    }


def _links(book: Book) -> Iterator[Row]:
    for company in book.every:
        for place in filter(book.is_synced, book.invoices(company)):
            at = synced_at(place)
            yield {
                "company_id": company,
                "id": _link_id(place),
                "invoice_id": place.id,
                "integration_id": INTEGRATION,
                "record_id": f"BILL-{place.id}",
                "document_number": _document(place),
                "synced_at": at,
                "record_state": "open",
                "checked_at": at,
                "seen_at": at,
            }


def _document(place: Place) -> str:
    phase, level = place.number % 4 + 1, place.number % 30
    return f"{WORKS[place.number % len(WORKS)]}, phase {phase}, level {level}"


def _link_id(place: Place) -> UUID:
    """As scattered as random ones, so that an index over them is no cheaper than in life."""
    return UUID(int=place.id * ANY_ODD % 2**128)


def synced_at(place: Place) -> datetime:
    return FIRST_SYNC + timedelta(seconds=place.number * 7_919 % A_YEAR)
