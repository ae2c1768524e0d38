"""Who learns of a request and of its end, and who does not."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from adapters.store.machine_tokens import SqlMachineTokens
from adapters.tokens import DEMO_ISSUER
from domain.changes import ChangeKind, InvoiceChange
from domain.erps import RecordState
from domain.machines import Scope
from resolvers.context import Context
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from telemetry.observer import Observer, Scrape
from tests.builders import DOCKS, HARBOR
from tests.fakes import contents
from tests.telemetry.scraping import Scraped
from tests.waiting.agents import Agent
from tests.waiting.conftest import UNLINK, Office, an_office, invoice_id

GONE = {"BILL-1": RecordState.DELETED}


@pytest.mark.parametrize(
    ("state", "change", "by"),
    [
        (RecordState.DELETED, ChangeKind.UNLINKED, "Ann"),
        (RecordState.OPEN, ChangeKind.RECORD_STATE_SEEN, None),
    ],
)
async def test_who_watches_in_another_process_is_told_once_and_of_the_end_alone(
    office: Office,
    office_url: str,
    tmp_path: Path,
    state: RecordState,
    change: ChangeKind,
    by: str | None,
) -> None:
    office.agent.books.states["BILL-1"] = state
    async with an_office(office_url, tmp_path) as other, asyncio.timeout(30):
        viewer = await other.service.services.directory.viewer(DEMO_ISSUER, "ann")
        assert viewer is not None
        async with other.service.services.changes.watch(HARBOR, viewer.id) as changes:
            told: list[InvoiceChange] = []
            await office.asks(1)
            await office.agent.call()
            await office.asks(2)
            await office.agent.call()
            async for each in changes:
                told.append(each)
                if each.invoice.id == 2:
                    break

    assert [(each.invoice.id, each.kind, each.by) for each in told] == [
        (1, change, by),
        (2, ChangeKind.RECORD_STATE_SEEN, None),
    ]
    assert told[0].invoice.locked == (state is RecordState.OPEN)


async def test_i5_a_request_of_another_company_is_nothing_to_anybody(office: Office) -> None:
    id = await office.asks(1)
    before = await contents(office.database, HARBOR)

    for stranger in ("quinn", "nora"):
        assert await office.request(id, stranger) is None

    office.agent.books.states |= GONE
    await office.agent.call()
    assert await office.request(id, "quinn") is None
    assert await contents(office.database, HARBOR) != before


async def test_whoever_is_of_the_company_sees_what_waits(office: Office) -> None:
    id = await office.asks(1)

    assert await office.request(id, "olga") == await office.request(id)


async def machine_asks(office: Office) -> tuple[str, str]:
    """A machine's token, by its id in the database, and the request that it opened."""
    tokens = SqlMachineTokens(office.database)
    token = await tokens.make(HARBOR, "nightly", [Scope.READ, Scope.UNLINK], [DOCKS])
    answer = await office.service.http.post(
        "/graphql",
        json={"query": UNLINK, "variables": {"invoice": invoice_id(1)}},
        headers={"Authorization": f"Bearer {token.reveal()}"},
    )
    request = answer.json()["data"]["unlinkInvoice"]["request"]
    assert request["by"] == "nightly (machine)"
    return token.id, request["id"]


async def test_a_machine_unlinks_when_the_answer_comes(office: Office) -> None:
    _, id = await machine_asks(office)
    office.agent.books.states |= GONE

    await office.agent.call()

    assert (await office.outcome(id))["__typename"] == "Success"


async def test_a_machine_whose_token_was_revoked_meanwhile_unlinks_nothing(
    office: Office,
) -> None:
    token, id = await machine_asks(office)
    await SqlMachineTokens(office.database).revoke(HARBOR, token)
    office.agent.books.states |= GONE

    await office.agent.call()

    assert (await office.outcome(id))["__typename"] == "InvoiceNotFound"
    assert (await office.invoice(1))["locked"]


async def test_an_operator_sees_what_waits_and_how_it_ended(office: Office) -> None:
    observer = Observer(None, Scrape())
    services = observer.around(office.service.services, {"fake"})
    ann = await services.directory.viewer(DEMO_ISSUER, "ann")
    assert ann is not None
    for number in ("1", "2"):
        key = NodeKey("SubcontractorInvoice", HARBOR, number)
        await unlink_invoice(Context(ann, services), key)
    office.agent.books.states |= GONE

    await Agent(services, office.agent.books).call()

    found = Scraped(generate_latest(observer.metrics.registry).decode())
    for outcome, times in (("unlink_pending", 2), ("unlinked", 1), ("still_in_erp", 1)):
        assert found.value("erp_link_unlinks_total", erp="fake", outcome=outcome) == times
    assert found.labels("erp_link_erp_troubles_total", "trouble") == set()
    assert found.value("erp_link_erp_call_duration_seconds_count", erp="fake") == 0
