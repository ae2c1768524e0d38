"""Signing in at an OIDC issuer, a certified one: by its own page, and back to where one was."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from playwright.async_api import expect

from adapters.demo.companies import CASCADE
from adapters.demo.directory import directory_of
from domain.erps import RecordState
from tests.browser.conftest import OpenWindow
from tests.browser.erp_link import ErpLink, running_erp_link, synced_invoices
from tests.browser.invoices import HEADING, Invoices
from tests.browser.window import Window
from tests.servers.node import NodeClients
from tests.servers.oidc_provider import CLIENT, running_oidc_provider
from tests.servers.processes import free_port

AUDIENCE = "https://erp-link.example"
HOUR = 3_600_000


class AtIssuer(Invoices):
    """The page, and the issuer's."""

    def __init__(self, window: Window, service: ErpLink, issuer: str) -> None:
        super().__init__(window, service.origin)
        self.issuer = issuer

    async def go_to_issuer(self) -> None:
        name = self.issuer.removeprefix("http://")
        await self.page.get_by_role("button", name=f"Sign in with {name}").click()

    async def sign_in(self, person: str = "ada") -> None:
        await self.go_to_issuer()
        await expect(self.page).to_have_title("Sign in at the issuer")
        await self.page.get_by_role("textbox", name="Name").fill(person)
        await self.page.get_by_role("button", name="Sign in").click()


@contextmanager
def running_with_issuer(clients: NodeClients, **client: object) -> Iterator[tuple[ErpLink, str]]:
    """The service, in whose directory the issuer calls Ada Whitfield `ada`; and the issuer."""
    port = free_port()
    with running_oidc_provider(clients, f"http://127.0.0.1:{port}") as issuer:
        known = {"issuer": issuer, "audience": AUDIENCE, "client_id": CLIENT} | client
        directory = json.loads(json.dumps(directory_of(CASCADE)))
        for person in directory["people"]:
            (demo,) = person["identities"]
            person["identities"].append({"issuer": issuer, "subject": demo["subject"]})
        with running_erp_link(directory, port=port, oidc_issuers=json.dumps([known])) as service:
            yield service, issuer


@pytest.fixture(scope="module")
def with_issuer(node_clients: NodeClients) -> Iterator[tuple[ErpLink, str]]:
    """What the page sends is the access token, made for the service's audience."""
    with running_with_issuer(node_clients, parameters={"resource": AUDIENCE}) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(with_issuer: tuple[ErpLink, str], open_window: OpenWindow, pages: None) -> AtIssuer:
    service, issuer = with_issuer
    return AtIssuer(await open_window(service.origin, issuer), service, issuer)


async def test_one_signs_in_and_is_where_one_was(page: AtIssuer) -> None:
    address = "/?state=paid&sort=-amount"
    await page.open(address)
    await page.sign_in()

    await page.sees_list()
    await expect(page.page).to_have_url(re.compile("state=paid&sort=-amount"))
    await expect(page.page.get_by_text("5 invoices")).to_be_visible()
    await expect(page.page.get_by_text("Ada Whitfield")).to_be_visible()
    await expect(page.live).to_be_visible()


async def test_no_token_and_no_code_is_left_in_the_browser(page: AtIssuer) -> None:
    await page.open()
    async with page.page.expect_response("**/token") as answered:
        await page.sign_in()
    tokens = await (await answered.value).json()
    await page.sees_list()

    kept = await page.window.what_is_kept()

    assert kept["local"] == kept["session"] == {}
    assert kept["databases"] == kept["caches"] == []
    for token in (tokens["access_token"], tokens["id_token"]):
        assert token not in str(kept)
        assert not [each for each in page.window.requests if token in each]
    assert "code=" not in kept["address"]
    # Those are the issuer's own; a cookie knows no port.
    assert all(str(each["name"]).startswith("_") for each in kept["cookies"])


async def test_whose_token_is_over_is_brought_back_by_the_issuer_without_a_word(
    page: AtIssuer,
) -> None:
    await page.page.clock.install()
    await page.open("/?state=open")
    await page.sign_in()
    await page.sees_list()

    await page.page.clock.fast_forward(HOUR + 1000)
    await page.page.get_by_role("columnheader", name="Amount").get_by_role("button").click()
    await expect(page.sign_in_again).to_be_visible()
    await page.go_to_issuer()

    await expect(page.sign_in_again).to_have_count(0)
    await page.sees_list()
    await expect(page.page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", "descending"
    )
    await expect(page.page.get_by_role("combobox", name="Record state")).to_have_value("OPEN")


async def test_who_does_not_sign_in_is_told_what_the_issuer_says(page: AtIssuer) -> None:
    await page.open("/?state=paid")
    await page.go_to_issuer()
    await page.page.get_by_role("button", name="Cancel").click()

    await expect(page.alert).to_have_text(
        re.compile("did not sign you in: The person did not sign in.")
    )
    await expect(page.page).to_have_url(f"{page.origin}/?state=paid")
    await page.sign_in()
    await page.sees_list()


async def test_who_comes_back_by_the_button_can_begin_anew(page: AtIssuer) -> None:
    await page.open("/?state=paid")
    await page.go_to_issuer()
    await expect(page.page).to_have_title("Sign in at the issuer")
    await page.page.go_back()

    await expect(page.alert).to_have_count(0)
    await page.sign_in()
    await page.sees_list()


async def test_an_answer_that_nobody_asked_for_signs_nobody_in(page: AtIssuer) -> None:
    await page.open("/?code=stolen&state=forged")
    await expect(page.page.get_by_role("button", name="Sign in with")).to_be_visible()

    await page.go_to_issuer()
    await expect(page.page).to_have_title("Sign in at the issuer")
    await page.open("/?code=stolen&state=forged")

    await expect(page.alert).to_contain_text("is not to be trusted")
    await expect(page.page.get_by_role("heading", name=HEADING)).to_have_count(0)


async def test_whom_the_directory_does_not_know_is_told_so(page: AtIssuer) -> None:
    await page.open()
    await page.sign_in("mallory")

    await expect(page.sign_in_again).to_contain_text(
        "ERP Link does not let mallory of the issuer in: "
        "nobody by this token's name is in any company's directory."
    )
    page.window.forgive("401")


async def test_an_invoice_is_unlinked_by_who_signed_in_there(
    page: AtIssuer, with_issuer: tuple[ErpLink, str]
) -> None:
    service, _ = with_issuer
    invoice = synced_invoices(RecordState.OPEN)[0]
    service.delete(invoice)
    await page.open()
    await page.sign_in()
    await page.find(invoice)

    await page.unlink(invoice)

    await page.sees_green(invoice)


async def test_the_id_token_is_sent_where_the_page_is_the_audience(
    node_clients: NodeClients, open_window: OpenWindow, pages: None
) -> None:
    with running_with_issuer(node_clients, audience=CLIENT) as (service, issuer):
        page = AtIssuer(await open_window(service.origin, issuer), service, issuer)
        await page.open()
        await page.sign_in()

        await page.sees_list()
        await page.leave()


async def test_an_issuer_that_is_away_is_told(
    node_clients: NodeClients, open_window: OpenWindow, pages: None
) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    known = {"issuer": away, "client_id": CLIENT}
    with running_erp_link(oidc_issuers=json.dumps([known])) as service:
        window = await open_window(service.origin, away)
        page = AtIssuer(window, service, away)
        await page.open()
        await page.go_to_issuer()

        await expect(page.alert).to_contain_text("cannot be reached")
        window.forgive("ERR_CONNECTION_REFUSED")
