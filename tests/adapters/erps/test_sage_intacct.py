"""What only Sage Intacct does: two ways to a token, entities, and waits in its own headers."""

from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.erps import ErpTrouble, RecordState, Trouble
from domain.ports import Erp
from tests.adapters.erps.mischief import split
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import sage_intacct as vendor

VENDOR = vendor.VENDOR
ERROR = {"code": "invalidRequest", "message": "Payload contains errors"}


@pytest.fixture
def name() -> str:
    return "sage_intacct"


def queries_say(server: VendorServer, said: Response) -> None:
    assert VENDOR.http is not None

    async def answer(request: Request) -> Response:
        return said

    server.answer = split(vendor.TOKEN_PATH, VENDOR.http.answer, answer)


async def trouble_of(erp: Erp) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])
    return caught.value


@pytest.mark.parametrize(
    "header",
    [
        "Retry-After",
        "X-IA-Throttle-Limit-RetryAfter",
        "X-IA-Throttle-Limit-Retry-After",
        "X-IA-TENANT-Throttle-Limit-Retry-After",
        "X-IA-Hour-Rate-Limit-Retry-After",
        "X-IA-Minute-Rate-Limit-Retry-After",
    ],
)
@pytest.mark.parametrize(
    ("status", "trouble"), [(429, Trouble.RATE_LIMITED), (503, Trouble.SERVER_ERROR)]
)
async def test_the_wait_is_told_in_headers_of_both_spellings(
    connect: Callable[..., Erp],
    vendor_server: VendorServer,
    header: str,
    status: int,
    trouble: Trouble,
) -> None:
    erp = connect()
    queries_say(vendor_server, JSONResponse({"error": ERROR}, status, {header: "21"}))

    said = await trouble_of(erp)

    assert (said.trouble, said.retry_after_seconds) == (trouble, 21)


async def test_of_several_waits_the_longest_is_heeded(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    erp = connect()
    waits = {"Retry-After": "3", "X-IA-Hour-Rate-Limit-Retry-After": "900"}
    queries_say(vendor_server, JSONResponse({"error": ERROR}, 429, waits))

    assert (await trouble_of(erp)).retry_after_seconds == 900


@pytest.mark.parametrize(
    "envelope",
    [{"ia::result": {"ia::error": ERROR}}, {"ia::error": ERROR}, {"error": ERROR}],
    ids=lambda envelope: str(next(iter(envelope))),
)
@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (400, Trouble.FORBIDDEN),
        (422, Trouble.FORBIDDEN),
        (403, Trouble.FORBIDDEN),
        (401, Trouble.UNAUTHORIZED),
        (404, Trouble.UNEXPECTED_ANSWER),
        (200, Trouble.UNEXPECTED_ANSWER),
        (500, Trouble.SERVER_ERROR),
    ],
)
async def test_an_error_is_no_absence_in_any_of_its_envelopes(
    connect: Callable[..., Erp],
    vendor_server: VendorServer,
    envelope: object,
    status: int,
    trouble: Trouble,
) -> None:
    erp = connect()
    queries_say(vendor_server, JSONResponse(envelope, status))

    assert (await trouble_of(erp)).trouble is trouble


async def test_a_login_of_a_person_is_renewed_with_its_refresh_token(
    connect: Callable[..., Erp],
) -> None:
    erp = connect(username="", refresh_token="refresh-of-a-login")

    [sighting] = await erp.look_up([VENDOR.canary])

    assert sighting.state is RecordState.PAID
    assert [*vendor.tokens.granted] == [f"refresh-{vendor.USER}-1"]


@pytest.mark.parametrize("refresh_token", ["", "two words"])
def test_needs_a_user_or_a_refresh_token(connect: Callable[..., Erp], refresh_token: str) -> None:
    with pytest.raises(ErpTrouble) as caught:
        connect(username="", refresh_token=refresh_token)

    assert caught.value.trouble is Trouble.NOT_CONFIGURED
    assert "refresh_token" in caught.value.detail


async def test_the_entity_is_named_where_it_is_set(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    await connect(entity="West-12").look_up([VENDOR.canary])
    await connect().look_up([VENDOR.canary])

    named = [r.headers.get("X-IA-API-Param-Entity") for r in vendor_server.asked(vendor.TOKEN_PATH)]
    assert named == ["West-12", None]


async def test_a_login_that_another_has_ended_is_told_to_reconnect(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    erp = connect(username="", refresh_token="refresh-of-a-login-before")
    for _ in range(2):
        said = await trouble_of(erp)
        assert said.trouble is Trouble.UNAUTHORIZED
        assert "revoked" in said.detail
    assert len(vendor_server.requests) == 1
