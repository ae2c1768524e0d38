"""What only Odoo does: it searches within the companies it is told, and errors have names."""

import json
from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import Response

from domain.erps import ErpTrouble, Trouble
from domain.ports import Erp
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import odoo as vendor

VENDOR = vendor.VENDOR
Connect = Callable[..., Erp]


@pytest.fixture
def name() -> str:
    return "odoo"


async def test_searches_in_the_company_that_is_synced_with_and_among_what_is_archived(
    connect: Connect, vendor_server: VendorServer
) -> None:
    await connect().look_up([VENDOR.canary])

    [request] = vendor_server.requests
    context = json.loads(await request.body())["context"]
    assert context == {"active_test": False, "allowed_company_ids": [vendor.OURS]}


async def test_tells_where_people_see_a_bill(connect: Connect, vendor_server: VendorServer) -> None:
    [sighting] = await connect().look_up([VENDOR.canary])

    place = f"/mail/view?model=account.move&res_id={VENDOR.canary}"
    assert sighting.address == vendor_server.url + place


@pytest.mark.parametrize(
    ("status", "name_of_error", "trouble"),
    [
        (404, "odoo.exceptions.MissingError", Trouble.UNEXPECTED_ANSWER),
        (404, "werkzeug.exceptions.NotFound", Trouble.UNEXPECTED_ANSWER),
        (422, "odoo.exceptions.UserError", Trouble.UNEXPECTED_ANSWER),
        (403, "odoo.exceptions.AccessError", Trouble.FORBIDDEN),
        (401, "werkzeug.exceptions.Unauthorized", Trouble.UNAUTHORIZED),
        (500, "psycopg2.OperationalError", Trouble.SERVER_ERROR),
    ],
)
async def test_an_error_is_no_absence_whatever_its_name(
    connect: Connect,
    vendor_server: VendorServer,
    status: int,
    name_of_error: str,
    trouble: Trouble,
) -> None:
    erp = connect()

    async def answer(request: Request) -> Response:
        return vendor.error(status, name_of_error, "Record does not exist or has been deleted.")

    vendor_server.answer = answer
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])

    assert caught.value.trouble is trouble
