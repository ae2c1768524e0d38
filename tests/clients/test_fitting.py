"""An answer that the schema does not allow is found out, whatever is wrong with it."""

from typing import Any

import pytest
from graphql import build_schema, parse

from tests.clients.fitting import Fitting
from tests.servers.environments import ROOT

SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
DOCUMENT = parse("""{
  company(id: "1") { name erpIntegrations { unlinkSupported } }
  node(id: "2") {
    ... on SubcontractorInvoice { number status createdAt amount: currentPaymentDue { amount } }
  }
}""")
NODE = {
    "number": 1,
    "status": "DRAFT",
    "createdAt": "2026-03-31T12:00:00Z",
    "amount": {"amount": "1.50"},
}
DATA = {"company": {"name": "A", "erpIntegrations": [{"unlinkSupported": True}]}, "node": NODE}
ERROR = {"message": "No.", "extensions": {"code": "BAD_USER_INPUT"}}
FAILED = {"message": "No.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}


def problems(answer: Any) -> list[str]:
    return list(Fitting(SCHEMA, DOCUMENT).problems(answer))


@pytest.mark.parametrize(
    "answer",
    [
        {"data": DATA},
        {"data": DATA, "extensions": {}},
        {"data": {"company": None, "node": {}}},
        {"errors": [ERROR]},
        {"data": {"company": None, "node": None}, "errors": [{**ERROR, "path": ["company"]}]},
        {
            "data": {"company": None, "node": None},
            "errors": [{**ERROR, "path": ["company", "erpIntegrations", 0, "unlinkSupported"]}],
        },
    ],
)
def test_an_answer_that_fits_is_let_be(answer: Any) -> None:
    assert problems(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"data": None},
        {"data": DATA, "errors": []},
        {"data": DATA, "more": 1},
        {"errors": [FAILED]},
        {"errors": [{"message": "No."}]},
        {"data": DATA, "errors": [{**ERROR, "path": ["company"]}]},
        {"data": {"company": None}},
        {"data": {"node": NODE, "company": None}},
        {"data": {**DATA, "company": {"name": None, "erpIntegrations": []}}},
        {"data": {**DATA, "company": {"name": "A", "erpIntegrations": None}}},
        {"data": {**DATA, "company": {"name": "A", "erpIntegrations": {}}}},
        {"data": {**DATA, "company": {"name": "A", "erpIntegrations": [None]}}},
        {"data": {**DATA, "company": {"name": "A", "erpIntegrations": [{"unlinkSupported": 1}]}}},
        {"data": {**DATA, "node": {**NODE, "number": 1.5}}},
        {"data": {**DATA, "node": {**NODE, "number": 2**31}}},
        {"data": {**DATA, "node": {**NODE, "status": "LOST"}}},
        {"data": {**DATA, "node": {**NODE, "createdAt": "2026-03-31T12:00:00"}}},
        {"data": {**DATA, "node": {**NODE, "amount": {"amount": "1E+2"}}}},
        {"data": {**DATA, "node": {**NODE, "amount": {"amount": "NaN"}}}},
    ],
)
def test_an_answer_that_does_not_fit_is_told(answer: Any) -> None:
    assert problems(answer) != []
