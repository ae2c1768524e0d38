"""Agave's own ways: how old its answers are, lists that do not say that they end, and drafts."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.erps import available
from adapters.store.ending import as_seen
from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import StillThere
from tests.adapters.erps.contract import asked_alike, canary_of, judge
from tests.adapters.erps.mischief import answering
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import agave as vendor

VENDOR = vendor.VENDOR
Connect = Callable[..., Erp]
OPEN = VENDOR.bill(RecordState.OPEN)


@pytest.fixture
def name() -> str:
    return "vista"


async def trouble_of(erp: Erp) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])
    return caught.value


def retrieved(when: str | None) -> Callable[[Response], Response]:
    """The right answer, by which the ERP was read then; None: it does not say when."""

    def said(right: Response) -> Response:
        del right.headers["Agave-Data-Retrieved-At"]
        if when is not None:
            right.headers["Agave-Data-Retrieved-At"] = when
        return right

    return said


def test_four_erps_are_asked_through_it() -> None:
    four = ["sage_100_contractor", "sage_300_cre", "spectrum", "vista"]

    assert asked_alike("vista") == four
    assert set(four) <= available()


@pytest.mark.parametrize("minutes", [1, 60 * 24])
async def test_an_answer_of_a_cache_is_as_old_as_the_cache(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    erp = connect()
    canary = await canary_of(erp)
    monkeypatch.setattr(vendor, "age", timedelta(minutes=minutes))
    for record_id in (OPEN, VENDOR.deleted):
        asked_at = datetime.now(UTC)
        answer = await erp.look_up([record_id, canary.record_id])

        for sighting in answer:
            assert sighting.as_of < asked_at - timedelta(minutes=minutes - 0.5)
        with pytest.raises(ErpTrouble) as doubt:
            judge("vista", canary, answer, asked_at)
        assert doubt.value.trouble is Trouble.STALE


@pytest.mark.parametrize("ahead", [0, 3])
async def test_what_was_read_in_the_second_of_the_request_is_fresh(
    connect: Connect, vendor_server: VendorServer, ahead: int
) -> None:
    erp = connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)

    def just_now(right: Response) -> Response:
        at = datetime.now(UTC) + timedelta(seconds=ahead)
        return retrieved(at.strftime("%Y-%m-%dT%H:%M:%SZ"))(right)

    assert VENDOR.http is not None
    vendor_server.answer = answering(VENDOR.http.answer, just_now)
    answer = await erp.look_up([OPEN, canary.record_id])

    assert all(asked_at <= each.as_of <= datetime.now(UTC) for each in answer)
    assert judge("vista", canary, answer, asked_at) == StillThere(answer[0])


@pytest.mark.parametrize(
    ("when", "trouble"),
    [
        (None, Trouble.STALE),
        ("", Trouble.UNEXPECTED_ANSWER),
        ("yesterday", Trouble.UNEXPECTED_ANSWER),
        ("2026-11-28T10:00:00", Trouble.UNEXPECTED_ANSWER),
    ],
)
async def test_an_answer_that_does_not_say_how_old_it_is_is_none(
    connect: Connect, vendor_server: VendorServer, when: str | None, trouble: Trouble
) -> None:
    assert VENDOR.http is not None
    vendor_server.answer = answering(VENDOR.http.answer, retrieved(when))

    assert (await trouble_of(connect())).trouble is trouble


def paged(pages: Mapping[int, tuple[list[Any], bool | None]]) -> Callable[[Request], Response]:
    """By the number of the page: its rows, and whether there are more."""

    def answer(request: Request) -> Response:
        number = int(request.query_params["page"])
        rows, more = pages.get(number, ([], None))
        meta = {"current_page": number, "has_more_results": more}
        headers = {"Agave-Data-Retrieved-At": datetime.now(UTC).isoformat()}
        return JSONResponse({"data": rows, "meta": meta}, headers=headers)

    return answer


@pytest.mark.parametrize(
    "pages",
    [
        {1: ([vendor.PAID], None)},
        {1: ([], True), 2: ([vendor.PAID], False)},
        {1: ([vendor.PAID], True), 2: ([], False)},
        {1: ([vendor.PAID], None), 2: ([], None)},
    ],
    ids=range(4),
)
async def test_a_list_is_read_until_it_ends(
    connect: Connect, vendor_server: VendorServer, pages: Mapping[int, Any]
) -> None:
    async def said(request: Request) -> Response:
        return paged(pages)(request)

    vendor_server.answer = said
    absent, canary = await connect().look_up([VENDOR.deleted, VENDOR.canary])

    assert (absent.state, canary.state) == (RecordState.ABSENT, RecordState.PAID)
    assert len(vendor_server.requests) == 2


async def test_what_is_absent_is_as_old_as_the_oldest_page(
    connect: Connect, vendor_server: VendorServer
) -> None:
    async def said(request: Request) -> Response:
        answer = paged({1: ([vendor.PAID], None)})(request)
        if request.query_params["page"] == "2":
            answer.headers["Agave-Data-Retrieved-At"] = "2026-11-01T10:00:00Z"
        return answer

    vendor_server.answer = said
    absent, _ = await connect().look_up([VENDOR.deleted, VENDOR.canary])

    assert absent.as_of == datetime(2026, 11, 1, 10, tzinfo=UTC)


async def test_a_list_without_an_end_is_no_answer(
    connect: Connect, vendor_server: VendorServer
) -> None:
    numbers = itertools.count(2000)

    async def said(request: Request) -> Response:
        rows = [vendor.invoice(next(numbers), "Posted")]
        return paged({n: (rows, True) for n in range(1, 99)})(request)

    vendor_server.answer = said

    assert (await trouble_of(connect())).trouble is Trouble.UNEXPECTED_ANSWER
    assert len(vendor_server.requests) == 3


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_no_refusal_is_an_absence(
    connect: Connect, vendor_server: VendorServer, status: int
) -> None:
    async def said(request: Request) -> Response:
        return vendor.refused(status, "The requested resource doesn't exist")

    vendor_server.answer = said
    told = await trouble_of(connect())

    assert told.trouble is Trouble.UNEXPECTED_ANSWER
    assert ("filtered" in told.detail) is (status in (400, 422))


async def test_a_draft_is_seen_for_now_since_posting_gives_it_another_id(connect: Connect) -> None:
    draft, posted = await connect().look_up([VENDOR.bill(RecordState.DRAFT), OPEN])

    assert (draft.provisional, posted.provisional) == (True, False)
    assert as_seen(draft)["seen_at"] is None
    assert as_seen(posted)["seen_at"] == posted.as_of


async def test_the_canary_is_none_that_posting_gives_another_id(
    connect: Connect, vendor_server: VendorServer
) -> None:
    rows = [vendor.invoice(60, "Pending"), vendor.invoice(62, "Posted")]

    async def said(request: Request) -> Response:
        return paged({1: (rows, True)})(request)

    vendor_server.answer = said

    assert (await canary_of(connect())).record_id == vendor.uuid(62)
    assert len(vendor_server.requests) == 1


async def test_a_company_of_the_account_is_asked_by_its_id(
    connect: Connect, vendor_server: VendorServer
) -> None:
    erp = connect(company=vendor.OTHER_COMPANY)
    [theirs] = await erp.look_up([RecordId(vendor.uuid(71))])

    assert theirs.state is RecordState.OPEN
    assert vendor_server.requests[0].headers["Company-Id"] == vendor.OTHER_COMPANY
    assert "Vista" in theirs.evidence


async def test_it_is_asked_by_ids_alone(connect: Connect, vendor_server: VendorServer) -> None:
    await connect().look_up([VENDOR.deleted, VENDOR.canary])

    [request] = vendor_server.requests
    assert request.headers["API-Version"] == "2021-11-21"
    assert json.loads(await request.body()) == {
        "filters": [{"field": "id", "operator": "IN", "value": [VENDOR.deleted, VENDOR.canary]}]
    }
