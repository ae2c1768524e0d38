"""Errors: each has its code and the request's id, and none repeats what the client sent."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.endpoint.asking import ask, post, refused
from tests.fakes import FakeErp, service_asking
from tests.service import Service

SECRET = "s3cr3tvalue"


def listed(arguments: str) -> str:
    return f'{{ syncedInvoices(companyId: "x", {arguments}) {{ totalCount }} }}'


SYNTAX = {
    f"{{ viewer {{ name }} }} {SECRET}": "Syntax Error: Unexpected Name.",
    f'{{ viewer {{ "{SECRET}" }} }}': "Syntax Error: Expected Name, found String.",
    f'{{ node(id "{SECRET}") {{ id }} }}': "Syntax Error: Expected ':', found String.",
    f'{{ node(id: "{SECRET}) {{ id }} }}': "Syntax Error: Unterminated string.",
    f'{{ node(id: "{SECRET}\\q") {{ id }} }}': "Syntax Error: Invalid character escape sequence.",
    f"{{ node(id: '{SECRET}') {{ id }} }}": "Syntax Error: Unexpected single quote character.",
    "{ node(id: 0123454321) { id } }": "Syntax Error: Invalid number.",
    "{ node(id: .123454321) { id } }": "Syntax Error: Invalid number.",
    "{ node(id: ?) { id } }": "Syntax Error: Unexpected character.",
    "{": "Syntax Error: Expected Name, found <EOF>.",
    f"query ($a: Int = ${SECRET}) {{ __typename }}": "Syntax Error: Unexpected variable.",
}


@pytest.mark.parametrize("document", SYNTAX)
async def test_a_syntax_error_tells_where_and_what_kind(service: Service, document: str) -> None:
    answer = await ask(service, document)

    assert refused(answer, 200, "GRAPHQL_PARSE_FAILED") == SYNTAX[document]
    (location,) = answer.json()["errors"][0]["locations"]
    assert location["line"] == 1
    assert SECRET not in answer.text
    assert "123454321" not in answer.text


LITERALS = {
    f'first: "{SECRET}"': "Int cannot represent non-integer value.",
    f"first: {SECRET}": "Int cannot represent non-integer value.",
    "first: 99999999999": "Int cannot represent non 32-bit signed integer value.",
    f'filter: "{SECRET}"': ("Expected value of type 'SyncedInvoiceFilter' to be an object."),
    f'filter: {{ {SECRET}: "x" }}': (
        "Expected value of type 'SyncedInvoiceFilter' not to include unknown field."
    ),
    f"filter: {{ statuses: [{SECRET}] }}": "No such value in enum 'SubcontractorInvoiceStatus'.",
    f'filter: {{ statuses: ["{SECRET}"] }}': (
        "Enum 'SubcontractorInvoiceStatus' cannot represent non-enum value."
    ),
    "filter: { statuses: [DRAF] }": "No such value in enum 'SubcontractorInvoiceStatus'.",
    f'filter: {{ billingDate: {{ start: "{SECRET}" }} }}': 'expected a date, such as "2026-03-31"',
    f'orderBy: {{ direction: "{SECRET}" }}': None,
}


@pytest.mark.parametrize("argument", LITERALS)
async def test_a_literal_that_does_not_fit_is_not_repeated(service: Service, argument: str) -> None:
    answer = await ask(service, listed(argument))

    assert SECRET not in answer.text
    assert "Did you mean" not in answer.text
    codes = {each["extensions"]["code"] for each in answer.json()["errors"]}
    assert codes <= {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    if LITERALS[argument]:
        assert LITERALS[argument] in [each["message"] for each in answer.json()["errors"]]


VARIABLES: list[tuple[str, Any, str]] = [
    ("Int", SECRET, "Variable '$v' has invalid value: Int cannot represent non-integer value."),
    ("Int", {SECRET: SECRET}, "Variable '$v' has invalid value: Int cannot represent"),
    ("ID!", None, "Variable '$v' has invalid value: Expected value of non-null type 'ID!'"),
    ("ID!", [SECRET], "Variable '$v' has invalid value: ID cannot represent value."),
    ("SyncedInvoiceFilter", {SECRET: 1}, "not to include unknown field."),
    (
        "SyncedInvoiceFilter",
        SECRET,
        "Expected value of type 'SyncedInvoiceFilter' to be an object.",
    ),
    ("SyncedInvoiceFilter", {"statuses": [SECRET]}, "at .statuses[0]: No such value in enum"),
    ("SyncedInvoiceFilter", {"statuses": [f"' {SECRET} '"]}, "at .statuses[0]: No such value in"),
    ("SyncedInvoiceFilter", {"billingDate": {"start": SECRET}}, "expected a date"),
    ("SyncedInvoiceOrder", {"direction": SECRET}, "Variable '$v' has invalid value"),
]


@pytest.mark.parametrize(("type_", "value", "told"), VARIABLES)
async def test_a_variable_that_does_not_fit_is_named_and_its_value_not_repeated(
    service: Service, type_: str, value: Any, told: str
) -> None:
    argument = {"Int": "first", "SyncedInvoiceFilter": "filter", "SyncedInvoiceOrder": "orderBy"}
    used = listed(f"{argument[type_]}: $v") if type_ in argument else "{ node(id: $v) { id } }"
    answer = await service.post(f"query ($v: {type_}) {used}", {"v": value})

    assert SECRET not in answer.text
    messages = [each["message"] for each in answer.json()["errors"]]
    assert any(told in each for each in messages), messages
    assert {each["extensions"]["code"] for each in answer.json()["errors"]} == {"BAD_USER_INPUT"}


async def test_names_that_do_not_exist_are_told_and_no_others_suggested(service: Service) -> None:
    for document in (
        "{ viewr { name } }",
        "{ viewer { nam } }",
        '{ node(idd: "x") { id } }',
        '{ node(id: "x") { ... on Compan { name } } }',
        "query ($v: Strin) { viewer { name } }",
        "{ viewer @skp { name } }",
        '{ syncedInvoices(companyId: "x", filter: {serch: "x"}) { totalCount } }',
    ):
        answer = await ask(service, document)
        errors = answer.json()["errors"]
        assert {each["extensions"]["code"] for each in errors} == {"GRAPHQL_VALIDATION_FAILED"}
        assert "mean" not in answer.text, answer.text


async def test_five_errors_are_enough(service: Service) -> None:
    wrong = " ".join(f"no{n}" for n in range(60))

    for answer in (
        await ask(service, f"{{ viewer {{ {wrong} }} }}"),
        await service.post(
            "query ($v: SyncedInvoiceFilter) " + listed("filter: $v"), {"v": {"statuses": [1] * 99}}
        ),
    ):
        assert len(answer.json()["errors"]) == 5


async def test_of_what_nobody_expected_nothing_is_told_and_it_is_logged_once(
    broken: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """The ERP's adapter fails in a way that nobody foresaw."""
    found = await broken.data("{ viewer { companies { id } } }")
    query = "query ($id: ID!) { syncedInvoices(companyId: $id, first: 1) { nodes { id } } }"
    page = await broken.data(query, {"id": found["viewer"]["companies"][0]["id"]})
    (invoice,) = page["syncedInvoices"]["nodes"]
    unlink = (
        f'mutation {{ unlinkInvoice(input: {{invoiceId: "{invoice["id"]}"}}) {{ __typename }} }}'
    )
    caplog.clear()

    answer = await ask(broken, unlink)

    assert answer.status_code == 200
    assert answer.json()["data"] == {"unlinkInvoice": None}
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("Something went wrong here.")
    assert error["path"] == ["unlinkInvoice"]
    request_id = answer.headers["x-request-id"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    (line,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert (line.name, line.__dict__["request_id"]) == ("erp_link", request_id)
    assert line.exc_info is not None
    assert isinstance(line.exc_info[1], ZeroDivisionError)


async def test_what_a_client_did_wrong_is_no_matter_for_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    for document in (*SYNTAX, *(listed(each) for each in LITERALS)):
        await ask(service, document)
    await post(service, b"{")

    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert SECRET not in caplog.text


@pytest.fixture
async def broken(demo_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async def fail() -> None:
        raise ZeroDivisionError(SECRET)

    async with service_asking(FakeErp(meanwhile=fail), demo_url, tmp_path) as started:
        yield started
