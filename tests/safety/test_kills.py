"""I7: a process killed, or a request given up, at any step leaves the old state or the new one."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from adapters.erps.demo import DemoBills
from adapters.settings import Settings
from adapters.store.engine import Database
from app import open_services
from domain.changes import ChangeKind
from domain.unlinking import InvoiceNotSynced, Unlinked
from tests.databases import connections_in_use
from tests.safety.books import books
from tests.safety.company import COMPANY, ready_to_unlink
from tests.safety.processes import ROOT, environment
from tests.safety.steps import Steps, ada, unlink_as, watched

INVOICES = range(1, 61)
"""More than there are steps: each step has an invoice of its own."""


@asynccontextmanager
async def dying(url: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.safety.dying", url, str(folder)),
        cwd=ROOT,
        env=environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def unlink_dying(process: asyncio.subprocess.Process, step: int, invoice_id: int) -> str:
    """How it ended: killed, or the outcome."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{step} {invoice_id}\n".encode())
    return (await process.stdout.readline()).decode().strip()


async def test_a_process_killed_between_any_two_steps_leaves_the_old_state_or_the_new_one(
    database: Database, database_url: str, kind: str, tmp_path: Path
) -> None:
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES)
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    states: list[str] = []

    async with (
        asyncio.timeout(90),
        open_services(settings) as (_, services),
        dying(database_url, tmp_path) as process,
    ):
        viewer = await ada(services)
        for step in INVOICES:
            ended = await unlink_dying(process, step, step)
            before = (await books(database)).invoice(step)
            if ended != "killed":
                break
            states.append(before.state())
            async with asyncio.timeout(5):
                again = await unlink_as(viewer, services, step)
            expected = Unlinked if before.state() == "old" else InvoiceNotSynced
            assert isinstance(again, expected), (step, again)
            assert (await books(database)).invoice(step).state() == "new"

    assert ended == "Unlinked"
    assert before.state() == "new"
    old, new = states.count("old"), states.count("new")
    assert states == ["old"] * old + ["new"] * new
    # The read and the ERP, twice each; the one statement, or all that SQLite is sent, to COMMIT.
    assert old >= (5 if kind == "postgresql" else 19)
    assert new >= 1  # before it is told
    assert not list((await books(database)).faults())


async def test_what_a_process_did_is_told_though_it_died_before_it_could_wake_anyone(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES)
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)

    async with (
        asyncio.timeout(90),
        open_services(settings) as (_, services),
        dying(database_url, tmp_path) as process,
    ):
        viewer = await ada(services)
        async with services.changes.watch(COMPANY, viewer.id) as changes:
            for step in INVOICES:
                assert await unlink_dying(process, step, step) == "killed"
                if (await books(database)).invoice(step).state() == "new":
                    break
            change = await anext(changes)

    assert (change.kind, change.invoice.id) == (ChangeKind.UNLINKED, step)


def give_up(attempt: asyncio.Task[Any]) -> None:
    """At once, or before the statements that a thread is sending go on."""
    if threading.current_thread() is threading.main_thread():
        attempt.cancel()
        return
    given_up = threading.Event()

    def cancel() -> None:
        attempt.cancel()
        given_up.set()

    attempt.get_loop().call_soon_threadsafe(cancel)
    assert given_up.wait(10)


async def test_a_request_given_up_at_any_step_leaves_the_old_state_or_the_new_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await ready_to_unlink(database, DemoBills.of(tmp_path), INVOICES)
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    seen = set()

    async with asyncio.timeout(60), open_services(settings) as (_, services):
        viewer = await ada(services)
        for step in INVOICES:
            async with open_services(settings) as (other, others):
                steps = Steps(step, lambda: None)
                steps.watch(other)
                attempt = asyncio.create_task(unlink_as(viewer, watched(others, steps), step))
                steps.happen = partial(give_up, attempt)
                await asyncio.wait([attempt])
                assert connections_in_use(other) == 0, steps.taken[-1]
                state = (await books(database)).invoice(step).state()
                seen.add(state)
                async with asyncio.timeout(5):
                    again = await unlink_as(viewer, services, step)
            expected = Unlinked if state == "old" else InvoiceNotSynced
            assert isinstance(again, expected), (steps.taken[-1], again)
            if len(steps.taken) < step:
                break

    assert not attempt.cancelled()
    assert seen == {"old", "new"}
    assert not list((await books(database)).faults())
