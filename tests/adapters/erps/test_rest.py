"""What ERPs over HTTP share: nothing that the client can raise gets through untranslated."""

import httpx2
import pytest

from adapters.erps._rest import ask
from domain.erps import ErpTrouble, Trouble

TRANSLATED: dict[type[Exception], Trouble] = {
    httpx2.CloseError: Trouble.UNREACHABLE,
    httpx2.ConnectError: Trouble.UNREACHABLE,
    httpx2.ConnectTimeout: Trouble.TIMEOUT,
    httpx2.CookieConflict: Trouble.UNEXPECTED_ANSWER,
    httpx2.DecodingError: Trouble.UNEXPECTED_ANSWER,
    httpx2.HTTPError: Trouble.UNEXPECTED_ANSWER,
    httpx2.HTTPStatusError: Trouble.UNEXPECTED_ANSWER,
    httpx2.InvalidURL: Trouble.NOT_CONFIGURED,
    httpx2.LocalProtocolError: Trouble.NOT_CONFIGURED,
    httpx2.NetworkError: Trouble.UNREACHABLE,
    httpx2.PoolTimeout: Trouble.TIMEOUT,
    httpx2.ProtocolError: Trouble.UNEXPECTED_ANSWER,
    httpx2.ProxyError: Trouble.UNREACHABLE,
    httpx2.ReadError: Trouble.UNREACHABLE,
    httpx2.ReadTimeout: Trouble.TIMEOUT,
    httpx2.RemoteProtocolError: Trouble.UNEXPECTED_ANSWER,
    httpx2.RequestError: Trouble.UNEXPECTED_ANSWER,
    httpx2.RequestNotRead: Trouble.UNEXPECTED_ANSWER,
    httpx2.ResponseNotRead: Trouble.UNEXPECTED_ANSWER,
    httpx2.SSEError: Trouble.UNEXPECTED_ANSWER,
    httpx2.StreamClosed: Trouble.UNEXPECTED_ANSWER,
    httpx2.StreamConsumed: Trouble.UNEXPECTED_ANSWER,
    httpx2.StreamError: Trouble.UNEXPECTED_ANSWER,
    httpx2.TimeoutException: Trouble.TIMEOUT,
    httpx2.TooManyRedirects: Trouble.UNEXPECTED_ANSWER,
    httpx2.TransportError: Trouble.UNEXPECTED_ANSWER,
    httpx2.UnsupportedProtocol: Trouble.NOT_CONFIGURED,
    httpx2.WriteError: Trouble.UNREACHABLE,
    httpx2.WriteTimeout: Trouble.TIMEOUT,
}
URL = "http://erp.example.com/secret-path"


EXCEPTIONS = [
    each for each in vars(httpx2).values() if isinstance(each, type) and issubclass(each, Exception)
]


def raised(kind: type[Exception]) -> Exception:
    """An instance whose message tells more than it should."""
    error = Exception.__new__(kind)
    error.args = (f"failed at {URL}",)
    return error


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: str(kind.__name__))
@pytest.mark.parametrize("when", ["sending", "reading"])
async def test_every_exception_of_the_client_becomes_trouble(
    kind: type[Exception], when: str
) -> None:
    class Body(httpx2.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            yield b"["
            raise raised(kind)

    def answer(request: httpx2.Request) -> httpx2.Response:
        if when == "sending":
            raise raised(kind)
        return httpx2.Response(200, stream=Body())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        with pytest.raises(ErpTrouble) as caught:
            await ask(http, http.build_request("GET", URL))

    assert caught.value.trouble is TRANSLATED[kind]
    assert "secret-path" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("body", [b"NaN", b"[Infinity]", b'{"amount": -Infinity}'])
async def test_what_is_no_number_is_no_json(body: bytes) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"Content-Type": "application/json"}, content=body)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        with pytest.raises(ErpTrouble) as caught:
            await ask(http, http.build_request("GET", URL))

    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER
