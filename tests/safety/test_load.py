"""I6: hundreds of clients that hold connections for nothing are cut off, and harm nobody else."""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from adapters.tokens import DemoIssuer
from tests.safety.abusers import INTROSPECTION, Abusers
from tests.safety.processes import environment

SILENT, SLOW, STALLED = 300, 50, 50
VIEWER = {"query": "{ viewer { name } }"}


@contextmanager
def impatient(url: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A process that serves with less patience than usual; its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        # So that little fits between the two; connections have it from here.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "tests.safety.impatient", str(listening.fileno())]
        settings = environment(
            database_url=url, data_dir=folder, demo=True, body_deadline_seconds=2
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=settings, pass_fds=[listening.fileno()], stdout=log, stderr=log
            )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.05)


async def in_time(abuse: Awaitable[None]) -> None:
    """Begin at some time: that all ask at one moment is another kind of load."""
    await asyncio.sleep(random.uniform(0, 3))
    await abuse


async def answered_meanwhile(
    http: httpx2.AsyncClient, work: Awaitable[object]
) -> tuple[int, set[tuple[int, int, str]]]:
    """How often, and how, a good client is answered until the work is done."""
    working = asyncio.ensure_future(work)
    answers, asked = set(), 0
    while not working.done():
        alive = await http.get("/livez")
        viewer = await http.post("/graphql", json=VIEWER)
        data = json.dumps(viewer.json()["data"])
        answers.add((alive.status_code, viewer.status_code, data))
        asked += 1
        await asyncio.sleep(0.05)
    await working
    return asked, answers


async def test_who_holds_connections_for_nothing_is_cut_off_and_harms_nobody(
    demo_url: str, tmp_path: Path
) -> None:
    headers = {"Authorization": f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"}
    with impatient(demo_url, tmp_path) as (address, process):
        abusers = Abusers(address, headers)
        heavy = abusers.request(json.dumps({"query": INTROSPECTION}).encode()) * 4
        async with (
            asyncio.timeout(60),
            httpx2.AsyncClient(base_url=address, headers=headers, timeout=60) as http,
        ):
            assert (await http.post("/graphql", json=VIEWER)).status_code == 200
            before = open_files(process.pid)
            abuse = asyncio.gather(
                *(in_time(abusers.silent()) for _ in range(SILENT)),
                *(in_time(abusers.slow_body()) for _ in range(SLOW)),
                *(in_time(abusers.stalled(heavy)) for _ in range(STALLED)),
            )
            asked, answers = await answered_meanwhile(http, abuse)
            # No connection is left, but those of the pool of the database.
            await until(lambda: open_files(process.pid) <= before + 40)

        assert dict(abusers.ends) == {
            "silent: closed": SILENT,
            "slow body: 408": SLOW,
            "stalled reader: reset": STALLED,
        }
        [(alive, viewer, data)] = answers
        assert (alive, viewer) == (200, 200)
        assert json.loads(data) == {"viewer": {"name": "Ada Whitfield"}}
        assert asked > 5
