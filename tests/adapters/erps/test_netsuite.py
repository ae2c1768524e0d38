"""NetSuite's own ways: how a connection proves who it is, and what errors do not say."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import Response

from domain.erps import ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from tests.adapters.erps.contract import canary_of
from tests.adapters.erps.mischief import answering, split, tampered
from tests.adapters.erps.simulator import CLIENT
from tests.adapters.erps.vendor_server import VendorServer
from tests.adapters.erps.vendors import netsuite as vendor

VENDOR = vendor.VENDOR


@pytest.fixture
def name() -> str:
    return "netsuite"


async def trouble_of(erp: Erp) -> ErpTrouble:
    with pytest.raises(ErpTrouble) as caught:
        await erp.look_up([VENDOR.deleted, VENDOR.canary])
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [
        (404, "NONEXISTENT_ID", Trouble.UNEXPECTED_ANSWER),
        (400, "INVALID_PARAMETER", Trouble.FORBIDDEN),
        (400, "USER_ERROR", Trouble.FORBIDDEN),
        (400, "SSS_REQUEST_LIMIT_EXCEEDED", Trouble.RATE_LIMITED),
        (429, "CONCURRENCY_LIMIT_EXCEEDED", Trouble.RATE_LIMITED),
        (403, "INSUFFICIENT_PERMISSION", Trouble.FORBIDDEN),
        (401, "INVALID_LOGIN", Trouble.UNAUTHORIZED),
        (500, "UNEXPECTED_ERROR", Trouble.SERVER_ERROR),
        (200, "NONEXISTENT_ID", Trouble.UNEXPECTED_ANSWER),
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
        return vendor.error(status, code, "The record instance does not exist.")

    assert VENDOR.http is not None
    vendor_server.answer = split(vendor.TOKEN_PATH, VENDOR.http.answer, said)

    assert (await trouble_of(erp)).trouble is trouble


@pytest.mark.parametrize("account", ["1234567_SB1", "1234567-sb1"])
async def test_a_bill_in_a_sandbox_is_another(connect: Callable[..., Erp], account: str) -> None:
    ours, copy = await canary_of(connect()), await canary_of(connect(account=account))

    assert ours.record_id == copy.record_id
    assert ours.fingerprint == f"1234567/{ours.record_id}"
    assert copy.fingerprint == f"1234567-sb1/{ours.record_id}"


async def test_signs_for_the_account_with_the_key_of_the_certificate(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    forms = list[dict[str, str]]()

    async def answer(request: Request) -> Response:
        if request.url.path == vendor.TOKEN_PATH:
            forms.append(dict(parse_qsl((await request.body()).decode())))
        assert VENDOR.http is not None
        return await VENDOR.http.answer(request)

    erp = connect()
    vendor_server.answer = answer
    await erp.look_up([VENDOR.canary])

    [form] = forms
    token_url = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
    header = jwt.get_unverified_header(form["client_assertion"])
    claims = jwt.decode(
        form["client_assertion"],
        vendor.key().public_key(),
        algorithms=["PS256"],
        audience=token_url,
        issuer=CLIENT[0],
    )
    assert header == {"typ": "JWT", "alg": "PS256", "kid": vendor.CERTIFICATE}
    assert claims["scope"] == ["rest_webservices"]
    assert claims["exp"] - claims["iat"] <= 3600


async def test_a_key_of_another_certificate_opens_nothing_and_is_not_tried_again(
    connect: Callable[..., Erp], vendor_server: VendorServer
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    erp = connect(private_key=vendor.pem(other))

    for _ in range(3):
        said = await trouble_of(erp)
        assert said.trouble is Trouble.UNAUTHORIZED
        assert "reconnect" in said.detail
    assert len(vendor_server.requests) == 1


def test_a_key_with_a_password_cannot_be_used(connect: Callable[..., Erp]) -> None:
    locked = vendor.key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    with pytest.raises(ErpTrouble) as caught:
        connect(private_key=locked.decode())

    assert caught.value.trouble is Trouble.NOT_CONFIGURED
    assert "private_key" in caught.value.detail


@pytest.mark.parametrize("word", ["A", "VendBill:A"])
async def test_a_status_may_be_told_with_its_type(
    connect: Callable[..., Erp], vendor_server: VendorServer, word: str
) -> None:
    assert VENDOR.http is not None
    erp = connect()
    change = tampered(vendor.but(status=word))
    vendor_server.answer = answering(VENDOR.http.answer, change, but=vendor.TOKEN_PATH)

    [sighting] = await erp.look_up([VENDOR.bill(RecordState.OPEN)])

    assert sighting.state is RecordState.OPEN


async def test_a_payment_is_no_bill_though_it_has_an_id_of_the_same_kind(
    connect: Callable[..., Erp],
) -> None:
    [sighting] = await connect().look_up([RecordId("70")])

    assert sighting.state is RecordState.ABSENT
