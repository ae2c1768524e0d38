"""What only ERPNext does: a read that tells gone from hidden, its bin, and amended bills."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import Gone, StillThere
from tests.adapters.erps.contract import canary_of, judge
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import erpnext as vendor

VENDOR = vendor.VENDOR
Connect = Callable[..., Erp]


@pytest.fixture
def name() -> str:
    return "erpnext"


def wherever(server: VendorServer, part: str, said: Response) -> None:
    """The right answers, but for the paths that hold that part."""
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        return said if part in request.url.path else await right(request)

    server.answer = answer


async def test_tells_where_people_see_a_bill(connect: Connect, vendor_server: VendorServer) -> None:
    [sighting] = await connect().look_up([VENDOR.canary])

    assert sighting.address == f"{vendor_server.url}/app/purchase-invoice/{VENDOR.canary}"


async def test_a_deletion_is_proven_by_the_bin_and_by_a_read(
    connect: Connect, vendor_server: VendorServer
) -> None:
    [sighting] = await connect().look_up([VENDOR.deleted])

    assert sighting.state is RecordState.DELETED
    assert "Deleted Document" in sighting.evidence
    assert sorted(request.url.path for request in vendor_server.requests) == [
        "/api/resource/Deleted Document",
        "/api/resource/Purchase Invoice",
        f"/api/resource/Purchase Invoice/{VENDOR.deleted}",
    ]


@pytest.mark.parametrize(
    ("key", "record_id"), [(vendor.PLAIN, VENDOR.deleted), (vendor.KEY, vendor.LONG_GONE)]
)
async def test_without_the_bin_a_deletion_is_an_absence_that_the_canary_proves(
    connect: Connect, key: str, record_id: RecordId
) -> None:
    erp = connect(key=key)
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([record_id, canary.record_id])

    assert answer[0].state is RecordState.ABSENT
    assert isinstance(judge("erpnext", canary, answer, asked_at), Gone)


@pytest.mark.parametrize(
    "record_id", [VENDOR.of_another_company, vendor.RESTORED], ids=["hidden", "restored"]
)
async def test_what_is_hidden_or_was_restored_is_a_doubt_although_it_was_seen(
    connect: Connect, record_id: RecordId
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([record_id, canary.record_id])

    assert answer[0].state is RecordState.ABSENT
    with pytest.raises(ErpTrouble) as doubt:
        judge("erpnext", canary, answer, asked_at)
    assert doubt.value.trouble is Trouble.NOT_VISIBLE
    assert record_id in doubt.value.detail


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (PlainTextResponse("not found", 404), Trouble.UNEXPECTED_ANSWER),
        (JSONResponse({"error": "no route"}, 404), Trouble.UNEXPECTED_ANSWER),
        (JSONResponse({"exc_type": "PageDoesNotExistError"}, 404), Trouble.UNEXPECTED_ANSWER),
        (vendor.error(410, "DoesNotExistError", ""), Trouble.UNEXPECTED_ANSWER),
        (vendor.error(417, "ValidationError", ""), Trouble.UNEXPECTED_ANSWER),
        (JSONResponse({"data": {}}, 200), Trouble.STALE),
        (PlainTextResponse("forbidden", 403), Trouble.FORBIDDEN),
        (JSONResponse({"message": "by the proxy"}, 403), Trouble.FORBIDDEN),
        (vendor.error(401, "AuthenticationError", ""), Trouble.UNAUTHORIZED),
        (vendor.error(500, "OperationalError", ""), Trouble.SERVER_ERROR),
    ],
    ids=lambda value: str(getattr(value, "value", getattr(value, "body", value))),
)
async def test_only_the_sites_own_word_on_this_very_bill_confirms_an_absence(
    connect: Connect, vendor_server: VendorServer, said: Response, trouble: Trouble
) -> None:
    erp = connect()
    wherever(vendor_server, "/Purchase Invoice/", said)

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])

    assert caught.value.trouble is trouble


@pytest.mark.parametrize(
    "row",
    [
        {"deleted_name": "ACC-PINV-2026-00031"},
        {"deleted_doctype": "Purchase Order"},
        {"restored": None},
        {"creation": None},
    ],
    ids=str,
)
async def test_the_bin_proves_nothing_of_what_it_does_not_name(
    connect: Connect, vendor_server: VendorServer, row: dict[str, object]
) -> None:
    erp = connect()
    said = JSONResponse({"data": [vendor.DELETED_DOCUMENTS[0] | row]})
    wherever(vendor_server, "/Deleted Document", said)

    [sighting] = await erp.look_up([VENDOR.deleted])

    assert sighting.state is RecordState.ABSENT


async def test_a_cancelled_bill_that_was_amended_lives_on_though_voids_count_as_gone(
    connect: Connect,
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([vendor.name(8), canary.record_id])

    found = judge("erpnext", canary, answer, asked_at, void_counts_as_gone=True)

    assert found == StillThere(answer[0])
    assert vendor.name(8, 2) in answer[0].evidence


async def test_what_is_amended_in_a_circle_is_no_answer(
    connect: Connect, vendor_server: VendorServer
) -> None:
    erp = connect()
    itself = vendor.bill(vendor.name(6), 2, "Cancelled", amended_from=vendor.name(6))
    wherever(vendor_server, "", JSONResponse({"data": [itself]}))

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([vendor.name(6)])

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER
