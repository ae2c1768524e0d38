"""What the arguments of documents that are written by chance may be: ids, filters, cursors, sizes.

Some cannot be used: sizes over the limit, what is no cursor, and ids that name nothing.
"""

from typing import Any

from hypothesis import strategies as st

from domain.pages import OrderField, Position
from schema.connection import cursor
from tests.builders import DOCKS, HARBOR, INTEGRATION, QUARRY, SHEDS
from tests.schema import books, odd_books
from tests.schema.conftest import an_id
from tests.schema.odd_books import UNLINKED, WHOLE

COMPANIES = [an_id("Company", each, each) for each in (HARBOR, QUARRY, HARBOR, QUARRY, HARBOR, 999)]
IN_ORDER = [an_id("SubcontractorInvoice", HARBOR, each) for each in (1, 4, 5, 12, WHOLE, UNLINKED)]
INVOICES = [
    *IN_ORDER,
    *(an_id("SubcontractorInvoice", QUARRY, each) for each in range(1, 9)),
]
REQUESTS = [
    an_id("UnlinkRequest", HARBOR, each.hex) for each in (books.REQUEST, *odd_books.REQUESTS)
]
OTHERS = [
    *(an_id("Vendor", HARBOR, each) for each in (1, 2, 77)),
    an_id("Project", HARBOR, DOCKS),
    an_id("Commitment", QUARRY, 1),
    an_id("ErpIntegration", HARBOR, INTEGRATION),
    *REQUESTS,
    "nonsense",
]
ORDERS = [
    {"field": field.name, "direction": direction}
    for field in OrderField
    for direction in ("ASC", "DESC")
]
CURSORS = [
    cursor(Position.of(OrderField.SYNCED_AT, "2026-03-02T12:00:00.000001+00:00", 5)),
    cursor(Position.of(OrderField.SYNCED_AT, "2026-02-05T00:00:00+00:00", 5)),
    cursor(Position.of(OrderField.BILLING_DATE, "2026-03-31", 9)),
    "nonsense",
]
FILTERS: list[Any] = [
    {},
    {"search": "kestrel"},
    {"search": "7"},
    {"statuses": ["APPROVED", "DRAFT"]},
    {"recordStates": ["OPEN", "PAID"], "search": "doc"},
    {"projectIds": [an_id("Project", HARBOR, SHEDS)]},
    {"billingDate": {"start": "2026-04-01"}},
    {"search": "x" * 201},
    None,
]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Query.node.id": st.sampled_from([*INVOICES, *COMPANIES, *OTHERS]),
    # None that fail: that would null the whole answer, and what else is told of it is a race.
    "Query.nodes.ids": st.lists(st.sampled_from([*IN_ORDER, *COMPANIES, *OTHERS]), max_size=5),
    "Query.company.id": st.sampled_from(COMPANIES),
    "Query.subcontractorInvoice.id": st.sampled_from([*INVOICES, *INVOICES, *COMPANIES]),
    "Query.syncedInvoices.companyId": st.sampled_from(COMPANIES),
    "Query.syncedInvoices.filter": st.sampled_from(FILTERS),
    "Query.syncedInvoices.orderBy": st.sampled_from([*ORDERS, None]),
    "Query.syncedInvoices.first": st.sampled_from([2, 1, 3, 5, 20, 100, None, 1000]),
    "Query.syncedInvoices.last": st.sampled_from([None, None, None, None, 2, 0]),
    "Query.syncedInvoices.after": st.sampled_from([None, None, None, *CURSORS]),
    "Query.syncedInvoices.before": st.sampled_from([None, None, None, *CURSORS]),
    "Company.projects.search": st.sampled_from([None, "docks", "x" * 201]),
    "Company.projects.first": st.sampled_from([2, 1, 20, 100, 1000]),
    "Company.vendors.search": st.sampled_from([None, "E", ""]),
    "Company.vendors.first": st.sampled_from([2, 1, 20, 100, 0]),
    "SubcontractorInvoice.unlinkHistory.first": st.sampled_from([2, 1, 20, 100, 3, 1000]),
    "Viewer.grants.companyId": st.sampled_from(COMPANIES),
}
USABLE = {**VALUES, "SubcontractorInvoice.unlinkHistory.first": st.sampled_from([2, 1, 20, 100])}
