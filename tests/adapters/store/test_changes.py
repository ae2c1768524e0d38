"""What happens to synced invoices is told to those who watch: all of it, once, and to no others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from adapters.store.changes import PAGE, SqlInvoiceChanges
from adapters.store.engine import Database, open_database
from adapters.store.outbox import KEPT, Told, tell
from adapters.store.rows import CHANGES
from adapters.store.watchers import MOST_WAITING
from domain.changes import ChangeKind, FellBehind
from tests.adapters.store.changing import Changing, taken, told, watching
from tests.builders import HARBOR, QUARRY, a_directory, a_person, bring_in
from tests.databases import connections_in_use

on_postgresql = pytest.mark.parametrize(
    "kind", [pytest.param("postgresql", marks=pytest.mark.postgres)]
)
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"])


@pytest.fixture
async def changing(database: Database) -> Changing:
    found = Changing(database)
    await found.founded()
    return found


@pytest.fixture
async def changes(database: Database) -> AsyncIterator[SqlInvoiceChanges]:
    opened = SqlInvoiceChanges(database)
    yield opened
    await opened.aclose()


@pytest.fixture
async def ann(changing: Changing) -> int:
    return await changing.person("ann")


async def test_tells_what_happened_with_the_invoice_and_the_link_as_they_are_now(
    changing: Changing, changes: SqlInvoiceChanges, ann: int
) -> None:
    former = (await changing.invoice(1)).link

    async with watching(changes, ann) as watched:
        await changing.unlink(1)
        await changing.bring(7)
        await changing.see(2)
        unlinked, linked, seen = await taken(watched, 3)

    assert former is not None
    assert (unlinked.kind, unlinked.by) == (ChangeKind.UNLINKED, "Ann")
    assert unlinked.invoice == await changing.invoice(1)
    assert (unlinked.invoice.link, unlinked.link.id) == (None, former.id)
    assert unlinked.link.ended_at == unlinked.at
    assert (linked.kind, linked.by) == (ChangeKind.LINKED, None)
    assert linked.invoice == await changing.invoice(7)
    assert linked.link == linked.invoice.link
    assert (seen.kind, seen.by) == (ChangeKind.RECORD_STATE_SEEN, None)
    assert seen.link == (await changing.invoice(2)).link


async def test_tells_nothing_of_before(
    changing: Changing, changes: SqlInvoiceChanges, ann: int
) -> None:
    await changing.unlink(1)

    async with watching(changes, ann) as watched:
        await changing.unlink(2)

        assert told(await taken(watched, 1)) == [("UNLINKED", 2)]


async def test_tells_nothing_of_what_was_rolled_back_or_changed_nothing(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    link = (await changing.invoice(1)).link
    assert link is not None

    async with watching(changes, ann) as watched:
        with pytest.raises(ZeroDivisionError):
            await _tell_in_vain(database, Told(ChangeKind.UNLINKED, 1, link.id))
        await changing.bring(1)  # as it is already
        await changing.unlink(3)

        assert told(await taken(watched, 1)) == [("UNLINKED", 3)]


async def _tell_in_vain(database: Database, change: Told) -> None:
    async with database.writing() as connection:
        await tell(connection, HARBOR, [change], datetime.now(UTC))
        raise ZeroDivisionError


async def test_tells_nothing_of_another_company(
    changing: Changing, changes: SqlInvoiceChanges, ann: int
) -> None:
    quinn = await changing.person("quinn")

    async with (
        watching(changes, ann) as harbor,
        watching(changes, quinn, QUARRY) as quarry,
    ):
        await changing.unlink(1, QUARRY)
        await changing.unlink(2, HARBOR)

        (ours,), (theirs,) = await taken(harbor, 1), await taken(quarry, 1)

    assert (ours.invoice.company_id, ours.invoice.id) == (HARBOR, 2)
    assert (theirs.invoice.company_id, theirs.invoice.id) == (QUARRY, 1)


async def test_ends_for_one_who_is_not_of_the_company_and_for_one_who_leaves(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    bob, quinn = await changing.person("bob"), await changing.person("quinn")

    async with (
        watching(changes, ann) as by_ann,
        watching(changes, bob) as by_bob,
        watching(changes, quinn) as by_quinn,
    ):
        await changing.unlink(1)
        assert told(await taken(by_bob, 1)) == [("UNLINKED", 1)]
        await bring_in(database, a_directory([a_person("ann")]))
        await changing.unlink(2)

        assert told(await taken(by_ann, 2)) == [("UNLINKED", 1), ("UNLINKED", 2)]
        for gone in (by_bob, by_quinn):
            with pytest.raises(StopAsyncIteration):
                await taken(gone, 1)


async def test_what_waited_is_not_told_to_one_who_has_left_meanwhile(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    bob = await changing.person("bob")

    async with watching(changes, ann) as by_ann, watching(changes, bob) as by_bob:
        await changing.unlink(1)
        await taken(by_ann, 1)  # so that it waits for Bob
        await bring_in(database, a_directory([a_person("ann")]))
        await asyncio.sleep(1.1)  # longer than a check of membership is good for

        with pytest.raises(StopAsyncIteration):
            await taken(by_bob, 1)


async def test_one_who_falls_behind_is_ended_and_the_others_are_told_all(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    many = range(100, 100 + MOST_WAITING + PAGE)

    async with watching(changes, ann) as idle, watching(changes, ann) as busy:
        heard: list[int] = []
        for start in range(0, len(many), PAGE):
            await changing.bring(*many[start : start + PAGE])
            heard += [each.invoice.id for each in await taken(busy, PAGE)]

        assert sorted(heard) == list(many)
        with pytest.raises(FellBehind):
            await taken(idle, 1)


async def test_another_process_is_heard(
    changing: Changing, changes: SqlInvoiceChanges, database_url: str, ann: int
) -> None:
    elsewhere = open_database(database_url)

    async with watching(changes, ann) as watched:
        await Changing(elsewhere).unlink(1)
        await Changing(elsewhere).unlink(2)

        assert told(await taken(watched, 2)) == [("UNLINKED", 1), ("UNLINKED", 2)]
    await elsewhere.engine.dispose()


@on_postgresql
async def test_a_transaction_that_began_first_and_ends_last_is_told(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    links = [(await changing.invoice(id)).link for id in (1, 2, 3)]
    first, second, third = [
        Told(ChangeKind.RECORD_STATE_SEEN, id, link.id) for id, link in enumerate(links, 1) if link
    ]
    now = datetime.now(UTC)

    async with watching(changes, ann) as watched:
        async with database.writing() as early:
            await tell(early, HARBOR, [first], now)
            async with database.writing() as late:
                await tell(late, HARBOR, [second], now)
            assert told(await taken(watched, 1)) == [("RECORD_STATE_SEEN", 2)]
            # One who comes now knows what is committed, and not what is not.
            newcomer = await _newcomer(changes, ann)
        assert told(await taken(watched, 1)) == [("RECORD_STATE_SEEN", 1)]
        async with database.writing() as last:
            await tell(last, HARBOR, [third], now)
        assert told(await taken(watched, 1)) == [("RECORD_STATE_SEEN", 3)]
        assert told(await newcomer) == [("RECORD_STATE_SEEN", 1), ("RECORD_STATE_SEEN", 3)]


async def _newcomer(changes: SqlInvoiceChanges, person_id: int) -> asyncio.Task[Any]:
    """Someone in another process who begins to watch now, and takes two changes."""
    other = SqlInvoiceChanges(changes._database)
    begun = asyncio.Event()

    async def watch() -> Any:
        async with watching(other, person_id) as watched:
            begun.set()
            return await taken(watched, 2)

    task = asyncio.create_task(watch())
    await begun.wait()
    return task


@on_postgresql
async def test_nothing_is_lost_or_told_twice_while_connections_are_killed(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, database_url: str, ann: int
) -> None:
    rounds, each_round = 5, 20
    elsewhere = open_database(database_url)
    ids = range(1000, 1000 + rounds * each_round)

    async with watching(changes, ann) as watched:
        hearing, killed = asyncio.create_task(_hear(watched, len(ids))), 0
        for start in range(0, len(ids), each_round):
            for id in ids[start : start + each_round]:
                await Changing(elsewhere).bring(id)
                if id % 7 == 0:
                    killed += await _kill_all_but(elsewhere)
        heard = await hearing
        await Changing(elsewhere).bring(5000)
        assert told(await taken(watched, 1)) == [("LINKED", 5000)]

    assert sorted(heard) == list(ids)
    assert killed > rounds
    await elsewhere.engine.dispose()


async def _hear(watched: AsyncIterator[Any], count: int) -> list[int]:
    async with asyncio.timeout(60):
        return [(await anext(watched)).invoice.id for _ in range(count)]


async def _kill_all_but(mine: Database) -> int:
    """Terminate every other connection to the database, that which listens among them."""
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with mine.reading() as connection:
        killed: int = (await connection.execute(others)).scalar_one()
    return killed


async def test_invoices_are_loaded_once_for_all_who_watch(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    async with AsyncExitStack() as stack:
        watchers = [await stack.enter_async_context(watching(changes, ann)) for _ in range(500)]
        statements: list[str] = []
        listen = _noting(statements)
        await changing.unlink(1)
        event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
        await changing.see(2)
        statements.clear()
        told_to_all = [told(await taken(watched, 2)) for watched in watchers]
        event.remove(database.engine.sync_engine, "before_cursor_execute", listen)

    assert told_to_all == 500 * [[("UNLINKED", 1), ("RECORD_STATE_SEEN", 2)]]
    assert len([each for each in statements if "FROM subcontractor_invoices" in each]) <= 2


def _noting(statements: list[str]) -> Any:
    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    return note


async def test_who_waits_holds_no_connection_and_nothing_runs_when_all_have_left(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    before = asyncio.all_tasks()

    async with watching(changes, ann) as watched, watching(changes, ann):
        waiting = asyncio.create_task(taken(watched, 1))
        await asyncio.sleep(0.3)
        assert connections_in_use(database) == 0
        await changing.unlink(1)
        await waiting

    assert asyncio.all_tasks() == before
    assert connections_in_use(database) == 0


async def test_one_may_come_while_another_leaves(
    changing: Changing, changes: SqlInvoiceChanges, ann: int
) -> None:
    async def stay(id: int) -> list[tuple[str, int]]:
        async with watching(changes, ann) as watched:
            await changing.see(id)
            return told(await taken(watched, 1))

    ends = [await asyncio.gather(*(stay(id) for id in (1, 2, 3, 4))) for _ in range(10)]

    # Each hears of its own or of one that came with it, whoever left before.
    assert all(kind == "RECORD_STATE_SEEN" for each in ends for ((kind, _),) in each)


async def test_what_is_older_than_an_hour_is_gone_after_the_next_change(
    changing: Changing, database: Database
) -> None:
    old = datetime.now(UTC) - KEPT - timedelta(seconds=1)
    for company_id in (HARBOR, QUARRY):
        async with database.writing() as connection:
            statement = update(CHANGES).where(CHANGES.c.company_id == company_id)
            await connection.execute(statement.values(happened_at=old))

    await changing.unlink(1)

    assert await _kept(database, HARBOR) == [("unlinked", 1)]
    assert len(await _kept(database, QUARRY)) == 5


@on_sqlite
async def test_positions_go_on_after_all_has_grown_old(
    changing: Changing, changes: SqlInvoiceChanges, database: Database, ann: int
) -> None:
    link = (await changing.invoice(1)).link
    assert link is not None
    long_ago = datetime.now(UTC) - 2 * KEPT

    async with watching(changes, ann) as watched:
        for _ in range(3):
            async with database.writing() as connection:
                seen = Told(ChangeKind.RECORD_STATE_SEEN, 1, link.id)
                await tell(connection, HARBOR, [seen], long_ago)
            assert told(await taken(watched, 1)) == [("RECORD_STATE_SEEN", 1)]
        await changing.unlink(2)
        await changing.unlink(3)

        assert told(await taken(watched, 2)) == [("UNLINKED", 2), ("UNLINKED", 3)]


async def _kept(database: Database, company_id: int) -> list[tuple[str, int]]:
    wanted = select(CHANGES.c.kind, CHANGES.c.invoice_id).where(CHANGES.c.company_id == company_id)
    async with database.reading() as connection:
        found = await connection.execute(wanted.order_by(CHANGES.c.position))
        return [(kind, id) for kind, id in found]
