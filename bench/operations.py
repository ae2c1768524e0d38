"""What is asked: four operations, their variants as request bodies, one to a line of a file."""

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.book import WORKS, Book, Place
from bench.rows import synced_at
from schema.ids import node_id

NODE = """
  id invoiceNumber status billingDate periodStart periodEnd updatedAt
  totalClaimedAmount { amount currency } currentPaymentDue { amount currency }
  summary { totalRetainage { amount } }
  vendor { id name } project { id name number } commitment { id title }
  erpLink { recordId syncedAt erp documentNumber }
"""
PAGE = f"""
  edges {{ cursor node {{ {NODE} }} }}
  pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
"""
DOCUMENTS = {
    "q1": f"""query FirstPage($companyId: ID!, $first: Int!) {{
      syncedInvoices(companyId: $companyId, first: $first) {{ {PAGE} }} }}""",
    "q2": f"""query OneInvoice($id: ID!) {{ subcontractorInvoice(id: $id) {{ {NODE} }} }}""",
    "q3": f"""query DeepPage(
        $companyId: ID!, $filter: SyncedInvoiceFilter, $first: Int!, $after: String) {{
      syncedInvoices(companyId: $companyId, filter: $filter, first: $first, after: $after) {{
        {PAGE} }} }}""",
    "m1": """mutation Unlink($input: UnlinkInvoiceInput!) {
      unlinkInvoice(input: $input) {
        ... on Success { message invoice { id number status vendor { id name } } }
        ... on UnlinkRefusal { code message } } }""",
}
MEANING = {
    "q1": "first page of 50, with all that an invoice belongs to",
    "q2": "one invoice by its id",
    "q3": "a page of 50 amid a project's invoices, found by a word",
    "m1": "unlink; the ERP answers at once, in the process",
}
EXPECTED = {"q1": '"edges"', "q2": '"recordId"', "q3": '"edges"', "m1": "Successfully Unlinked"}
"""What each answer holds when it is the one that was hoped for."""
PAGE_SIZE, MOST_VARIANTS = 50, 2_000


def write_bodies(book: Book, folder: Path) -> None:
    """A file for each operation, named as it is; the peers' bodies are files like these."""
    variants = {"q1": _first_pages, "q2": _single_invoices, "q3": _deep_pages, "m1": _unlinks}
    for operation, of in variants.items():
        _write(folder / operation, operation, of(book))


def write_unlinks(book: Book, places: Sequence[Place], file: Path) -> None:
    """Of the synced ones among these invoices."""
    synced = [place for place in places if book.is_synced(place)]
    _write(file, "m1", ({"input": {"invoiceId": _invoice(place)}} for place in _some(synced)))


def _write(file: Path, operation: str, variants: Iterable[Mapping[str, Any]]) -> None:
    file.write_text("".join(f"{_body(operation, variables)}\n" for variables in variants))


def _body(operation: str, variables: Mapping[str, Any]) -> str:
    document = " ".join(DOCUMENTS[operation].split())
    return json.dumps({"query": document, "variables": variables})


def _first_pages(book: Book) -> Iterator[dict[str, Any]]:
    """Of the biggest company as often as of the big ones, and each small one once."""
    biggest, big, small = book.every[:1], book.unlinked, book.asked[5:]
    for company in (*biggest, *big) * 6 + (*biggest,) * 18 + (*small,):
        yield {"companyId": node_id("Company", company, company), "first": PAGE_SIZE}


def _single_invoices(book: Book) -> Iterator[dict[str, Any]]:
    for place in _some(list(book.invoices(1)))[:MOST_VARIANTS]:
        yield {"id": _invoice(place)}


def _deep_pages(book: Book) -> Iterator[dict[str, Any]]:
    """From the middle of what was synced, by one word or two, in half of the projects."""
    words = (*WORKS[:4], "drywall level", "INV-1-0")
    middle = synced_at(sorted(book.invoices(1), key=synced_at)[book.biggest // 2])
    for project in [*book.projects(1)][::2]:
        for word in words:
            yield {
                "companyId": node_id("Company", 1, 1),
                "filter": {"projectIds": [node_id("Project", 1, project.id)], "search": word},
                "first": PAGE_SIZE,
                "after": cursor(["synced_at", middle.isoformat(), 0]),
            }


def _unlinks(book: Book) -> Iterator[dict[str, Any]]:
    synced = [p for c in book.unlinked for p in book.invoices(c) if book.is_synced(p)]
    for place in _some(synced):
        yield {"input": {"invoiceId": _invoice(place)}}


def _some(places: list[Place]) -> list[Place]:
    """In an order that no index has."""
    return random.Random(4).sample(places, len(places))


def _invoice(place: Place) -> str:
    return node_id("SubcontractorInvoice", place.company, place.id)


def cursor(parts: list[str | int]) -> str:
    """As `schema.connection` writes it."""
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
