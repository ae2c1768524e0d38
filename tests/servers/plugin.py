"""The real servers as fixtures, each started when first asked for and ended with the session.

A fixture raises `PartUnavailable` when this machine cannot run its server.
Its tests are then skipped, and the closing summary says so, with the reason.
With CI=true they fail instead: there, a part that did not run is a broken promise.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.servers.chromium import running_chromium
from tests.servers.node import NodeClients, installed_clients
from tests.servers.parts import PartUnavailable
from tests.servers.postgresql import Postgresql, running_postgresql
from tests.servers.schemathesis import Schemathesis, installed_schemathesis
from tests.servers.tryton import Tryton, running_tryton

MARKS = {
    "postgresql": "postgres",
    "tryton": "tryton",
    "chromium": "browser",
    "node_clients": "clients",
    "schemathesis": "schemathesis",
}
"""Whoever asks for the fixture carries the mark, so that `-m "not tryton"` means it."""

NOT_RUN = "not run"
"""The property of a report that holds the reason; unlike a stash it reaches us from workers."""


def every_part_must_run() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1"}


@pytest.hookimpl(tryfirst=True)  # before "-m" chooses by these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        for fixture in MARKS.keys() & fixtures:
            item.add_marker(MARKS[fixture])
        if "chromium" in fixtures:
            # One browser serves the whole session, and it answers on the loop it was started on.
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, PartUnavailable):
        reason = str(call.excinfo.value)
        report.user_properties.append((NOT_RUN, reason))
        if every_part_must_run():
            report.longrepr = f"Not run, and CI=true. {reason}"
        else:
            path, line, _ = item.location
            report.outcome = "skipped"
            report.longrepr = (path, line or 0, f"Skipped: {reason}")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    not_run = Counter(
        reason
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, reason in getattr(report, "user_properties", ())
        if name == NOT_RUN
    )
    if not_run:
        terminalreporter.section("Not run", yellow=True, bold=True)
    for reason, tests in sorted(not_run.items()):
        terminalreporter.line(f"Not run: {reason} (tests: {tests})")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    with running_postgresql() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def tryton(postgresql: Postgresql) -> Iterator[Tryton]:
    with running_tryton(postgresql) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the session; its tests run on the loop it was started on."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def node_clients() -> NodeClients:
    """The clients of others that run on Node, and what their builds make of our schema."""
    return installed_clients()


@pytest.fixture(scope="session")
def schemathesis() -> Schemathesis:
    return installed_schemathesis()
