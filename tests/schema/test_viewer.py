"""Who is asking, and what they may do in each company."""

from tests.builders import DOCKS, HARBOR, QUARRY, SHEDS
from tests.schema.conftest import HARBOR_ID, Clerk, an_id

QUARRY_ID = an_id("Company", QUARRY, QUARRY)
VIEWER = "{ viewer { name companies { id name currency erpIntegrations { name } } } }"
GRANTS = """
query Grants($company: ID!) {
  viewer { grants(companyId: $company) {
    erpIntegrations canPushToAccounting commitments { level project { id name } }
  } }
}
"""
HARBOR_SHOWN = {
    "id": HARBOR_ID,
    "name": "Harbor Builders",
    "currency": "USD",
    "erpIntegrations": [{"name": "Harbor ledger"}],
}
QUARRY_SHOWN = {
    "id": QUARRY_ID,
    "name": "Quarry Works",
    "currency": "USD",
    "erpIntegrations": [{"name": "Quarry ledger"}],
}
DOCKS_SHOWN = {"id": an_id("Project", HARBOR, DOCKS), "name": "Harbor Docks"}
SHEDS_SHOWN = {"id": an_id("Project", HARBOR, SHEDS), "name": "Harbor Sheds"}
NOTHING = {"erpIntegrations": "NONE", "canPushToAccounting": False, "commitments": []}


async def test_the_viewer_is_told_by_name_with_their_companies(reader: Clerk) -> None:
    for person, name, companies in (
        ("ann", "Ann", [HARBOR_SHOWN]),
        ("quinn", "Quinn", [QUARRY_SHOWN]),
        ("olga", "Olga", [HARBOR_SHOWN, QUARRY_SHOWN]),
        ("nora", "Nora", []),
    ):
        assert await reader.service.data(VIEWER, None, person) == {
            "viewer": {"name": name, "companies": companies}
        }


async def test_grants_are_told_by_company_and_project(reader: Clerk) -> None:
    expected = {
        ("ann", HARBOR_ID): {
            "erpIntegrations": "STANDARD",
            "canPushToAccounting": True,
            "commitments": [
                {"level": "ADMIN", "project": DOCKS_SHOWN},
                {"level": "ADMIN", "project": SHEDS_SHOWN},
            ],
        },
        ("bob", HARBOR_ID): {
            "erpIntegrations": "STANDARD",
            "canPushToAccounting": False,
            "commitments": [{"level": "ADMIN", "project": DOCKS_SHOWN}],
        },
        ("olga", HARBOR_ID): {
            "erpIntegrations": "READ_ONLY",
            "canPushToAccounting": True,
            "commitments": [{"level": "STANDARD", "project": SHEDS_SHOWN}],
        },
        ("nora", HARBOR_ID): NOTHING,
        ("ann", QUARRY_ID): NOTHING,
        ("ann", an_id("Company", 999, 999)): NOTHING,
        ("ann", an_id("Project", HARBOR, DOCKS)): NOTHING,
        ("ann", "nonsense"): NOTHING,
    }
    for (person, company), grants in expected.items():
        data = await reader.service.data(GRANTS, {"company": company}, person)
        assert data["viewer"]["grants"] == grants, (person, company)


async def test_olgas_grants_at_quarry_are_quarrys(reader: Clerk) -> None:
    data = await reader.service.data(GRANTS, {"company": QUARRY_ID}, "olga")

    assert data["viewer"]["grants"] == {
        "erpIntegrations": "STANDARD",
        "canPushToAccounting": True,
        "commitments": [
            {
                "level": "ADMIN",
                "project": {"id": an_id("Project", QUARRY, DOCKS), "name": "Quarry Docks"},
            }
        ],
    }
