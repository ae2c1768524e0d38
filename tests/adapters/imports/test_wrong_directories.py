"""A directory that is wrong is told where, and for what reason."""

from typing import Any

import pytest

from adapters.imports import ImportRefused, Problem
from adapters.imports.directory import FORMAT, read_directory
from tests.adapters.imports.builders import (
    a_directory,
    a_person,
    an_integration,
    without,
)

ISSUER = "https://id.example"
OTHER = {"id": 77, "name": "Other", "currency": "EUR"}


@pytest.mark.parametrize(
    ("document", "field", "reason"),
    [
        (None, "", "must be a JSON object"),
        ([], "", "must be a JSON object"),
        (without(a_directory(), "format"), "format", "is missing"),
        (a_directory(format="erp-link.directory/2"), "format", f"should be '{FORMAT}'"),
        (without(a_directory(), "people"), "people", "is missing"),
        (a_directory(persons=[]), "persons", "is not a field of this format"),
        (a_directory(people={}), "people", "must be a JSON array"),
        (a_directory(company=OTHER | {"id": "77"}), "company.id", "must be a whole number"),
        (
            a_directory(company=OTHER | {"currency": "euro"}),
            "company.currency",
            'must be a currency of ISO 4217, such as "USD"',
        ),
        (
            a_directory(erpIntegrations=[an_integration(unlinkSupported="yes")]),
            "erpIntegrations[0].unlinkSupported",
            "must be true or false",
        ),
        (
            a_directory(erpIntegrations=[without(an_integration(), "erp")]),
            "erpIntegrations[0].erp",
            "is missing",
        ),
        (
            a_directory(erpIntegrations=[an_integration(), an_integration()]),
            "erpIntegrations",
            "7 is there 2 times",
        ),
        (
            a_directory(projects=[{"id": 1, "name": "A"}, {"id": 1, "name": "B"}]),
            "projects",
            "1 is there 2 times",
        ),
        (
            a_directory(people=[a_person(), a_person()]),
            "people",
            "('https://id.example', 'ada') is there 2 times",
        ),
        (
            a_directory(people=[a_person(erpIntegrations="owner")]),
            "people[0].erpIntegrations",
            "must be one of none, read_only, standard, admin",
        ),
        (
            a_directory(people=[a_person(erpIntegrations=3)]),
            "people[0].erpIntegrations",
            "must be one of none, read_only, standard, admin",
        ),
        (
            a_directory(people=[a_person(canPushToAccounting=1)]),
            "people[0].canPushToAccounting",
            "must be true or false",
        ),
        (
            a_directory(people=[a_person(commitments={"Tower": "admin"})]),
            "people[0].commitments.Tower",
            "must be the id of a project",
        ),
        (
            a_directory(people=[a_person(commitments={"500": "boss"})]),
            "people[0].commitments.500",
            "must be one of none, read_only, standard, admin",
        ),
        (
            a_directory(people=[a_person(identities=[])]),
            "people[0].identities",
            "must not be empty",
        ),
        (
            a_directory(people=[a_person(identities=[{"issuer": ISSUER, "subject": ""}])]),
            "people[0].identities[0].subject",
            "must not be empty",
        ),
    ],
)
def test_a_wrong_directory_is_told_where(document: Any, field: str, reason: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_directory(document)

    assert refusal.value.problems == (Problem(0, field, reason),)
