"""One suite over every ERP: what is definite, and that nothing else ever is."""

import logging
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around
from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import StillThere
from tests.adapters.erps.contract import (
    HttpVendor,
    Vendor,
    canary_of,
    distinct_erps,
    erps_over_http,
    http_cases,
    judge,
)
from tests.adapters.erps.mischief import (
    MISCHIEF,
    SECRET_OF_THE_BODY,
    answering,
    silence,
    tampered,
)
from tests.adapters.erps.situations import assert_told
from tests.adapters.erps.vendor_server import VendorServer

Connect = Callable[..., Erp]

SECRETS = frozenset(
    {"account_token", "client_secret", "key", "password", "private_key", "refresh_token", "secret"}
)
"""The settings that are nobody else's business, of all ERPs."""
over_http = pytest.mark.parametrize("name", erps_over_http())


@pytest.fixture(params=distinct_erps())
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def http(vendor: Vendor) -> HttpVendor:
    assert vendor.http is not None
    return vendor.http


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


# What is there


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


# What is not there


async def test_a_deletion_is_told_in_words_fit_for_an_audit(erp: Erp, vendor: Vendor) -> None:
    [sighting] = await erp.look_up([vendor.deleted])

    assert vendor.deleted in sighting.evidence or "deleted" in sighting.evidence


async def test_a_bill_that_never_existed_has_no_number_and_no_fingerprint(
    erp: Erp, vendor: Vendor
) -> None:
    [sighting] = await erp.look_up([vendor.never_existed])

    assert sighting.state is RecordState.ABSENT
    assert (sighting.document_number, sighting.fingerprint) == (None, None)


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
    erp: Erp, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer
) -> None:
    await erp.look_up([vendor.bill(RecordState.OPEN), vendor.canary])

    assert len(vendor_server.asked(but=http.token_path)) == 1


@http_cases(lambda http: http.impossible)
async def test_an_id_that_the_erp_cannot_have_given_is_a_doubt_and_is_not_asked_for(
    erp: Erp, vendor: Vendor, vendor_server: VendorServer, case: str
) -> None:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([RecordId(case), vendor.canary])

    assert caught.value.trouble is Trouble.NOT_VISIBLE
    assert vendor_server.requests == []


@over_http
async def test_five_hundred_bills_take_no_more_requests_than_their_batches(
    erp: Erp, http: HttpVendor, vendor_server: VendorServer
) -> None:
    assert len(http.many) == 500

    sightings = await erp.look_up(http.many)

    assert [each.record_id for each in sightings if each.fingerprint] == list(http.many)
    assert len(vendor_server.asked(but=http.token_path)) == ceil(500 / http.batch)
    assert vendor_server.most_at_once <= http.at_once


@over_http
async def test_a_sighting_claims_no_more_freshness_than_it_has(
    erp: Erp, vendor: Vendor, vendor_server: VendorServer
) -> None:
    asked_at = datetime.now(UTC)
    sightings = await erp.look_up([vendor.bill(RecordState.OPEN), vendor.deleted])

    for sighting in sightings:
        assert asked_at <= sighting.as_of <= vendor_server.arrivals[0]


@over_http
async def test_only_ever_reads(
    erp: Erp, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer
) -> None:
    await erp.look_up([bill.record_id for bill in vendor.bills])
    await erp.look_up([vendor.deleted])
    await erp.choose_canary()

    for request in vendor_server.asked(but=http.token_path):
        assert re.fullmatch(http.reads, f"{request.method} {request.url.path}")


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
    vendor_server.answer = answering(http.answer, bad, but=http.token_path)

    said = await troubles(erp, vendor.deleted, vendor.canary)

    assert_told(said, expected, http.patience)


@http_cases(lambda http: [*http.contradictions])
async def test_no_contradiction_is_an_answer(
    erp: Erp, http: HttpVendor, vendor: Vendor, vendor_server: VendorServer, case: str
) -> None:
    vendor_server.answer = answering(
        http.answer, tampered(http.contradictions[case]), but=http.token_path
    )

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
async def test_an_erp_that_says_nothing_is_too_slow(
    connect: Connect, vendor: Vendor, vendor_server: VendorServer, impatient: Around
) -> None:
    vendor_server.answer = silence

    said = await troubles(connect(impatient), vendor.deleted, vendor.canary)

    assert said.trouble is Trouble.TIMEOUT


@over_http
@pytest.mark.parametrize("host", ["unknown", "no TLS"])
async def test_an_erp_that_cannot_be_reached_is_told_so(
    connect: Connect, vendor: Vendor, vendor_server: VendorServer, host: str
) -> None:
    with socket.socket() as taken:  # bound, so that nobody else listens there; nor do we
        taken.bind(("127.0.0.1", 0))
        origin = {
            "refused": f"http://127.0.0.1:{taken.getsockname()[1]}",
            "unknown": "https://erp.invalid",
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
    settings = vendor.furnish(Path(), vendor_server.url)
    secrets = [value for name, value in settings.items() if name in SECRETS]
    assert http.secret in SECRETS
    erp = connect()
    told = [repr(erp), str(erp)]

    await erp.look_up([vendor.deleted, vendor.canary])
    for bad, _ in MISCHIEF.values():
        for path in {None, http.token_path}:
            vendor_server.answer = answering(http.answer, bad, but=path)
            said = await troubles(connect(), vendor.deleted, vendor.canary)
            assert said.__cause__ is None
            told += [repr(said), str(said), said.detail]

    told += [record.getMessage() for record in caplog.records]
    for secret in (*secrets, SECRET_OF_THE_BODY):
        assert not [each for each in told if secret in each]
