"""What is sent to the Web Connector's address and is none of its calls, on a real socket."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.sax.saxutils import escape

import httpx2
import pytest

from adapters.web_connector.operations import OPERATIONS
from tests.adapters.erps.vendors.quickbooks_desktop import PASSWORD
from tests.web_connector.conftest import GONE, Desk

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
INTUIT = "http://developer.intuit.com/"
XML = {"Content-Type": "text/xml; charset=utf-8"}
CALL = f'<serverVersion xmlns="{INTUIT}"/>'


def enveloped(call: str, more: str = "", envelope: str = ENVELOPE) -> str:
    body = f"{more}<s:Body>{call}</s:Body>"
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f'{head}<s:Envelope xmlns:s="{envelope}">{body}</s:Envelope>'


def bomb() -> str:
    """A billion laughs."""
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    return f"<!DOCTYPE s:Envelope [{entities}]>" + laughing("&l9;")


def laughing(entity: str) -> str:
    ticket = f'<getLastError xmlns="{INTUIT}"><ticket>{entity}</ticket></getLastError>'
    return f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{ticket}</s:Body></s:Envelope>'


def external(system: str) -> str:
    return f'<!DOCTYPE a [<!ENTITY x SYSTEM "{system}">]>' + laughing("&x;")


NONSENSE: dict[str, str | bytes] = {
    "nothing": "",
    "no XML": "serverVersion",
    "cut off": enveloped(CALL)[:-9],
    "no Unicode": enveloped(CALL).encode() + b"\xff",
    "UTF-16": enveloped(CALL).replace("utf-8", "utf-16").encode("utf-16"),
    "JSON": '{"query": "{ viewer { name } }"}',
    "no envelope": CALL,
    "another root": f'<Body xmlns="{ENVELOPE}">{CALL}</Body>',
    "no body": f'<s:Envelope xmlns:s="{ENVELOPE}"/>',
    "an empty body": enveloped(""),
    "two calls": enveloped(CALL + CALL),
    "two bodies": enveloped(CALL, f"<s:Body>{CALL}</s:Body>"),
    "SOAP 1.2": enveloped(CALL, envelope="http://www.w3.org/2003/05/soap-envelope"),
    "a header to be understood": enveloped(CALL, '<s:Header><a s:mustUnderstand="1"/></s:Header>'),
    "an unknown call": enveloped(f'<deleteEverything xmlns="{INTUIT}"/>'),
    "a call of another namespace": enveloped('<serverVersion xmlns="urn:other"/>'),
    "a parameter twice": enveloped(
        f'<connectionError xmlns="{INTUIT}"><ticket>a</ticket><ticket>b</ticket></connectionError>'
    ),
    "an unknown parameter": enveloped(
        f'<getLastError xmlns="{INTUIT}"><tickets>a</tickets></getLastError>'
    ),
    "an element for a text": enveloped(
        f'<getLastError xmlns="{INTUIT}"><ticket><a/></ticket></getLastError>'
    ),
    "a hundred thousand parameters": enveloped(
        f'<getLastError xmlns="{INTUIT}">' + "<ticket/>" * 100_000 + "</getLastError>"
    ),
    "fifty thousand calls": enveloped(CALL * 50_000),
    "a hundred thousand bodies": enveloped(CALL, "<s:Body/>" * 100_000),
    "a hundred thousand headers": enveloped(CALL, f"<s:Header>{'<a/>' * 100_000}</s:Header>"),
    "no number for a version": enveloped(
        f'<sendRequestXML xmlns="{INTUIT}"><qbXMLMajorVers>x</qbXMLMajorVers>'
        "<qbXMLMinorVers>0</qbXMLMinorVers></sendRequestXML>"
    ),
    "no version": enveloped(f'<sendRequestXML xmlns="{INTUIT}"/>'),
    "nested without end": "<a>" * 100_000,
    "a document type": "<!DOCTYPE a>" + enveloped(CALL).partition("?>")[2],
    "a billion laughs": bomb(),
    "an undeclared entity": laughing("&x;"),
    "a file of ours": external("file:///etc/passwd"),
}


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=desk.address, timeout=20) as http:
        yield http


async def test_what_is_no_call_is_answered_with_a_fault(line: httpx2.AsyncClient) -> None:
    for name, body in NONSENSE.items():
        answer = await line.post("/web-connector", content=body, headers=XML)

        assert answer.status_code == 500, name
        assert answer.headers["Content-Type"].startswith("text/xml"), name
        assert "<faultcode>soap:" in answer.text, name
        assert "root:" not in answer.text, name
        assert await is_alive(line), name


async def test_no_host_is_asked_for_an_entity(line: httpx2.AsyncClient) -> None:
    asked: list[str] = []

    async def remember(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.close()

    server = await asyncio.start_server(remember, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for body in (
            external(f"http://127.0.0.1:{port}/x"),
            f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/x.dtd">' + laughing("a"),
        ):
            answer = await line.post("/web-connector", content=body, headers=XML)
            assert answer.status_code == 500
    assert asked == []


async def test_a_bomb_in_the_answer_of_quickbooks_is_none(known: Desk) -> None:
    request = await known.pending(GONE)
    connector = known.connector()

    await connector.visit(lambda answer: bomb())

    assert "a document type" in connector.said[0]
    assert await known.ended(request) == ("WAITING", None)


@pytest.mark.parametrize("announced", [True, False])
async def test_ten_megabytes_are_refused(line: httpx2.AsyncClient, announced: bool) -> None:
    text = escape("<QBXML>" + "x" * 10_000_000)
    body = enveloped(
        f'<receiveResponseXML xmlns="{INTUIT}"><response>{text}</response></receiveResponseXML>'
    ).encode()

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    answer = await line.post("/web-connector", content=body if announced else parts(), headers=XML)

    assert answer.status_code == 413
    assert "too big: at most 4194304 bytes" in answer.text
    assert await is_alive(line)


async def test_only_soap_as_it_is_is_taken(line: httpx2.AsyncClient) -> None:
    for headers in (
        {"Content-Type": "application/soap+xml"},
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/xml", "Content-Encoding": "gzip"},
    ):
        answer = await line.post("/web-connector", content=enveloped(CALL), headers=headers)

        assert answer.status_code == 415, headers


async def test_other_methods_are_refused(line: httpx2.AsyncClient) -> None:
    assert (await line.put("/web-connector", content=enveloped(CALL))).status_code == 405


async def test_a_browser_is_told_what_this_is(line: httpx2.AsyncClient) -> None:
    answer = await line.get("/web-connector")

    assert answer.status_code == 200
    assert "QuickBooks Web Connector" in answer.text


async def test_the_wsdl_names_the_eight_calls_at_the_address_that_was_asked(
    line: httpx2.AsyncClient,
) -> None:
    answer = await line.get("/web-connector?wsdl")

    assert set(re.findall(r'soapAction="http://developer.intuit.com/(\w+)"', answer.text)) == set(
        OPERATIONS
    )
    assert f'location="{str(line.base_url).rstrip("/")}/web-connector"' in answer.text


async def test_no_secret_is_told(
    known: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    await known.pending(GONE)
    connector = known.connector()
    ticket, _ = await connector.begin()
    await connector.bring(ticket, "nonsense", "0xdeadbeef", f"{PASSWORD} is wrong")
    said = await connector.last_error(ticket)

    lines = [each for each in caplog.records if each.name.startswith("erp_link")]
    told = [said, *(f"{each.getMessage()} {each.__dict__}" for each in lines)]
    for secret in (PASSWORD, ticket):
        assert not [each for each in told if secret in each]
        assert secret.encode() not in kept(tmp_path)


def kept(folder: Path) -> bytes:
    """All that SQLite has written."""
    return b"".join(each.read_bytes() for each in folder.glob("*.sqlite*"))


async def is_alive(line: httpx2.AsyncClient) -> bool:
    answer = await line.post("/web-connector", content=enveloped(CALL), headers=XML)
    return answer.status_code == 200 and "ERP Link" in answer.text
