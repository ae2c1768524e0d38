"""The databases of the suite: each test that asks for one runs on SQLite and on PostgreSQL.

Set-up is paid once: a migrated database, and one with the demo data, are made once a session and
kind, and every test gets a copy of its own.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import QueuePool

from adapters.demo import seed
from adapters.erps.demo import DemoBills
from adapters.store.engine import Database, open_database
from adapters.store.migrate import migrate
from tests.servers.postgresql import Postgresql
from tests.tenancy import every_statement_names_its_company

T = TypeVar("T")
Fill = Callable[[Database], Coroutine[Any, Any, None]]


class Templates:
    """Databases made once, and copied for each test."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder = folder
        self._request = request
        self._made: dict[tuple[str, str], str] = {}

    def copy(self, kind: str, content: str, fill: Fill, folder: Path) -> str:
        """The URL of a fresh copy of what `fill` makes."""
        template = self._made.get((kind, content))
        if template is None:
            template = self._made[kind, content] = self._make(kind, content, fill)
        if kind == "postgresql":
            return self._cluster.copy_of(template.rpartition("/")[2])
        shutil.copy(self._folder / f"{content}.sqlite", folder / "erp-link.sqlite")
        return f"sqlite+aiosqlite:///{folder / 'erp-link.sqlite'}"

    def _make(self, kind: str, content: str, fill: Fill) -> str:
        if kind == "postgresql":
            url = self._cluster.new_database()
        else:
            url = f"sqlite+aiosqlite:///{self._folder / f'{content}.sqlite'}"
        run_apart(_filled(url, fill))
        return url

    @property
    def _cluster(self) -> Postgresql:
        cluster: Postgresql = self._request.getfixturevalue("postgresql")
        return cluster


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Wait for a coroutine on a loop of its own, in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _filled(url: str, fill: Fill) -> None:
    database = open_database(url)
    await migrate(database)
    await fill(database)
    await database.engine.dispose()


def connections_in_use(database: Database) -> int:
    """How many connections of the pool are handed out at this moment."""
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def nothing(database: Database) -> None:
    pass


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"), request)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database; asking for PostgreSQL starts it, so that the test carries its mark."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def database_url(kind: str, templates: Templates, tmp_path: Path) -> str:
    """A migrated, empty database of the test's own."""
    return templates.copy(kind, "empty", nothing, tmp_path)


@pytest.fixture
def demo_url(kind: str, templates: Templates, tmp_path: Path, demo_data: Path) -> str:
    """A database of the test's own with the demo data; its Demo ERP is in `tmp_path`."""
    shutil.copy(demo_data / "demo-erp.sqlite", tmp_path)
    return templates.copy(kind, "demo", _seeding(demo_data), tmp_path)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the Demo ERP that all copies of the demo data agree with."""
    folder = tmp_path_factory.mktemp("demo")
    database = open_database(f"sqlite+aiosqlite:///{folder / 'only-for-the-bills.sqlite'}")
    run_apart(_filled(str(database.engine.url), _seeding(folder)))
    return folder


def _seeding(folder: Path) -> Fill:
    async def fill(database: Database) -> None:
        await seed(database, DemoBills.of(folder))

    return fill


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open connection to a migrated, empty database."""
    opened = open_database(database_url)
    yield opened
    await opened.engine.dispose()


@pytest.fixture(autouse=True)
def _tenancy() -> Iterator[None]:
    """I5 holds in every test of the suite, whatever else it is about."""
    with every_statement_names_its_company() as faults:
        yield
    assert not faults, "\n".join(faults)
