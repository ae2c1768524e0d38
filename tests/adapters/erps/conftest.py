"""Two real servers on loopback for the vendors to play on, and what a connection shares."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around
from tests.adapters.erps.vendor_server import VendorServer, running_vendor_server


@pytest.fixture(scope="session")
def first_server() -> Iterator[VendorServer]:
    with running_vendor_server() as server:
        yield server


@pytest.fixture(scope="session")
def second_server() -> Iterator[VendorServer]:
    with running_vendor_server() as server:
        yield server


@pytest.fixture
def vendor_server(first_server: VendorServer) -> VendorServer:
    first_server.reset()
    return first_server


@pytest.fixture
def elsewhere(second_server: VendorServer) -> VendorServer:
    """Another host, as far as a client can tell."""
    second_server.reset()
    return second_server


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes longer than most of the tests."""
    return ssl.create_default_context()


@pytest.fixture
async def around(tmp_path: Path, tls: ssl.SSLContext) -> AsyncIterator[Around]:
    async with httpx2.AsyncClient(timeout=5, trust_env=False, verify=tls) as http:
        yield Around(http, tmp_path)
