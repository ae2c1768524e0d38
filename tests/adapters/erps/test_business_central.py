"""Business Central's own ways: what its errors say, and what they do not."""

from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.erps import ErpTrouble, RecordState, Trouble
from domain.ports import Erp
from tests.adapters.erps.contract import canary_of
from tests.adapters.erps.mischief import answering, split, tampered
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import business_central as vendor

VENDOR = vendor.VENDOR
OPEN = VENDOR.bill(RecordState.OPEN)


@pytest.fixture
def name() -> str:
    return "business_central"


async def trouble_of(erp: Erp) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [
        (404, "Internal_RecordNotFound", Trouble.UNEXPECTED_ANSWER),
        (404, "Internal_DataNotFoundFilter", Trouble.UNEXPECTED_ANSWER),
        (404, "BadRequest_NotFound", Trouble.UNEXPECTED_ANSWER),
        (404, "BadRequest_ResourceNotFound", Trouble.UNEXPECTED_ANSWER),
        (404, "Internal_CompanyNotFound", Trouble.NOT_VISIBLE),
        (404, "Internal_TenantUnavailable", Trouble.SERVER_ERROR),
        (400, "Internal_TenantUnavailable", Trouble.SERVER_ERROR),
        (400, "Authorization_RequestDenied", Trouble.FORBIDDEN),
        (400, "Unknown", Trouble.UNEXPECTED_ANSWER),
        (401, "Authentication_InvalidCredentials", Trouble.UNAUTHORIZED),
        (503, "Internal_ServerError", Trouble.SERVER_ERROR),
        (504, "Internal_ServerError", Trouble.SERVER_ERROR),
        (200, "Internal_RecordNotFound", Trouble.UNEXPECTED_ANSWER),
    ],
)
async def test_no_error_is_an_absence(
    connect: Callable[..., Erp],
    vendor_server: VendorServer,
    status: int,
    code: str,
    trouble: Trouble,
) -> None:
    erp = connect()

    async def said(request: Request) -> Response:
        return vendor.error(status, code, "As Microsoft words it.")

    assert VENDOR.http is not None
    vendor_server.answer = split(vendor.TOKEN_PATH, VENDOR.http.answer, said)

    assert (await trouble_of(erp)).trouble is trouble


async def test_a_posted_invoice_is_the_draft_that_it_was_with_another_number(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    assert VENDOR.http is not None
    erp = connect()
    [draft] = await erp.look_up([VENDOR.bill(RecordState.DRAFT)])
    posted = tampered(vendor.but(status="Open", number="108200"))
    vendor_server.answer = answering(VENDOR.http.answer, posted, but=vendor.TOKEN_PATH)

    [invoice] = await erp.look_up([draft.record_id])

    assert (draft.document_number, invoice.document_number) == ("1060", "108200")
    assert invoice.state is RecordState.OPEN
    assert invoice.fingerprint == draft.fingerprint


async def test_an_invoice_in_a_copy_of_the_environment_is_another(
    connect: Callable[..., Erp],
) -> None:
    ours, copy = await canary_of(connect()), await canary_of(connect(environment=vendor.SANDBOX))

    assert ours.record_id == copy.record_id
    assert ours.fingerprint != copy.fingerprint


async def test_the_environment_may_be_written_in_any_case(connect: Callable[..., Erp]) -> None:
    ours = await canary_of(connect())

    assert await canary_of(connect(environment="PRODUCTION")) == ours


async def test_the_database_itself_is_asked_and_not_a_copy_that_may_be_behind(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    await connect().look_up([VENDOR.canary])

    [request] = vendor_server.asked(but=vendor.TOKEN_PATH)
    assert request.headers["Data-Access-Intent"] == "ReadWrite"


async def test_without_a_paid_invoice_any_is_the_canary(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    assert VENDOR.http is not None
    erp = connect()

    async def answer(request: Request) -> Response:
        if "status" in request.query_params.get("$filter", ""):
            return JSONResponse({"@odata.context": "$metadata#purchaseInvoices", "value": []})
        assert VENDOR.http is not None
        return await VENDOR.http.answer(request)

    vendor_server.answer = answer

    assert (await canary_of(erp)).record_id == VENDOR.bill(RecordState.DRAFT)
