"""The running service, and a window of a browser in front of it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.erp_link import ErpLink, build_explorer, running_erp_link
from tests.browser.graphiql import GraphiQL, Window, new_window


@pytest.fixture(scope="session")
def explorer() -> None:
    """GraphiQL is built, as `make run` builds it."""
    build_explorer()


@pytest.fixture(scope="session")
def erp_link() -> Iterator[ErpLink]:
    """One service for the session: each test works on an invoice of its own."""
    with running_erp_link() as service:
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def window(chromium: Browser, erp_link: ErpLink) -> AsyncIterator[Window]:
    """Whatever a test is about, the page is clean: no error, no violation, no foreign request."""
    async with new_window(chromium) as opened:
        yield opened
    assert opened.complaints == []
    assert opened.foreign_requests(erp_link.origin) == []


@pytest.fixture
def graphiql(window: Window, explorer: None) -> GraphiQL:
    return GraphiQL(window.page)
