"""Schemathesis makes up operations: none makes the service fail, or answer amiss."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.erp_link import running_erp_link
from tests.clients.books import Books
from tests.servers.schemathesis import Schemathesis

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
CASES = 600
FIELDS = 7
"""Of Query and of Mutation together. It makes up as many cases for each."""
CONFIGURATION = """
[dictionaries]
companies = {{ values = [{company}] }}
invoices = {{ values = {invoices} }}
ids = {{ values = {ids} }}
sizes = {{ values = [1, 3, 100] }}

[parameters]
"*.*.companyId" = {{ dictionary = "companies", probability = 0.8 }}
"Query.company.id" = {{ dictionary = "companies", probability = 0.8 }}
"Query.node.id" = {{ dictionary = "ids", probability = 0.8 }}
"Query.nodes.ids[*]" = {{ dictionary = "ids", probability = 0.8 }}
"Query.subcontractorInvoice.id" = {{ dictionary = "invoices", probability = 0.8 }}
"Mutation.unlinkInvoice.input.invoiceId" = {{ dictionary = "invoices", probability = 0.8 }}
"Query.syncedInvoices.first" = {{ dictionary = "sizes", probability = 0.8 }}
"*.unlinkHistory.first" = {{ dictionary = "sizes", probability = 0.8 }}
"""


@pytest.fixture(scope="module")
def unhurried(trusted_documents: Path) -> Iterator[Books]:
    """A service that lets one caller ask as much as they like."""
    with running_erp_link(budget_size=10**9, budget_refill_per_second=10**6) as service:
        yield Books(service, trusted_documents)


def configuration(books: Books) -> str:
    """Ids that it could not make up: without them it would only ever be told null."""
    page: Any = books.ask("query SyncedInvoices", companyId=books.company, first=20)
    invoices = page["syncedInvoices"]["nodes"]
    ids = [each["id"] for each in invoices]
    links = [each["erpLink"]["id"] for each in invoices]
    return CONFIGURATION.format(
        company=json.dumps(books.company),
        invoices=json.dumps(ids),
        ids=json.dumps([books.company, *ids, *links]),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_it_makes_up_fails_or_is_answered_amiss(
    seed: int, schemathesis: Schemathesis, unhurried: Books, tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(configuration(unhurried))
    bearer = f"Authorization: Bearer {unhurried.token}"
    chosen = ("--phases", "fuzzing", "--checks", "answer_fits_the_schema", "--seed", str(seed))
    cases = ("--max-examples", str(-(-CASES // FIELDS)), "--report-json-path", "report.json")

    told = schemathesis.run(
        "run", unhurried.url, "-H", bearer, *chosen, *cases, folder=tmp_path, hooks=HOOKS
    )

    assert told.returncode == 0, told.stdout[-4000:]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["operations"]["tested"] == FIELDS
    assert report["test_cases"]["generated"] >= CASES
    assert report["warnings"]["missing_test_data"] == []
