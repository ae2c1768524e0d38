"""Two real servers on loopback for the vendors to play on, and what a connection shares."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps
from domain.ports import Erp
from tests.adapters.erps.contract import COMPANY, Vendor, an_integration, vendor_of
from tests.adapters.erps.vendor_server import (
    VendorServer,
    running_untrusted_server,
    running_vendor_server,
)


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
def untrusted_url() -> Iterator[str]:
    """Of a host whose certificate nobody has signed but itself."""
    with running_untrusted_server() as url:
        yield url


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes longer than most of the tests."""
    return ssl.create_default_context()


@pytest.fixture
async def around(tmp_path: Path, tls: ssl.SSLContext) -> AsyncIterator[Around]:
    async with httpx2.AsyncClient(timeout=5, trust_env=False, verify=tls) as http:
        yield Around(http, tmp_path)


@pytest.fixture
def vendor(name: str) -> Vendor:
    return vendor_of(name)


@pytest.fixture
def connect(
    name: str, vendor: Vendor, vendor_server: VendorServer, around: Around
) -> Callable[..., Erp]:
    """Makes a connection, with settings that differ from the right ones where that is said.

    The vendor then is as it was at first, and nothing was renewed yet.
    """
    settings = vendor.furnish(around.data_dir, vendor_server.url)
    if vendor.http is not None:
        vendor_server.answer = vendor.http.answer

    def connected(around: Around = around, **differing: str) -> Erp:
        if vendor.http is not None:
            vendor.http.reset()
        chosen = {f"{COMPANY}/1": {**settings, **differing}}
        fresh = Around(around.http, around.data_dir)
        erp = ConfiguredErps(fresh, chosen).of(an_integration(name))
        return erp if vendor.visited is None else vendor.visited(erp)

    return connected
