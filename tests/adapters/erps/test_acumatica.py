"""Acumatica's own ways: the 500 that means "none", what has settled a bill, and its sessions."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from tests.adapters.erps.contract import canary_of, judge
from tests.adapters.erps.vendor_server import Answer, VendorServer
from tests.adapters.erps.vendors import acumatica as vendor

VENDOR = vendor.VENDOR
Connect = Callable[..., Erp]
REVERSED = VENDOR.bill(RecordState.REVERSED)


@pytest.fixture
def name() -> str:
    return "acumatica"


def right_but(is_meant: Callable[[Request], bool], said: Response) -> Answer:
    """The right answers, but for those requests."""
    assert VENDOR.http is not None
    right = VENDOR.http.answer

    async def answer(request: Request) -> Response:
        return said if is_meant(request) else await right(request)

    return answer


def is_list(request: Request) -> bool:
    return request.url.path == vendor.BILLS_PATH


def is_read(request: Request) -> bool:
    return request.url.path.startswith(f"{vendor.BILLS_PATH}/")


async def trouble_of(erp: Erp, record_id: RecordId = VENDOR.deleted) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([record_id, VENDOR.canary])
    return caught.value


def exception(kind: str, message: str = "As Acumatica words it.") -> Response:
    return vendor.exception(kind, message)


FAULTS = [
    (exception("PX.Data.PXNotLoggedInException"), Trouble.UNAUTHORIZED),
    (exception("PX.Data.PXNotEnoughRightsException"), Trouble.FORBIDDEN),
    (exception("PX.Data.PXException", "API Login Limit"), Trouble.RATE_LIMITED),
    (exception("PX.Data.PXSetupNotEnteredException"), Trouble.SERVER_ERROR),
    (exception("PX.Api.ContractBased.OptimizationException"), Trouble.SERVER_ERROR),
    (JSONResponse({"message": "An error has occurred."}, 500), Trouble.SERVER_ERROR),
    (JSONResponse([], 500), Trouble.SERVER_ERROR),
    (PlainTextResponse("The custom error module…", 429), Trouble.RATE_LIMITED),
    (JSONResponse({"exceptionType": vendor.NONE[0]}, 404), Trouble.UNEXPECTED_ANSWER),
    (JSONResponse({"exceptionType": vendor.NONE[0]}), Trouble.UNEXPECTED_ANSWER),
    (JSONResponse([], 404), Trouble.UNEXPECTED_ANSWER),
]


@pytest.mark.parametrize("is_meant", [is_list, is_read], ids=["the list", "the read"])
@pytest.mark.parametrize(("said", "trouble"), FAULTS, ids=range(len(FAULTS)))
async def test_no_fault_is_an_absence(
    connect: Connect,
    vendor_server: VendorServer,
    is_meant: Callable[[Request], bool],
    said: Response,
    trouble: Trouble,
) -> None:
    vendor_server.answer = right_but(is_meant, said)

    assert (await trouble_of(connect())).trouble is trouble


async def test_the_500_that_means_none_is_not_heeded_of_a_list(
    connect: Connect, vendor_server: VendorServer
) -> None:
    vendor_server.answer = right_but(is_list, vendor.none())

    assert (await trouble_of(connect())).trouble is Trouble.SERVER_ERROR


async def test_a_single_absent_bill_is_read_as_well(
    connect: Connect, vendor_server: VendorServer
) -> None:
    erp = connect()
    [sighting] = await erp.look_up([VENDOR.deleted])

    assert sighting.state is RecordState.ABSENT
    paths = [request.url.path for request in vendor_server.asked(but=vendor.TOKEN_PATH)]
    assert paths == [vendor.BILLS_PATH, f"{vendor.BILLS_PATH}/Bill/{VENDOR.deleted}"]


async def test_a_list_that_leaves_out_what_a_read_shows_is_no_absence(
    connect: Connect, vendor_server: VendorServer
) -> None:
    shown = JSONResponse({"id": "…", "ReferenceNbr": {"value": VENDOR.deleted}})
    vendor_server.answer = right_but(is_read, shown)

    assert (await trouble_of(connect())).trouble is Trouble.STALE


async def test_a_reversed_bill_counts_as_gone_only_where_the_company_says_so(
    connect: Connect,
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([REVERSED, canary.record_id])

    assert answer[0].state is RecordState.REVERSED
    assert "debited with 1250 of 1250" in answer[0].evidence
    judge("acumatica", canary, answer, asked_at, reversal_counts_as_gone=True)


@pytest.mark.parametrize(
    "applications",
    [
        ...,
        {},
        [None],
        [vendor.applied("Debit Adj.", 1250) | {"AmountPaid": {"value": "1250"}}],
        [vendor.applied("Debit Adj.", 1250) | {"AmountPaid": {}}],
        [vendor.applied("Debit Adj.", 1250) | {"DocType": {}}],
    ],
    ids=["none", "no list", "null", "text", "no amount", "no kind"],
)
async def test_what_has_settled_a_bill_is_read_or_it_is_no_answer(
    connect: Connect, vendor_server: VendorServer, applications: object
) -> None:
    bill = {name: each for name, each in vendor.CLOSED.items() if name != "Applications"}
    if applications is not ...:
        bill["Applications"] = applications
    vendor_server.answer = right_but(is_read, JSONResponse(bill))

    said = await trouble_of(connect(), VENDOR.bill(RecordState.PAID))

    assert said.trouble is Trouble.UNEXPECTED_ANSWER


async def test_another_bill_than_the_closed_one_is_no_answer(
    connect: Connect, vendor_server: VendorServer
) -> None:
    reversed_one = next(row for row in vendor.BOOKS[vendor.OURS] if row["Amount"] == {"value": 0})
    vendor_server.answer = right_but(is_read, JSONResponse(reversed_one))

    said = await trouble_of(connect(), VENDOR.bill(RecordState.PAID))

    assert said.trouble is Trouble.UNEXPECTED_ANSWER


async def test_a_batch_of_closed_bills_is_not_read_one_by_one(
    connect: Connect, vendor_server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [vendor.bill(n, "Closed", 0, vendor.applied("Debit Adj.", 1250)) for n in range(40)]
    monkeypatch.setitem(vendor.BOOKS, vendor.OURS, closed)

    sightings = await connect().look_up([RecordId(f"{n:06}") for n in range(40)])

    states = [each.state for each in sightings]
    assert states == [RecordState.REVERSED] * 10 + [RecordState.PAID] * 30
    assert len(vendor_server.asked(but=vendor.TOKEN_PATH)) == 11


async def test_a_fingerprint_is_of_one_tenant_and_of_one_bill_in_it(connect: Connect) -> None:
    ours = await canary_of(connect())
    assert VENDOR.http is not None
    theirs = await canary_of(connect(**VENDOR.http.wrong_tenant))

    assert ours.record_id == theirs.record_id
    parts = zip(ours.fingerprint.split("/"), theirs.fingerprint.split("/"), strict=True)
    assert all(one != another for one, another in parts)


async def test_a_debit_adjustment_of_the_same_number_is_not_the_bill(connect: Connect) -> None:
    [sighting] = await connect().look_up([RecordId("000072")])  # a prepayment

    assert sighting.state is RecordState.ABSENT


async def test_a_refresh_token_is_used_where_there_is_no_user(
    connect: Connect, vendor_server: VendorServer
) -> None:
    erp = connect(username="", password="", refresh_token="refresh-of-a-login")
    [sighting] = await erp.look_up([VENDOR.canary])

    assert sighting.fingerprint
    form = parse_qs((await vendor_server.requests[0].body()).decode())
    assert form["grant_type"] == ["refresh_token"]


async def test_a_password_asks_for_a_session_that_ends_by_itself(
    connect: Connect, vendor_server: VendorServer
) -> None:
    await connect().look_up([VENDOR.canary])

    form = parse_qs((await vendor_server.requests[0].body()).decode())
    assert (form["grant_type"], form["scope"]) == (["password"], ["api"])
