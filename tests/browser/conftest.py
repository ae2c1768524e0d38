"""The running service, and windows of a browser in front of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from domain.erps import RecordState
from tests.browser.erp_link import ErpLink, Synced, build_pages, running_erp_link, synced_invoices
from tests.browser.graphiql import GraphiQL
from tests.browser.invoices import Invoices
from tests.browser.window import Window, new_window

OpenWindow = Callable[..., Awaitable[Window]]
OpenPage = Callable[..., Awaitable[Invoices]]
Take = Callable[[], Synced]


@pytest.fixture(scope="session")
def pages() -> None:
    """The pages are built, as `make run` builds them."""
    build_pages()


@pytest.fixture(scope="session")
def erp_link() -> Iterator[ErpLink]:
    """One service for the session: each test works on an invoice of its own."""
    with running_erp_link() as service:
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def open_window(chromium: Browser, erp_link: ErpLink) -> AsyncIterator[OpenWindow]:
    """Whatever a test is about, its windows are clean: no error, no violation, no foreign request.

    An origin that is no foreigner to the test is given to `open_window` as `ours`.
    """
    opened: list[tuple[Window, list[str]]] = []
    async with AsyncExitStack() as stack:

        async def open_window(*ours: str, **options: Any) -> Window:
            window = await stack.enter_async_context(new_window(chromium, **options))
            opened.append((window, [*ours] or [erp_link.origin]))
            return window

        yield open_window
    for window, ours in opened:
        assert window.complaints == []
        assert window.foreign_requests(*ours) == []


@pytest_asyncio.fixture(loop_scope="session")
async def window(open_window: OpenWindow) -> Window:
    return await open_window()


@pytest.fixture
def graphiql(window: Window, pages: None) -> GraphiQL:
    return GraphiQL(window.page)


@pytest.fixture
def invoices(window: Window, pages: None, erp_link: ErpLink) -> Invoices:
    """The page, in a window of someone who was never here before."""
    return Invoices(window, erp_link.origin)


@pytest.fixture
def open_page(open_window: OpenWindow, pages: None, erp_link: ErpLink) -> OpenPage:
    """Further windows with the page."""

    async def open_page(service: ErpLink = erp_link, **options: Any) -> Invoices:
        return Invoices(await open_window(service.origin, **options), service.origin)

    return open_page


@pytest.fixture(scope="session")
def take() -> Take:
    """An invoice of ada's company that no other test has, whose bill is open in the Demo ERP."""
    left = iter(synced_invoices(RecordState.OPEN))
    return lambda: next(left)
