"""What only Tryton does: its batches, and its log, which proves a deletion to an administrator."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.erps import Around
from adapters.erps.tryton import Tryton, connect
from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from tests.adapters.erps.contract import an_integration
from tests.adapters.erps.mischief import MISCHIEF
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors.tryton import (
    ADMINISTRATOR,
    RECORDED,
    VENDOR,
    answer,
    decimal,
    recorded_bill,
    settings,
)

LOG = "ir.model.log"
Connect = Callable[..., Tryton]


@pytest.fixture
def connected(around: Around, vendor_server: VendorServer) -> Connect:
    vendor_server.answer = answer

    def connect_to(**differing: str) -> Tryton:
        chosen = settings(vendor_server.url) | differing
        made = connect(an_integration("tryton"), chosen, around)
        assert isinstance(made, Tryton)
        return made

    return connect_to


def asked_of(vendor_server: VendorServer, model: str) -> list[Any]:
    """The domains that were searched for, in that model."""
    return [
        json.loads(urlsafe_b64decode(request.query_params["d"]))
        for request in vendor_server.requests
        if request.url.path.endswith(f"/{model}")
    ]


def log_says(reply: Callable[[], Response]) -> Callable[[Request], Any]:
    async def answered(request: Request) -> Response:
        return reply() if request.url.path.endswith(LOG) else await answer(request)

    return answered


async def test_asks_for_a_hundred_at_a_time_and_loses_none(
    connected: Connect, vendor_server: VendorServer
) -> None:
    asked = [RecordId(str(number)) for number in [*range(1000, 1248), 3, 4]]

    sightings = await connected().look_up(asked)

    assert [each.record_id for each in sightings] == asked
    assert [each.record_id for each in sightings if each.fingerprint] == ["3", "4"]
    domains = asked_of(vendor_server, "account.invoice")
    assert [len(ids) for [[_, _, ids]] in domains] == [100, 100, 50]
    for request, [[_, _, ids]] in zip(vendor_server.requests, domains, strict=True):
        assert int(request.query_params["s"]) > len(ids)


@pytest.mark.parametrize(
    ("unpaid", "state"),
    [("-1250.00", RecordState.OPEN), ("-500.00", RecordState.PARTLY_PAID)],
)
async def test_a_credit_note_is_judged_by_the_size_of_its_amounts(
    connected: Connect, vendor_server: VendorServer, unpaid: str, state: RecordState
) -> None:
    amounts = {"total_amount": decimal("-1250.00"), "amount_to_pay": decimal(unpaid)}

    async def answered(request: Request) -> Response:
        return JSONResponse([recorded_bill(3) | amounts])

    vendor_server.answer = answered
    [sighting] = await connected().look_up([RecordId("3")])

    assert sighting.state is state


async def test_without_a_numbered_bill_the_canary_is_a_draft(
    connected: Connect, vendor_server: VendorServer
) -> None:
    async def answered(request: Request) -> Response:
        return JSONResponse([recorded_bill(10)])

    vendor_server.answer = answered
    canary = await connected().choose_canary()

    assert canary is not None
    assert canary.record_id == "10"


@pytest.mark.parametrize("url", ["/nodb", "/erp/rest"])
async def test_another_path_is_not_read_as_gone(
    connected: Connect, vendor_server: VendorServer, url: str
) -> None:
    with pytest.raises(ErpTrouble) as caught:
        await connected(url=vendor_server.url + url).look_up([VENDOR.deleted, VENDOR.canary])

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


# The log


async def test_the_log_proves_a_deletion_to_an_administrator(
    connected: Connect, vendor_server: VendorServer
) -> None:
    deleted, canary = await connected(key=ADMINISTRATOR).look_up([VENDOR.deleted, VENDOR.canary])

    assert deleted.state is RecordState.DELETED
    assert deleted.evidence == (
        "Tryton's log: account.invoice 11 was deleted on 2026-11-22T18:09:05+00:00 by user 4"
    )
    assert deleted.as_of <= vendor_server.arrivals[0]
    assert canary.state is RecordState.OPEN
    assert asked_of(vendor_server, LOG) == [
        [["event", "=", "delete"], ["resource", "=", "account.invoice,11"]]
    ]


async def test_the_log_says_nothing_of_a_bill_that_never_existed(connected: Connect) -> None:
    [never] = await connected(key=ADMINISTRATOR).look_up([VENDOR.never_existed])

    assert never.state is RecordState.ABSENT


async def test_the_log_is_not_asked_where_nothing_or_more_than_one_is_absent(
    connected: Connect, vendor_server: VendorServer
) -> None:
    administrator = connected(key=ADMINISTRATOR)

    present = await administrator.look_up([VENDOR.canary])
    absent = await administrator.look_up([VENDOR.deleted, VENDOR.never_existed])

    assert [each.state for each in present] == [RecordState.OPEN]
    assert [each.state for each in absent] == [RecordState.ABSENT] * 2
    assert asked_of(vendor_server, LOG) == []


@pytest.mark.parametrize("mischief", MISCHIEF)
async def test_trouble_with_the_log_leaves_the_bill_absent(
    connected: Connect, vendor_server: VendorServer, mischief: str
) -> None:
    bad, _ = MISCHIEF[mischief]
    vendor_server.answer = log_says(lambda: bad(JSONResponse(RECORDED["deletions"]["11"])))

    [deleted] = await connected(key=ADMINISTRATOR).look_up([VENDOR.deleted])

    assert deleted.state is RecordState.ABSENT


@pytest.mark.parametrize(
    "but",
    [
        {"event": "write"},
        {"event": None},
        {"user": None},
        {"create_date": None},
        {"create_date": {"__class__": "datetime", "year": 0}},
        {"__name__": "account.invoice"},
    ],
    ids=repr,
)
async def test_an_entry_of_the_log_that_is_not_a_deletion_proves_nothing(
    connected: Connect, vendor_server: VendorServer, but: dict[str, Any]
) -> None:
    [entry] = RECORDED["deletions"]["11"]
    vendor_server.answer = log_says(lambda: JSONResponse([entry | but]))

    [deleted] = await connected(key=ADMINISTRATOR).look_up([VENDOR.deleted])

    assert deleted.state is RecordState.ABSENT
