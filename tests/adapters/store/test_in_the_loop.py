"""On SQLite the loop runs what is quick itself, and is held up neither by a lock nor by length."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text

from adapters.store import in_the_loop
from adapters.store.directory import COMPANIES, SqlCompanyDirectory
from adapters.store.engine import Database, open_database
from adapters.store.prepared import Prepared, Send
from tests.databases import Templates, nothing

COUNTED_UP = text("UPDATE companies SET name = name + 1 WHERE id = 7")
LONG = text("""
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000)
    SELECT is_let_go() FROM (SELECT count(*) AS counted FROM numbers) WHERE counted = 200000
""")


@pytest.fixture
def path(templates: Templates, tmp_path: Path) -> Path:
    return Path(templates.copy("sqlite", "empty", nothing, tmp_path).partition(":///")[2])


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    """With one company, whose name is a number."""
    opened = open_database(f"sqlite+aiosqlite:///{path}")
    async with opened.writing() as connection:
        await connection.execute(insert(COMPANIES).values(id=7, name="0", currency="USD"))
    yield opened
    await opened.engine.dispose()


@contextmanager
def who_sends(database: Database, word: str) -> Iterator[list[threading.Thread]]:
    """The threads that send statements with this word, one for each time."""
    threads: list[threading.Thread] = []

    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if word in statement:
            threads.append(threading.current_thread())

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield threads
    finally:
        event.remove(engine, "before_cursor_execute", listen)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - of another thread, which tells nobody
            await asyncio.sleep(0.01)


async def name(database: Database) -> str:
    [[found]] = await database.rows(statement(database, select(COMPANIES.c.name)), {})
    return str(found)


def statement(database: Database, expression: object) -> Prepared:
    return Prepared(expression, database.engine.dialect)  # type: ignore[arg-type]


async def count_up(database: Database) -> None:
    await database.written(statement(database, COUNTED_UP), {})


async def test_what_is_quick_is_run_by_the_loop_itself(database: Database) -> None:
    with who_sends(database, "companies") as threads:
        await count_up(database)
        assert await name(database) == "1"

    assert threads == [threading.main_thread()] * 2


async def test_while_another_process_writes_the_loop_goes_on_and_the_write_waits(
    database: Database, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with who_sends(database, "BEGIN") as threads:
            writing = asyncio.create_task(count_up(database))
            await until(lambda: len(threads) == 2 or writing.done())

            assert await name(database) == "0"
            assert not writing.done()
            other.execute("COMMIT")
            await writing

    assert await name(database) == "1"
    assert threads[0] is threading.main_thread() is not threads[1]


async def test_what_takes_long_is_gone_on_with_outside_of_the_loop(database: Database) -> None:
    goes_on = threading.Event()

    @event.listens_for(database.engine.sync_engine, "connect")
    def listen(connection: object, record: object) -> None:
        driver: sqlite3.Connection = connection.driver_connection._conn  # type: ignore[attr-defined]
        driver.create_function("is_let_go", 0, lambda: goes_on.wait(10))

    await database.engine.dispose()
    long = asyncio.create_task(database.rows(statement(database, LONG), {}))
    await asyncio.sleep(0)
    assert await name(database) == "0"
    goes_on.set()

    [[was_let_go]] = await long
    assert was_let_go


async def test_wherever_a_transaction_is_broken_off_it_is_done_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_the_loop, "STRETCH", 1)
    up = statement(database, COUNTED_UP)
    ways = set()

    def work(send: Send) -> None:
        send(up)
        ways.add(threading.current_thread() is threading.main_thread())

    for times, steps in enumerate([*range(1, 80)] * 2, start=1):  # in a second round others go
        monkeypatch.setattr(in_the_loop, "STRETCHES", steps)  # to the thread from the beginning
        await database.transact({}, work)
        assert await name(database) == str(times)

    assert ways == {True, False}


async def test_the_log_is_written_back_however_many_transactions_the_loop_runs(
    database: Database, path: Path
) -> None:
    for _ in range(2000):
        await count_up(database)

    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size < 1200 * 4096


async def test_a_database_in_memory_is_left_to_its_one_thread() -> None:
    database = open_database("sqlite+aiosqlite:///:memory:")
    async with database.writing() as connection:
        await connection.run_sync(COMPANIES.create)
        await connection.execute(insert(COMPANIES).values(id=7, name="0", currency="USD"))

    with who_sends(database, "UPDATE") as threads:
        await asyncio.gather(*(count_up(database) for _ in range(20)))

    [company] = await SqlCompanyDirectory(database).companies()
    assert company.name == "20"
    assert threading.main_thread() not in threads
    await database.engine.dispose()
