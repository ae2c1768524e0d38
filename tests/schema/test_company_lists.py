"""What a company's invoices can be kept by: its projects and vendors, found by name."""

from typing import Any

import pytest

from tests.schema.books import VENDORS
from tests.schema.conftest import HARBOR_ID, Clerk
from tests.schema.test_viewer import QUARRY_ID

LISTS = """
query Lists($company: ID!, $search: String, $first: Int! = 20) {
  company(id: $company) {
    projects(search: $search, first: $first) { name number }
    vendors(search: $search, first: $first) { name }
  }
}
"""
KESTREL, STEEL, BAUER = VENDORS.values()


async def listed(clerk: Clerk, person: str = "ann", **variables: Any) -> dict[str, list[str]]:
    """Their names."""
    variables = {"company": HARBOR_ID} | variables
    company = (await clerk.service.data(LISTS, variables, person))["company"]
    return {kind: [each["name"] for each in company[kind]] for kind in company}


async def test_all_are_listed_by_name(reader: Clerk) -> None:
    assert await listed(reader) == {
        "projects": ["Harbor Docks", "Harbor Sheds"],
        "vendors": [STEEL, KESTREL, BAUER],
    }


@pytest.mark.parametrize(
    ("search", "projects", "vendors"),
    [
        ("", ["Harbor Docks", "Harbor Sheds"], [STEEL, KESTREL, BAUER]),
        ("DOCKS", ["Harbor Docks"], []),
        ("h-1 docks", ["Harbor Docks"], []),  # by its number too
        ("sheds harbor", ["Harbor Sheds"], []),
        ("docks sheds", [], []),
        ("STRASSE söhne", [], [BAUER]),
        ("%", [], [STEEL]),
        ("_", [], [STEEL]),
        ("\\", [], [STEEL]),
        ("' OR 1=1", [], []),
    ],
)
async def test_every_word_must_occur_in_the_name(
    reader: Clerk, search: str, projects: list[str], vendors: list[str]
) -> None:
    assert await listed(reader, search=search) == {"projects": projects, "vendors": vendors}


async def test_no_more_are_listed_than_asked_for(reader: Clerk) -> None:
    assert await listed(reader, first=1) == {"projects": ["Harbor Docks"], "vendors": [STEEL]}


@pytest.mark.parametrize("first", [0, 101, -1])
async def test_a_size_that_cannot_be_used_is_refused(reader: Clerk, first: int) -> None:
    error = await reader.bad_input(LISTS, company=HARBOR_ID, first=first)
    assert error["extensions"]["argument"] == "first"


@pytest.mark.parametrize("search", ["x" * 201, "a\0b"])
async def test_words_that_cannot_be_searched_for_are_refused(reader: Clerk, search: str) -> None:
    error = await reader.bad_input(LISTS, company=HARBOR_ID, search=search)
    assert error["extensions"]["argument"] == "search"


async def test_each_company_has_its_own(reader: Clerk) -> None:
    shown = await listed(reader, "olga", company=QUARRY_ID)
    assert shown["vendors"] == ["Quarry vendor"]
