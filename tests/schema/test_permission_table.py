"""The help page's three requirements, in every combination, as the service decides them.

Everyone in the table has every grant of the other company, and Admin on the other project:
only what they may do here, on this project, is to count.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from adapters.store.engine import Database, open_database
from domain.erps import RecordState
from tests.builders import (
    DOCKS,
    HARBOR,
    QUARRY,
    SHEDS,
    Document,
    a_directory,
    a_person,
    a_requisition,
    bring_in,
)
from tests.databases import Templates
from tests.fakes import FakeErp, check, contents, service_asking, without_attempts
from tests.schema.conftest import an_id
from tests.service import Service

LEVELS = ("none", "read_only", "standard", "admin")


@dataclass(frozen=True)
class Case:
    """One row of the table: a person, with an invoice of their own to try."""

    commitments: str
    erp_integrations: str
    privilege: bool
    invoice_id: int

    @property
    def subject(self) -> str:
        return f"{self.commitments}-{self.erp_integrations}-{self.privilege}".lower()

    @property
    def missing(self) -> list[dict[str, Any]]:
        """All that lacks, in the help page's order."""
        on_commitments = {
            "permission": "COMMITMENTS_ADMIN",
            "where": "the Commitments tool of the project Harbor Docks",
            "project": {"name": "Harbor Docks"},
            "required": "ADMIN",
            "current": self.commitments.upper(),
        }
        on_erp_integrations = {
            "permission": "ERP_INTEGRATIONS_STANDARD",
            "where": "the company's ERP Integrations tool",
            "project": None,
            "required": "STANDARD",
            "current": self.erp_integrations.upper(),
        }
        the_privilege = {
            "permission": "CAN_PUSH_TO_ACCOUNTING",
            "where": "the Company Directory",
            "project": None,
            "required": None,
            "current": None,
        }
        return [
            *([] if self.commitments == "admin" else [on_commitments]),
            *([] if self.erp_integrations in ("standard", "admin") else [on_erp_integrations]),
            *([] if self.privilege else [the_privilege]),
        ]


TABLE = [
    Case(*row, invoice_id)
    for invoice_id, row in enumerate(product(LEVELS, LEVELS, (False, True)), start=1)
]

UNLINK = """
mutation Unlink($invoice: ID!) {
  unlinkInvoice(input: {invoiceId: $invoice}) {
    __typename
    ... on UnlinkRefusal { message code }
    ... on PermissionDenied {
      missing { permission where project { name } required current }
    }
    ... on Success { message invoice { locked unlinkHistory { by outcome } } }
  }
}
"""
HISTORY = """
query History($invoice: ID!) {
  subcontractorInvoice(id: $invoice) { locked unlinkHistory { by outcome evidence } }
}
"""


async def fill(database: Database) -> None:
    here: list[Document] = []
    there: list[Document] = []
    for case in TABLE:
        on_projects = {str(DOCKS): case.commitments, str(SHEDS): "admin"}
        here.append(
            a_person(
                case.subject,
                name=case.subject,
                erpIntegrations=case.erp_integrations,
                canPushToAccounting=case.privilege,
                commitments=on_projects,
            )
        )
        there.append(a_person(case.subject, name=case.subject, erpIntegrations="admin"))
    await bring_in(database, a_directory(here), [a_requisition(case.invoice_id) for case in TABLE])
    await bring_in(database, a_directory(there, QUARRY), [a_requisition(1)])


@dataclass(frozen=True)
class Counter:
    """The service at which everyone in the table tries to unlink."""

    service: Service
    erp: FakeErp
    database: Database

    async def ask(self, query: str, case: Case) -> Any:
        invoice = an_id("SubcontractorInvoice", HARBOR, case.invoice_id)
        return await self.service.data(query, {"invoice": invoice}, case.subject)


@pytest.fixture
async def counter(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Counter]:
    """Everything is deleted in the ERP, so that permission alone decides."""
    url = templates.copy(kind, "permission-table", fill, tmp_path)
    database = open_database(url)
    erp = FakeErp()
    async with service_asking(erp, url, tmp_path) as service:
        await check(service, HARBOR)
        erp.states = {f"BILL-{case.invoice_id}": RecordState.DELETED for case in TABLE}
        erp.asked.clear()
        yield Counter(service, erp, database)
    await database.engine.dispose()


async def test_exactly_two_of_thirty_two_may_unlink(counter: Counter) -> None:
    assert len(TABLE) == 32
    results = [(case, (await counter.ask(UNLINK, case))["unlinkInvoice"]) for case in TABLE]

    may = [case for case, result in results if result["__typename"] == "Success"]
    assert [case.subject for case in may] == ["admin-standard-true", "admin-admin-true"]
    assert [asked[0] for asked in counter.erp.asked] == [f"BILL-{case.invoice_id}" for case in may]
    for case, result in results:
        if case in may:
            assert result["message"] == "Successfully Unlinked"
            history = [{"by": case.subject, "outcome": "UNLINKED"}]
            assert result["invoice"] == {"locked": False, "unlinkHistory": history}


async def test_every_other_is_told_all_that_lacks_and_changes_nothing(counter: Counter) -> None:
    """I2, I3: each attempt is recorded, and nothing else is."""
    before = without_attempts(await contents(counter.database, HARBOR))
    refused = [case for case in TABLE if case.missing]
    assert len(refused) == 30

    for case in refused:
        result = (await counter.ask(UNLINK, case))["unlinkInvoice"]

        assert result == {
            "__typename": "PermissionDenied",
            "message": "You do not have all the permissions that unlinking this invoice takes.",
            "code": "PERMISSION_DENIED",
            "missing": case.missing,
        }
        lacks = ", ".join(each["permission"].lower() for each in case.missing)
        assert (await counter.ask(HISTORY, case))["subcontractorInvoice"] == {
            "locked": True,
            "unlinkHistory": [
                {
                    "by": case.subject,
                    "outcome": "PERMISSION_DENIED",
                    "evidence": f"missing: {lacks}",
                }
            ],
        }
    assert counter.erp.asked == []
    after = await contents(counter.database, HARBOR)
    assert without_attempts(after) == before
    assert len(after["unlink_attempts"]) == 30
