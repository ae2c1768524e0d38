"""GraphiQL as people use it: see what is synced, unlink it safely, read what became of it."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.erp_link import ErpLink
from tests.browser.graphiql import GraphiQL
from tests.browser.window import Window
from web.pages import graphiql_routes

RED = "The requisition is still in your ERP system. Please delete it before retrying."
GREEN = "Successfully Unlinked"
NO_TOKEN = (
    "No token yet. Open one of the links that `make run` prints, "
    "or paste a token into Headers, below the query."
)
HISTORY = """query History($invoiceId: ID!) {
  subcontractorInvoice(id: $invoiceId) {
    locked
    erpLink { recordId }
    unlinkHistory {
      by
      outcome
      link { recordId }
    }
  }
}"""


async def list_synced(graphiql: GraphiQL) -> Any:
    """Find one's company, and list what it has synced: the first two moves of everyone."""
    me = await graphiql.ask("WhoAmI")
    (company,) = me["viewer"]["companies"]
    listed = await graphiql.ask("SyncedInvoices", companyId=company["id"])
    return listed["syncedInvoices"]


def first_whose_bill_is(state: str, synced: Any) -> Any:
    return next(each for each in synced["nodes"] if each["erpLink"]["recordState"] == state)


async def test_an_invoice_is_unlinked_once_its_bill_is_deleted_in_the_erp(
    erp_link: ErpLink, graphiql: GraphiQL
) -> None:
    await graphiql.open(erp_link.link_of("ada"))
    synced = await list_synced(graphiql)
    invoice = first_whose_bill_is("DRAFT", synced)
    record = invoice["erpLink"]["recordId"]
    assert invoice["locked"]
    assert erp_link.bill(record)["document"] == invoice["invoiceNumber"]

    refused = await graphiql.ask("Unlink", invoiceId=invoice["id"])
    await graphiql.sees(RED)
    assert refused["unlinkInvoice"] == {
        "__typename": "StillInErp",
        "message": RED,
        "code": "STILL_IN_ERP",
        "link": {"recordId": record},
        "recordState": "DRAFT",
        "advice": None,
    }
    assert await list_synced(graphiql) == synced

    erp_link.run("demo-erp", "delete", record)
    assert erp_link.bill(record)["state"] == "deleted"

    unlinked = await graphiql.ask("Unlink", invoiceId=invoice["id"])
    await graphiql.sees(GREEN)
    assert unlinked["unlinkInvoice"]["__typename"] == "Success"
    assert unlinked["unlinkInvoice"]["message"] == GREEN
    assert unlinked["unlinkInvoice"]["invoice"]["locked"] is False

    left = await list_synced(graphiql)
    assert left["totalCount"] == synced["totalCount"] - 1
    assert invoice["id"] not in [each["id"] for each in left["nodes"]]

    told = await graphiql.ask_anew(HISTORY, invoiceId=invoice["id"])
    link = {"recordId": record}
    assert told["subcontractorInvoice"] == {
        "locked": False,
        "erpLink": None,
        "unlinkHistory": [
            {"by": "Ada Whitfield", "outcome": "UNLINKED", "link": link},
            {"by": "Ada Whitfield", "outcome": "STILL_IN_ERP", "link": link},
        ],
    }


async def test_who_lacks_admin_on_commitments_is_told_so_and_changes_nothing(
    erp_link: ErpLink, graphiql: GraphiQL
) -> None:
    await graphiql.open(erp_link.link_of("ben"))
    synced = await list_synced(graphiql)
    invoice = first_whose_bill_is("OPEN", synced)

    denied = await graphiql.ask("Unlink", invoiceId=invoice["id"])

    await graphiql.sees("PermissionDenied")
    where = f"the Commitments tool of the project {invoice['project']['name']}"
    await graphiql.sees(where)
    assert denied["unlinkInvoice"] == {
        "__typename": "PermissionDenied",
        "message": "You do not have all the permissions that unlinking this invoice takes.",
        "code": "PERMISSION_DENIED",
        "missing": [{"where": where}],
    }
    assert await list_synced(graphiql) == synced


async def test_without_a_token_the_page_says_where_to_get_one_and_takes_it(
    erp_link: ErpLink, graphiql: GraphiQL
) -> None:
    await graphiql.open(f"{erp_link.origin}/graphiql")
    await graphiql.sees(NO_TOKEN)

    token = erp_link.token_of("ada")
    await graphiql.write("Headers", json.dumps({"Authorization": f"Bearer {token}"}))
    await graphiql.no_longer_sees(NO_TOKEN)

    me = await graphiql.ask("WhoAmI")
    assert me["viewer"]["name"] == "Ada Whitfield"


async def test_another_persons_link_in_the_same_window_begins_again_as_that_person(
    erp_link: ErpLink, graphiql: GraphiQL
) -> None:
    await graphiql.open(erp_link.link_of("ada"))
    await list_synced(graphiql)

    async with graphiql.page.expect_event("load"):
        await graphiql.page.goto(erp_link.link_of("fatima"))
    await graphiql.is_ready()

    assert await graphiql.read_answer() == ""
    me = await graphiql.ask("WhoAmI")
    assert me["viewer"]["name"] == "Fatima Haddad"


async def test_a_token_is_kept_nowhere(
    erp_link: ErpLink, graphiql: GraphiQL, window: Window
) -> None:
    await graphiql.open(erp_link.link_of("ada"))
    await list_synced(graphiql)

    assert await window.what_is_kept() == {
        "address": f"{erp_link.origin}/graphiql",
        "state": None,
        "local": {},
        "session": {},
        "databases": [],
        "caches": [],
        "cookies": [],
    }
    await window.page.reload()
    await graphiql.sees(NO_TOKEN)
    token = erp_link.token_of("ada")
    assert not [url for url in window.requests if token in url]
    assert erp_link.printed().count(token) == 2, "beside the two places where `serve` offers it"


async def test_without_a_build_a_small_page_takes_the_token_and_asks(
    erp_link: ErpLink, window: Window, tmp_path: Path
) -> None:
    await put_in_place_of_graphiql(window.page, Starlette(routes=graphiql_routes(tmp_path)))

    await window.page.goto(erp_link.link_of("ada"))
    await expect(window.page.get_by_label("Token")).to_have_value(erp_link.token_of("ada"))
    await window.page.get_by_role("button", name="Send").click()

    await expect(window.page.locator("#answer")).to_contain_text('"name": "Ada Whitfield"')
    assert window.page.url == f"{erp_link.origin}/graphiql"


async def put_in_place_of_graphiql(page: Page, app: Starlette) -> None:
    """The page as `app` serves it, headers and all; /graphql stays the running service's."""
    answer = TestClient(app).get("/graphiql")

    async def fulfil(route: Route) -> None:
        await route.fulfill(
            status=answer.status_code, headers=dict(answer.headers), body=answer.content
        )

    await page.route("**/graphiql", fulfil)
