"""A browser window, and all that went wrong in it: whatever a test is about, nothing may."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    event => console.error(`Policy: ${event.violatedDirective} ${event.blockedURI}`))"""


class Window:
    """Complaints are errors and warnings in the console, errors of scripts, what the policy
    forbade, and requests without an answer, or with one that says it failed."""

    def __init__(self, page: Page, context: BrowserContext) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._read)
        context.on("response", self._judge)
        context.on("requestfailed", self._miss)
        page.on("websocket", lambda socket: self.requests.append(socket.url))

    def foreign_requests(self, *origins: str) -> list[str]:
        """What was asked of anybody but these, who are ours."""
        sockets = [origin.replace("http", "ws", 1) for origin in origins]
        ours = (*(f"{each}/" for each in [*origins, *sockets]), "data:")
        return [url for url in self.requests if not url.startswith(ours)]

    def forgive(self, *patterns: str) -> None:
        """These complaints are what the test is about: each came, and none of them counts."""
        for pattern in patterns:
            found = [each for each in self.complaints if re.search(pattern, each)]
            assert found, f"nobody complained of {pattern}: {self.complaints}"
            self.complaints = [each for each in self.complaints if each not in found]

    async def what_is_kept(self) -> dict[str, Any]:
        """All that the browser would still have when the window is closed, and the address bar."""
        kept: dict[str, Any] = await self.page.evaluate(
            "async () => ({local: {...localStorage}, session: {...sessionStorage}, "
            "databases: await indexedDB.databases(), caches: await caches.keys(), "
            "state: history.state, address: location.href})"
        )
        return kept | {"cookies": await self.page.context.cookies()}

    def _read(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.complaints.append(line.text)

    def _judge(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def _miss(self, request: Request) -> None:
        # A page that is left takes back what it still waited for.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure} {request.method} {request.url}")


@asynccontextmanager
async def new_window(browser: Browser, **options: Any) -> AsyncIterator[Window]:
    """A window of someone who was never here before."""
    wanted = {
        "viewport": {"width": 1280, "height": 800},
        "permissions": ["clipboard-write", "clipboard-read"],
    }
    context = await browser.new_context(**(wanted | options))
    context.set_default_timeout(15_000)
    try:
        await context.add_init_script(TELL_VIOLATIONS)
        yield Window(await context.new_page(), context)
    finally:
        await context.close()
