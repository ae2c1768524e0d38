"""A real Chromium: the distribution's own, driven by Playwright, without a window."""

import ctypes
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from playwright.async_api import Browser, Error, async_playwright

from tests.servers.parts import Part, PartUnavailable

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# No sandbox: root may not have one. The rest keeps it on loopback, at what the tests ask for.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

unavailable = partial(PartUnavailable, Part.CHROMIUM)


def executable() -> str:
    """The path of the browser. Raises PartUnavailable when there is none."""
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    raise unavailable("it is not installed (Debian: apt-get install chromium)")


def driver_library() -> None:
    """Playwright drives it with a Node.js that wants one library a slim Debian lacks."""
    try:
        if sys.platform == "linux":
            ctypes.CDLL("libatomic.so.1")
    except OSError as failure:
        raise unavailable(f"{failure} (Debian, Ubuntu: apt-get install libatomic1)") from failure


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Raises PartUnavailable when this machine cannot run it."""
    path = executable()
    driver_library()
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        except Error as failure:
            raise unavailable(f"{path} does not start here: {failure.message}") from failure
        try:
            yield browser
        finally:
            await browser.close()
