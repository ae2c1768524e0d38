"""What only QuickBooks does: an absence that is read as well, and the proof of a deletion."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import Gone
from tests.adapters.erps.contract import canary_of, judge
from tests.adapters.erps.mischief import Mischief
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import quickbooks_online as vendor

VENDOR = vendor.VENDOR
LONG_AGO = RecordId(vendor.DELETED_LONG_AGO)
PATIENCE = 10
GONE = b'{"Fault": {"Error": [{"code": "610"}], "type": "ValidationFault"}}'


@pytest.fixture
def name() -> str:
    return "quickbooks_online"


def paths(server: VendorServer) -> list[str]:
    asked = server.asked(but=vendor.TOKEN_PATH)
    return [request.url.path.removeprefix(f"/v3/company/{vendor.OURS}") for request in asked]


def wherever(server: VendorServer, part: str, mischief: Mischief) -> None:
    """The right answers, but for the paths that hold that part."""
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        said = await right(request)
        return mischief(said) if part in request.url.path else said

    server.answer = answer


def says(status: int, body: bytes) -> Mischief:
    return lambda right: Response(body, status, {"Content-Type": "application/json"})


async def test_a_deletion_of_the_last_thirty_days_is_proven(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    [sighting] = await connect().look_up([VENDOR.deleted])

    assert sighting.state is RecordState.DELETED
    assert sighting.evidence.startswith("QuickBooks says that bill 55 was deleted on 20")
    assert sorted(paths(vendor_server)) == ["/bill/55", "/cdc", "/query"]


async def test_an_older_deletion_is_an_absence_that_the_canary_proves(
    connect: Callable[..., Erp],
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([LONG_AGO, canary.record_id])

    assert answer[0].state is RecordState.ABSENT
    assert isinstance(judge("quickbooks_online", canary, answer, asked_at), Gone)


async def test_a_bill_that_is_there_is_asked_about_once(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    await connect().look_up([VENDOR.canary])

    assert paths(vendor_server) == ["/query"]


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (404, GONE, Trouble.UNEXPECTED_ANSWER),
        (404, b"{}", Trouble.UNEXPECTED_ANSWER),
        (410, GONE, Trouble.UNEXPECTED_ANSWER),
        (400, b"{}", Trouble.UNEXPECTED_ANSWER),
        (400, GONE.replace(b"610", b"620"), Trouble.UNEXPECTED_ANSWER),
        (400, GONE.replace(b"Validation", b"System"), Trouble.UNEXPECTED_ANSWER),
        (400, GONE.replace(b'"610"', b"610"), Trouble.UNEXPECTED_ANSWER),
        (500, GONE, Trouble.SERVER_ERROR),
        (403, GONE, Trouble.FORBIDDEN),
        (200, b'{"Bill": {"Id": "55"}}', Trouble.STALE),
    ],
)
@pytest.mark.parametrize("record_id", [VENDOR.deleted, LONG_AGO])
async def test_only_the_vendors_own_word_of_this_bill_confirms_its_absence(
    connect: Callable[..., Erp],
    vendor_server: VendorServer,
    record_id: RecordId,
    status: int,
    body: bytes,
    trouble: Trouble,
) -> None:
    erp = connect()
    wherever(vendor_server, "/bill/", says(status, body))

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([record_id, VENDOR.canary])

    assert caught.value.trouble is trouble


@pytest.mark.parametrize(
    "said",
    [
        PlainTextResponse("too much", 200),
        JSONResponse({"Fault": {"Error": [{"code": "2030"}], "type": "ValidationFault"}}, 400),
        JSONResponse({"CDCResponse": []}),
        JSONResponse({"CDCResponse": [{"QueryResponse": [{"Bill": [{"Id": "55"}, None]}]}]}),
        JSONResponse({"CDCResponse": [{"QueryResponse": [{"Bill": "55"}]}]}),
        JSONResponse(["55"]),
    ],
    ids=lambda said: bytes(said.body).decode()[:20],
)
async def test_without_the_proof_a_deletion_is_an_absence(
    connect: Callable[..., Erp], vendor_server: VendorServer, said: Response
) -> None:
    erp = connect()
    wherever(vendor_server, "/cdc", lambda right: said)

    [sighting] = await erp.look_up([VENDOR.deleted])

    assert sighting.state is RecordState.ABSENT


async def test_a_refusal_to_tell_the_changes_is_told_and_ends_what_is_read_beside(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    erp, is_read, is_over = connect(), Event(), Event()
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        if "/cdc" in request.url.path:
            await asyncio.to_thread(is_read.wait, PATIENCE)
            return Response(status_code=429)
        if "/bill/" in request.url.path:
            is_read.set()
            await asyncio.to_thread(is_over.wait, PATIENCE)
        return await right(request)

    vendor_server.answer = answer

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted])
    left = asyncio.all_tasks() - {asyncio.current_task()}
    is_over.set()

    assert (caught.value.trouble, caught.value.retry_after_seconds) == (Trouble.RATE_LIMITED, 60)
    assert not left


async def test_many_that_are_absent_take_one_look_at_the_changes(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    asked = [VENDOR.deleted, LONG_AGO, VENDOR.never_existed]

    sightings = await connect().look_up(asked)

    states = [RecordState.DELETED, RecordState.ABSENT, RecordState.ABSENT]
    assert [each.state for each in sightings] == states
    assert sorted(paths(vendor_server)) == ["/cdc", "/query"]


async def test_a_lapsed_subscription_that_says_so_with_status_200_is_no_answer(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    """As in github.com/intuit/QuickBooks-V3-PHP-SDK issue 211."""
    erp, words = connect(), {"error": "The period of your subscription has ended"}
    said: Any = JSONResponse(words)
    wherever(vendor_server, "/query", lambda right: said)

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted])

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER
