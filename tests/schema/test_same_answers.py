"""Every answer is the one that graphql-core's own executor gives, whatever the document."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.store.patience import SERVING
from adapters.settings import Settings
from adapters.tokens import DEMO_ISSUER
from app import open_services
from dataclasses import replace
from domain.pages import OrderField, Position
from pydantic import SecretStr
from schema.connection import cursor
from tests.builders import DOCKS, HARBOR, INTEGRATION, QUARRY, SHEDS
from tests.databases import Templates
from tests.fakes import FakeErp
from tests.schema import odd_books
from tests.schema.both_ways import BothWays, schema_executed_by
from tests.schema.conftest import an_id
from tests.schema.documents import Asked, documents
from schema.executor import RowExecutor

SCHEMA = schema_executed_by(RowExecutor)._schema


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


COMPANIES = [an_id("Company", each, each) for each in (HARBOR, HARBOR, QUARRY, QUARRY, 999)]
INVOICES = [
    *(an_id("SubcontractorInvoice", HARBOR, each) for each in (1, 4, 5, 12, 50, 51)),
    *(an_id("SubcontractorInvoice", QUARRY, each) for each in range(1, 9)),
]
OTHERS = [
    *(an_id("Vendor", HARBOR, each) for each in (1, 2, 77)),
    an_id("Project", HARBOR, DOCKS),
    an_id("Commitment", QUARRY, 1),
    an_id("ErpIntegration", HARBOR, INTEGRATION),
    "nonsense",
]
ORDERS = [
    {"field": field.name, "direction": direction}
    for field in OrderField
    for direction in ("ASC", "DESC")
]
CURSORS = [
    *(
        cursor(Position.of(OrderField.SYNCED_AT, text, id))
        for text, id in (("2026-03-02T12:00:00.000001Z", 5), ("2026-02-05T00:00:00Z", 5))
    ),
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
VALUES = {
    "Query.node.id": st.sampled_from([*INVOICES, *COMPANIES, *OTHERS]),
    "Query.nodes.ids": st.lists(st.sampled_from([*INVOICES, *COMPANIES, *OTHERS]), max_size=5),
    "Query.company.id": st.sampled_from(COMPANIES),
    "Query.subcontractorInvoice.id": st.sampled_from([*INVOICES, *INVOICES, *COMPANIES]),
    "Query.syncedInvoices.companyId": st.sampled_from(COMPANIES),
    "Query.syncedInvoices.filter": st.sampled_from(FILTERS),
    "Query.syncedInvoices.orderBy": st.sampled_from([*ORDERS, None]),
    "Query.syncedInvoices.first": some(1, 2, 3, 5, 20, 1000, 0, None),
    "Query.syncedInvoices.last": some(1, 2, 3, 0, None, None, None),
    "Query.syncedInvoices.after": st.sampled_from([*CURSORS, None]),
    "Query.syncedInvoices.before": st.sampled_from([*CURSORS, None]),
    "SubcontractorInvoice.unlinkHistory.first": some(1, 2, 20, 1000),
    "Viewer.grants.companyId": st.sampled_from(COMPANIES),
}
STEADILY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {}


@pytest.fixture
async def both(
    kind: str,
    templates: Templates,
    odd: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> AsyncIterator[BothWays]:
    if kind not in odd:
        folder = tmp_path_factory.mktemp("odd")
        odd[kind] = templates.copy(kind, "odd", odd_books.fill, folder)
    chosen = Settings(database_url=SecretStr(odd[kind]), data_dir=tmp_path)
    async with open_services(chosen, SERVING) as (_, opened):
        services = replace(opened, erps=FakeErp())
        viewer = await services.directory.viewer(DEMO_ISSUER, "olga")
        assert viewer is not None
        yield BothWays(services, viewer)


@STEADILY
@given(asked=documents(SCHEMA, VALUES))
async def test_queries_are_answered_as_graphql_core_answers_them(
    both: BothWays, asked: Asked
) -> None:
    await both.agree(asked)
