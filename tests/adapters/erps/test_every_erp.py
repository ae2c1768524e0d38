"""One suite over every ERP: what is definite, and that nothing else ever is."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps, available
from domain.erps import Canary, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp
from domain.unlinking import Gone, StillThere, verdict
from tests.adapters.erps.contract import (
    COMPANY,
    HttpVendor,
    Vendor,
    a_link,
    an_integration,
    erps_over_http,
    http_cases,
    vendor_of,
)
from tests.adapters.erps.mischief import (
    MISCHIEF,
    SECRET_OF_THE_BODY,
    answering,
    redirecting,
    silence,
    tampered,
    trickle,
)
from tests.adapters.erps.vendor_server import VendorServer

Connect = Callable[..., Erp]

over_http = pytest.mark.parametrize("name", erps_over_http())
STAYS = (RecordState.DRAFT, RecordState.OPEN, RecordState.PARTLY_PAID, RecordState.PAID)


@pytest.fixture(params=sorted(available()))
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def vendor(name: str) -> Vendor:
    return vendor_of(name)


@pytest.fixture
def http(vendor: Vendor) -> HttpVendor:
    assert vendor.http is not None
    return vendor.http


@pytest.fixture
def connect(name: str, vendor: Vendor, vendor_server: VendorServer, around: Around) -> Connect:
    """Makes a connection, with settings that differ from the right ones where that is said."""
    settings = vendor.furnish(around.data_dir, vendor_server.url)
    if vendor.http is not None:
        vendor_server.answer = vendor.http.answer

    def connected(around: Around = around, **differing: str) -> Erp:
        chosen = {f"{COMPANY}/1": {**settings, **differing}}
        return ConfiguredErps(around, chosen).of(an_integration(name))

    return connected


@pytest.fixture
def erp(connect: Connect) -> Erp:
    return connect()


@pytest.fixture
async def impatient(tmp_path: Path, tls: ssl.SSLContext) -> AsyncIterator[Around]:
    timeout = httpx2.Timeout(5, read=0.2)
    async with httpx2.AsyncClient(timeout=timeout, trust_env=False, verify=tls) as client:
        yield Around(client, tmp_path)


async def troubles(erp: Erp, *record_ids: RecordId) -> ErpTrouble:
    """The trouble of both questions, which is the same."""
    with pytest.raises(ErpTrouble) as looking:
        await erp.look_up(record_ids)
    with pytest.raises(ErpTrouble) as choosing:
        await erp.choose_canary()
    assert looking.value.trouble is choosing.value.trouble
    return looking.value


async def canary_of(erp: Erp) -> Canary:
    canary = await erp.choose_canary()
    assert canary is not None
    return canary


def judge(
    name: str, canary: Canary, answer: Sequence[Sighting], asked_at: datetime, **rules: bool
) -> Gone | StillThere:
    """The verdict on the first record of the answer, which was seen before."""
    integration = an_integration(name, canary, **rules)
    return verdict(integration, a_link(name, answer[0].record_id), answer, asked_at)


# What is there


def test_shows_a_bill_in_every_state_that_matters(vendor: Vendor) -> None:
    assert {bill.state for bill in vendor.bills} >= {*STAYS, RecordState.VOIDED}


async def test_says_the_state_and_the_number_of_every_bill(erp: Erp, vendor: Vendor) -> None:
    sightings = await erp.look_up([bill.record_id for bill in vendor.bills])

    said = [(each.record_id, each.state, each.document_number) for each in sightings]
    assert said == [(bill.record_id, bill.state, bill.document_number) for bill in vendor.bills]
    for sighting in sightings:
        assert sighting.record_id in sighting.evidence


async def test_a_fingerprint_is_of_one_bill_and_stays(erp: Erp, vendor: Vendor) -> None:
    record_ids = [bill.record_id for bill in vendor.bills]

    first, second = await erp.look_up(record_ids), await erp.look_up(record_ids)

    assert all(each.fingerprint for each in first)
    assert [each.fingerprint for each in first] == [each.fingerprint for each in second]


async def test_what_is_there_is_never_unlinked(name: str, erp: Erp, vendor: Vendor) -> None:
    canary = await canary_of(erp)
    for bill in vendor.bills:
        asked_at = datetime.now(UTC)
        answer = await erp.look_up([bill.record_id, canary.record_id])

        assert judge(name, canary, answer, asked_at) == StillThere(answer[0])


async def test_a_voided_bill_is_gone_where_that_counts(name: str, erp: Erp, vendor: Vendor) -> None:
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([vendor.bill(RecordState.VOIDED), canary.record_id])

    finding = judge(name, canary, answer, asked_at, void_counts_as_gone=True)

    assert isinstance(finding, Gone)
    assert finding.sighting == answer[0]


# What is not there


async def test_a_deleted_bill_is_gone(name: str, erp: Erp, vendor: Vendor) -> None:
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([vendor.deleted, canary.record_id])

    assert answer[0].state is vendor.deletion_is
    assert vendor.deleted in answer[0].evidence or "deleted" in answer[0].evidence
    assert isinstance(judge(name, canary, answer, asked_at), Gone)


async def test_a_bill_that_never_existed_is_in_doubt(name: str, erp: Erp, vendor: Vendor) -> None:
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([vendor.never_existed, canary.record_id])

    assert answer[0].state is RecordState.ABSENT
    assert (answer[0].document_number, answer[0].fingerprint) == (None, None)
    never_seen = a_link(name, vendor.never_existed, seen_at=None)
    with pytest.raises(ErpTrouble) as doubt:
        verdict(an_integration(name, canary), never_seen, answer, asked_at)
    assert doubt.value.trouble is Trouble.NOT_VISIBLE


async def test_another_companys_bill_is_as_one_that_never_existed(erp: Erp, vendor: Vendor) -> None:
    theirs, never = await erp.look_up([vendor.of_another_company, vendor.never_existed])

    words = theirs.evidence.replace(theirs.record_id, never.record_id)
    assert replace(theirs, record_id=never.record_id, evidence=words) == never


@over_http
async def test_where_nothing_is_shown_nothing_is_gone(
    name: str, connect: Connect, http: HttpVendor, vendor: Vendor
) -> None:
    canary, blind = await canary_of(connect()), connect(**http.shows_nothing)
    asked_at = datetime.now(UTC)
    for record_id in (vendor.bill(RecordState.OPEN), vendor.deleted):
        answer = await blind.look_up([record_id, canary.record_id])

        assert [each.state for each in answer] == [RecordState.ABSENT] * 2
        with pytest.raises(ErpTrouble) as doubt:
            judge(name, canary, answer, asked_at)
        assert doubt.value.trouble is Trouble.NOT_VISIBLE
    assert await blind.choose_canary() is None


# How it is asked


async def test_answers_one_sighting_for_each_id_in_the_order_asked(
    erp: Erp, vendor: Vendor
) -> None:
    known = [bill.record_id for bill in vendor.bills]
    asked = [*reversed(known), vendor.never_existed, known[0], vendor.deleted, known[0]]

    assert [each.record_id for each in await erp.look_up(asked)] == asked
    assert list(await erp.look_up([])) == []


async def test_chooses_a_canary_that_it_then_sees(erp: Erp, vendor: Vendor) -> None:
    canary = await canary_of(erp)

    assert canary.record_id == vendor.canary
    [sighting] = await erp.look_up([canary.record_id])
    assert sighting.fingerprint == canary.fingerprint


@over_http
async def test_the_record_and_the_canary_are_asked_for_at_once(
    erp: Erp, vendor: Vendor, vendor_server: VendorServer
) -> None:
    await erp.look_up([vendor.bill(RecordState.OPEN), vendor.canary])

    assert len(vendor_server.requests) == 1


@over_http
async def test_a_sighting_claims_no_more_freshness_than_it_has(
    erp: Erp, vendor: Vendor, vendor_server: VendorServer
) -> None:
    asked_at = datetime.now(UTC)
    sightings = await erp.look_up([vendor.bill(RecordState.OPEN), vendor.deleted])

    for sighting in sightings:
        assert asked_at <= sighting.as_of <= vendor_server.arrivals[0]


@over_http
async def test_only_ever_reads(erp: Erp, vendor: Vendor, vendor_server: VendorServer) -> None:
    await erp.look_up([bill.record_id for bill in vendor.bills])
    await erp.look_up([vendor.deleted])
    await erp.choose_canary()

    assert {request.method for request in vendor_server.requests} == {"GET"}


@over_http
async def test_a_cookie_set_for_one_connection_does_not_go_along_with_another(
    erp: Erp, connect: Connect, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer
) -> None:
    def with_cookie(right: httpx2.Response) -> httpx2.Response:
        right.headers["Set-Cookie"] = "session=of-the-first; Path=/"
        return right

    vendor_server.answer = answering(http.answer, with_cookie)  # type: ignore[arg-type]
    await erp.look_up([vendor.canary])
    await connect(**http.shows_nothing).look_up([vendor.canary])

    assert not any("cookie" in request.headers for request in vendor_server.requests)


# What is no answer


@http_cases(lambda http: [*http.refusals])
async def test_a_refusal_is_told_as_what_it_is(
    connect: Connect, http: HttpVendor, vendor: Vendor, case: str
) -> None:
    differing, trouble = http.refusals[case]

    said = await troubles(connect(**differing), vendor.deleted, vendor.canary)

    assert said.trouble is trouble


@over_http
@pytest.mark.parametrize("mischief", MISCHIEF)
async def test_no_mischief_is_an_answer(
    erp: Erp, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer, mischief: str
) -> None:
    bad, expected = MISCHIEF[mischief]
    vendor_server.answer = answering(http.answer, bad)

    said = await troubles(erp, vendor.deleted, vendor.canary)

    assert said.trouble is expected.trouble
    if expected.retry_after_seconds is None:
        assert said.retry_after_seconds is None
    else:
        earliest, latest = expected.retry_after_seconds
        assert said.retry_after_seconds is not None
        assert earliest <= said.retry_after_seconds <= latest


@http_cases(lambda http: [*http.contradictions])
async def test_no_contradiction_is_an_answer(
    erp: Erp, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer, case: str
) -> None:
    vendor_server.answer = answering(http.answer, tampered(http.contradictions[case]))

    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([vendor.bill(RecordState.OPEN), vendor.canary, vendor.deleted])

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


@http_cases(lambda http: [*http.not_ours])
async def test_a_record_that_no_link_can_be_tied_to_is_no_answer(
    connect: Connect, http: HttpVendor, vendor: Vendor, case: str
) -> None:
    differing, record_id = http.not_ours[case]

    with pytest.raises(ErpTrouble) as caught:
        await connect(**differing).look_up([record_id, vendor.canary])

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


@over_http
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_no_key_is_sent_there(
    erp: Erp,
    http: HttpVendor,
    vendor: Vendor,
    vendor_server: VendorServer,
    elsewhere: VendorServer,
    status: int,
) -> None:
    elsewhere.answer = http.answer
    vendor_server.answer = redirecting(status, elsewhere.url)

    said = await troubles(erp, vendor.deleted, vendor.canary)

    assert said.trouble is Trouble.UNEXPECTED_ANSWER
    assert elsewhere.requests == []


@over_http
async def test_an_erp_that_says_nothing_is_too_slow(
    connect: Connect, vendor: Vendor, vendor_server: VendorServer, impatient: Around
) -> None:
    vendor_server.answer = silence

    said = await troubles(connect(impatient), vendor.deleted, vendor.canary)

    assert said.trouble is Trouble.TIMEOUT


@over_http
@pytest.mark.parametrize("slowness", [silence, trickle])
async def test_the_callers_deadline_ends_it_and_the_next_answer_is_a_good_one(
    erp: Erp,
    http: HttpVendor,
    vendor: Vendor,
    vendor_server: VendorServer,
    slowness: Callable[..., object],
) -> None:
    vendor_server.answer = slowness  # type: ignore[assignment]
    before = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await erp.look_up([vendor.deleted, vendor.canary])

    assert asyncio.get_running_loop().time() - before < 3
    vendor_server.answer = http.answer
    [sighting] = await erp.look_up([vendor.canary])
    assert sighting.state is not RecordState.ABSENT


@over_http
@pytest.mark.parametrize("host", ["refused", "unknown", "no TLS"])
async def test_an_erp_that_cannot_be_reached_is_told_so(
    connect: Connect, vendor: Vendor, vendor_server: VendorServer, host: str
) -> None:
    with socket.socket() as taken:  # bound, so that nobody else listens there; nor do we
        taken.bind(("127.0.0.1", 0))
        origin = {
            "refused": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "unknown": "http://erp.invalid",
            "no TLS": vendor_server.url.replace("http:", "https:"),
        }[host]
        right = vendor.furnish(Path(), vendor_server.url)["url"]
        erp = connect(url=right.replace(vendor_server.url, origin))

        said = await troubles(erp, vendor.deleted, vendor.canary)

    assert said.trouble is Trouble.UNREACHABLE


# What is configured, and what is told of it


@http_cases(lambda http: http.unusable)
def test_names_the_setting_it_cannot_use_and_not_its_value(
    connect: Connect, case: tuple[str, str]
) -> None:
    setting, value = case

    with pytest.raises(ErpTrouble) as caught:
        connect(**{setting: value})

    assert caught.value.trouble is Trouble.NOT_CONFIGURED
    assert setting in caught.value.detail
    assert not value or value not in caught.value.detail


@over_http
async def test_no_secret_is_told(
    connect: Connect,
    http: HttpVendor,
    vendor: Vendor,
    vendor_server: VendorServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = vendor.furnish(Path(), vendor_server.url)[http.secret]
    erp = connect()
    told = [repr(erp), str(erp)]

    await erp.look_up([vendor.deleted, vendor.canary])
    for bad, _ in MISCHIEF.values():
        vendor_server.answer = answering(http.answer, bad)
        said = await troubles(erp, vendor.deleted, vendor.canary)
        assert said.__cause__ is None
        told += [repr(said), str(said), said.detail]

    told += [record.getMessage() for record in caplog.records]
    assert not [each for each in told if secret in each or SECRET_OF_THE_BODY in each]
