"""The capability record of an integration, wherever it is shown."""

from typing import Any

import pytest

from domain.registry import capabilities_of
from tests.builders import HARBOR, INTEGRATION, a_directory, bring_in
from tests.schema import books
from tests.schema.conftest import HARBOR_ID, UNLINK, Clerk, an_id

RECORD = """
    unlinkSupported deletionRequired voidCountsAsGone reversalCountsAsGone documentationUrl
    capabilities {
      syncsSubcontractorInvoices { value origin sourceUrl }
      unlinkSupported { value origin sourceUrl }
      deletionRequired { value origin sourceUrl }
      voidCountsAsGone { value origin sourceUrl }
      reversalCountsAsGone { value origin sourceUrl }
      freshness { seconds origin sourceUrl }
      documentation { url origin }
    }
"""
EVERYWHERE = f"""
    query($c: ID!, $n: ID!) {{
      company(id: $c) {{ erpIntegrations {{ {RECORD} }} }}
      node(id: $n) {{ ... on ErpIntegration {{ {RECORD} }} }}
      syncedInvoices(companyId: $c, first: 1) {{
        nodes {{ erpLink {{ integration {{ {RECORD} }} }} }}
      }}
    }}
"""
RULES = ("unlinkSupported", "deletionRequired", "voidCountsAsGone", "reversalCountsAsGone")


async def shown(clerk: Clerk, **but: Any) -> Any:
    """Of Harbor's integration, with the same word wherever it is asked for."""
    directory = a_directory(books.HARBOR_PEOPLE)
    (integration,) = directory["erpIntegrations"]
    silent = {name: value for name, value in integration.items() if name not in RULES}
    await bring_in(clerk.database, directory | {"erpIntegrations": [silent | but]})
    variables = {"c": HARBOR_ID, "n": an_id("ErpIntegration", HARBOR, INTEGRATION)}
    data = await clerk.service.data(EVERYWHERE, variables, "ann")
    (in_the_company,) = data["company"]["erpIntegrations"]
    (invoice,) = data["syncedInvoices"]["nodes"]
    assert in_the_company == data["node"] == invoice["erpLink"]["integration"]
    return in_the_company


async def test_what_is_documented_is_shown_with_its_source(clerk: Clerk) -> None:
    found = await shown(clerk, erp="acumatica")

    known = capabilities_of("acumatica")
    source = known.documentation
    documented = {"value": True, "origin": "REGISTRY", "sourceUrl": source}
    unknown = {"value": None, "origin": "UNKNOWN", "sourceUrl": None}
    assert found == {
        "unlinkSupported": True,
        "deletionRequired": True,
        "voidCountsAsGone": False,
        "reversalCountsAsGone": False,
        "documentationUrl": source,
        "capabilities": {
            "syncsSubcontractorInvoices": documented,
            "unlinkSupported": documented,
            "deletionRequired": documented,
            "voidCountsAsGone": unknown,
            "reversalCountsAsGone": unknown,
            "freshness": {"seconds": None, "origin": "UNKNOWN", "sourceUrl": None},
            "documentation": {"url": source, "origin": "REGISTRY"},
        },
    }


async def test_what_the_company_says_itself_wins_and_is_shown_as_its_word(clerk: Clerk) -> None:
    found = await shown(
        clerk,
        erp="acumatica",
        unlinkSupported=False,
        deletionRequired=False,
        reversalCountsAsGone=True,
        syncsSubcontractorInvoices=False,
        documentationUrl="https://erp.example/rules",
    )

    assert [found[rule] for rule in RULES] == [False, False, False, True]
    record = found["capabilities"]
    for rule, value in (
        ("unlinkSupported", False),
        ("deletionRequired", False),
        ("reversalCountsAsGone", True),
        ("syncsSubcontractorInvoices", False),
    ):
        assert record[rule] == {"value": value, "origin": "COMPANY", "sourceUrl": None}
    assert record["voidCountsAsGone"]["origin"] == "UNKNOWN"
    assert found["documentationUrl"] == "https://erp.example/rules"
    assert record["documentation"] == {"url": found["documentationUrl"], "origin": "COMPANY"}


async def test_of_an_erp_that_is_not_known_the_safe_side_counts(clerk: Clerk) -> None:
    found = await shown(clerk, erp="homemade")

    assert [found[rule] for rule in RULES] == [True, True, False, False]
    record = found["capabilities"]
    for rule in RULES:
        assert record[rule] == {"value": None, "origin": "UNKNOWN", "sourceUrl": None}
    assert record["documentation"] == {"url": None, "origin": "UNKNOWN"}


async def test_freshness_is_shown_in_seconds(clerk: Clerk) -> None:
    freshness = (await shown(clerk, erp="sage_300_cre"))["capabilities"]["freshness"]

    assert (freshness["seconds"], freshness["origin"]) == (3600, "REGISTRY")
    assert freshness["sourceUrl"].startswith("https://")


@pytest.mark.parametrize(
    ("said", "answer"), [({}, "StillInErp"), ({"unlinkSupported": False}, "UnlinkNotSupported")]
)
async def test_the_rules_that_count_are_those_that_are_judged_by(
    clerk: Clerk, said: dict[str, bool], answer: str
) -> None:
    await shown(clerk, erp="acumatica", **said)

    invoice = an_id("SubcontractorInvoice", HARBOR, 1)
    data = await clerk.service.data(UNLINK, {"invoice": invoice}, "ann")

    assert data["unlinkInvoice"]["__typename"] == answer
