"""Sixty-four people of different companies ask at once, in the same words: each sees their own.

All that is kept between requests is shared by them: documents, plans, statements, layouts. What
the companies keep has the same ids everywhere, and names its company in every text.
"""

import asyncio
import re
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.store.changes import SqlInvoiceChanges
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.store.invoices import SqlInvoiceStore
from adapters.store.ledger import SqlUnlinkLedger
from adapters.store.requests import SqlUnlinkRequests
from adapters.tokens import DEMO_ISSUER
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from schema.ids import node_id
from tests.builders import a_directory, a_person, a_requisition, bring_in
from tests.databases import Templates
from tests.fakes import FakeErp
from tests.service import Service, running_service

COMPANIES, INVOICES = range(21, 37), range(1, 7)
ROUNDS = 2
MARK = re.compile(r"C(\d\d)\b")

PAGE = """
query Page($company: ID!, $order: SyncedInvoiceOrder, $keep: SyncedInvoiceFilter) {
  syncedInvoices(companyId: $company, orderBy: $order, filter: $keep, first: 4) {
    totalCount
    edges { cursor node { id number invoiceNumber vendor { id name } project { name }
                          commitment { title } erpLink { id recordId } } }
    pageInfo { startCursor endCursor hasNextPage }
  }
}"""
MIXED = """
query Mixed($invoice: ID!, $theirs: ID!, $ids: [ID!]!, $company: ID!) {
  subcontractorInvoice(id: $invoice) {
    id invoiceNumber erpLink { recordId integration { name } }
    unlinkHistory(first: 2) { by evidence link { recordId } }
  }
  theirs: subcontractorInvoice(id: $theirs) { id invoiceNumber vendor { name } }
  node(id: $theirs) { id }
  nodes(ids: $ids) { __typename id ... on Vendor { name } ... on Project { name }
                     ... on SubcontractorInvoice { invoiceNumber } }
  company(id: $company) { name erpIntegrations { name } }
  viewer {
    name companies { name } grants(companyId: $company) { commitments { project { name } } }
  }
}"""


@dataclass(frozen=True)
class Principal:
    subject: str
    companies: Sequence[int]

    @property
    def name(self) -> str:
        return " ".join([*(f"C{each}" for each in self.companies), self.subject])


PRINCIPALS = [
    Principal(f"p{number}", sorted({COMPANIES[number % 16], COMPANIES[(number * several) % 16]}))
    for number, several in ((number, 1 if number < 48 else 5) for number in range(64))
]


async def test_nobody_sees_anything_of_another_company(crowded: Service) -> None:
    alone = {each.subject: await _asked(crowded, each) for each in PRINCIPALS[::7]}

    async with asyncio.TaskGroup() as crowd:
        asking = [
            (each, crowd.create_task(_asked(crowded, each)))
            for _ in range(ROUNDS)
            for each in PRINCIPALS
        ]

    for principal, answers in asking:
        told = answers.result()
        assert told == alone.get(principal.subject, told)
        assert _companies_in(told) == {*principal.companies}
        for company, page, mixed in told:
            assert [edge["node"]["number"] for edge in page["edges"]] == _numbers(company)
            assert page["totalCount"] == len(INVOICES)
            assert mixed["subcontractorInvoice"]["invoiceNumber"] == f"INV-2 of C{company}"
            assert mixed["subcontractorInvoice"]["unlinkHistory"][0]["by"].startswith("C")
            assert (mixed["theirs"], mixed["node"], mixed["nodes"][3:]) == (None, None, [None] * 2)
            assert None not in mixed["nodes"][:3]
            assert mixed["viewer"]["name"] == principal.name


async def _asked(service: Service, principal: Principal) -> list[Any]:
    """What they are told of each of their companies."""
    told = []
    for company in principal.companies:
        theirs = next(each for each in COMPANIES if each not in principal.companies)
        own = [node_id(kind, company, 1) for kind in ("Vendor", "Project", "SubcontractorInvoice")]
        others = [node_id(kind, theirs, 1) for kind in ("Vendor", "SubcontractorInvoice")]
        order = {"field": "CURRENT_PAYMENT_DUE", "direction": "ASC" if company % 2 else "DESC"}
        variables = {
            "company": node_id("Company", company, company),
            "order": order,
            "keep": {"search": f"c{company}"} if company % 3 else None,
            "invoice": node_id("SubcontractorInvoice", company, 2),
            "theirs": node_id("SubcontractorInvoice", theirs, 2),
            "ids": [*own, *others],
        }
        page, mixed = await asyncio.gather(
            service.data(PAGE, variables, principal.subject),
            service.data(MIXED, variables, principal.subject),
        )
        told.append((company, page["syncedInvoices"], mixed))
    return told


def _numbers(company: int) -> list[int]:
    """The first page, by what is due: each company's own numbers, this way or that."""
    numbers = [company * 1000 + each for each in INVOICES]
    return numbers[:4] if company % 2 else numbers[::-1][:4]


def _companies_in(told: Any) -> set[int]:
    """The companies that anything in an answer is of, by its text or by its id."""
    return {int(each) for text in _texts(told) for each in MARK.findall(text)}


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            if name == "id":
                kind, company, _ = urlsafe_b64decode(value + "==").decode().split(":")
                yield f"{kind} C{company}"
            yield from _texts(value)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from _texts(each)
    elif isinstance(told, str):
        yield told


@pytest.fixture
async def crowded(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Service]:
    url = templates.copy(kind, "many principals", _fill, tmp_path)
    async with running_service(url, tmp_path) as service:
        yield service


async def _fill(database: Database) -> None:
    for company in COMPANIES:
        people = [
            a_person(each.subject, name=each.name, commitments={"1": "admin"})
            for each in PRINCIPALS
            if company in each.companies
        ]
        await bring_in(database, _directory(company, people), _requisitions(company))
        services = Services(
            SqlInvoiceStore(database),
            SqlUnlinkLedger(database),
            SqlUnlinkRequests(database),
            SqlCompanyDirectory(database),
            FakeErp(),
            SqlInvoiceChanges(database),
            8,
        )
        viewer = await services.directory.viewer(DEMO_ISSUER, f"p{company - COMPANIES[0]}")
        assert viewer is not None
        key = NodeKey("SubcontractorInvoice", company, "2")
        await unlink_invoice(Context(viewer, services), key)


def _directory(company: int, people: Sequence[dict[str, Any]]) -> dict[str, Any]:
    directory = a_directory(people, company, {"name": f"ledger of C{company}"})
    return directory | {
        "company": {"id": company, "name": f"C{company} Works", "currency": "USD"},
        "projects": [{"id": 1, "name": f"Docks of C{company}"}],
    }


def _requisitions(company: int) -> list[dict[str, Any]]:
    return [
        a_requisition(
            each,
            number=company * 1000 + each,
            invoice_number=f"INV-{each} of C{company}",
            project_id=1,
            vendor_name=f"Vendor of C{company}",
            contract_name=f"Contract of C{company}",
            origin_id=f"BILL-{each} of C{company}",
        )
        for each in INVOICES
    ]
