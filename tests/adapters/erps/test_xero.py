"""What only Xero does: it keeps what is deleted, so that what it does not show was never there."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import Gone
from tests.adapters.erps.contract import canary_of, judge
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import xero as vendor

VENDOR = vendor.VENDOR


@pytest.fixture
def name() -> str:
    return "xero"


def lists_without(server: VendorServer, record_id: RecordId) -> None:
    """A list by ids that leaves this one out, which a read still shows."""
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        said = await right(request)
        if not request.url.path.endswith("/Invoices"):
            return said
        shown = [row for row in vendor.BOOKS[vendor.OURS] if row["InvoiceID"] != record_id]
        wanted = request.query_params["IDs"].split(",")
        return vendor.listed([row for row in shown if row["InvoiceID"] in wanted])

    server.answer = answer


def paths(server: VendorServer) -> list[str]:
    asked = server.asked(but=vendor.TOKEN_PATH)
    return [request.url.path.removeprefix(f"{vendor.BASE}/Invoices") for request in asked]


async def test_what_is_not_found_is_never_gone_although_it_was_seen_and_the_canary_is(
    connect: Callable[..., Erp],
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([VENDOR.never_existed, canary.record_id])

    assert answer[0].state is RecordState.ABSENT
    with pytest.raises(ErpTrouble) as doubt:
        judge("xero", canary, answer, asked_at)
    assert doubt.value.trouble is Trouble.NOT_VISIBLE
    assert "keeps what is deleted" in doubt.value.detail


async def test_a_deleted_bill_that_a_list_leaves_out_is_read(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    lists_without(vendor_server, VENDOR.deleted)
    answer = await erp.look_up([VENDOR.deleted, canary.record_id])

    assert answer[0].state is RecordState.DELETED
    assert isinstance(judge("xero", canary, answer, asked_at), Gone)
    assert paths(vendor_server)[-2:] == ["", f"/{VENDOR.deleted}"]


async def test_many_that_a_list_leaves_out_are_not_read_one_by_one(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    asked = [vendor.record(number) for number in range(100, 110)]

    sightings = await connect().look_up(asked)

    assert all(each.state is RecordState.ABSENT and each.doubt for each in sightings)
    assert paths(vendor_server) == [""]


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (HTMLResponse("gone", 410), Trouble.UNEXPECTED_ANSWER),
        (JSONResponse({"Invoices": []}, 400), Trouble.UNEXPECTED_ANSWER),
        (JSONResponse({"Status": "OK", "Invoices": [None]}), Trouble.UNEXPECTED_ANSWER),
        (HTMLResponse("failed", 500), Trouble.SERVER_ERROR),
    ],
    ids=["410", "400", "null", "500"],
)
async def test_a_read_that_says_something_else_is_no_answer(
    connect: Callable[..., Erp], vendor_server: VendorServer, said: Response, trouble: Trouble
) -> None:
    erp = connect()
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        one = request.url.path.endswith(VENDOR.never_existed)
        return said if one else await right(request)

    vendor_server.answer = answer
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.never_existed, VENDOR.canary])

    assert caught.value.trouble is trouble


async def test_without_a_paid_bill_the_canary_is_another(
    connect: Callable[..., Erp],
) -> None:
    theirs = connect(**{"tenant": vendor.THEIRS, "refresh_token": f"refresh-{vendor.THEIRS}-first"})

    assert (await canary_of(theirs)).record_id == VENDOR.of_another_company


async def test_no_more_than_sixty_requests_are_sent_in_a_minute(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    erp = connect()
    for _ in range(60):
        await erp.look_up([VENDOR.canary])

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.canary])

    assert caught.value.trouble is Trouble.RATE_LIMITED
    assert caught.value.retry_after_seconds is not None
    assert len(vendor_server.asked(but=vendor.TOKEN_PATH)) == 60
