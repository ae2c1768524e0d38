"""Of several processes, one renews a connection: each of them a real one."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from adapters.store.engine import Database
from tests.adapters.vault.vaults import (
    HERE,
    KEY,
    PATIENCE,
    a_vault,
    leased,
    settings_of,
)
from tests.safety.processes import ROOT, environment


class TokenErp:
    """An ERP whose tokens are good for one renewal: who asks with an older one is locked out."""

    def __init__(self) -> None:
        self.number = 0
        self.refused = 0
        self.is_deaf = False
        self.heard = Event()
        self.ending = Event()
        self._turn = Lock()

    def renewed(self, token: str) -> str | None:
        if self.is_deaf:
            self.heard.set()
            self.ending.wait(PATIENCE)
            return None
        with self._turn:
            if token != f"token {self.number}":
                self.refused += 1
                return None
            self.number += 1
            return f"token {self.number}"


@contextmanager
def token_erp() -> Iterator[tuple[TokenErp, str]]:
    erp = TokenErp()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = erp.renewed(sent)
            with suppress(OSError):
                self.send_response(200 if token else 401)
                self.end_headers()
                self.wfile.write((token or "").encode())

        def log_message(self, *words: Any) -> None:
            """Not to the tests' own output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield erp, f"http://127.0.0.1:{server.server_port}/"
        erp.ending.set()
        server.shutdown()


@asynccontextmanager
async def renewing(
    database: Database, count: int, lease: float = 30
) -> AsyncIterator[list[Process]]:
    """Processes that have read the settings, and renew them when they are told a line."""
    url = database.engine.url.render_as_string(False)
    command = [sys.executable, "-m", "tests.adapters.vault.renewing", url, KEY.reveal(), str(lease)]
    started = [
        await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, cwd=ROOT, env=environment()
        )
        for _ in range(count)
    ]
    try:
        for each in started:
            assert await line(each) == "known True"
        yield started
    finally:
        for each in started:
            if each.returncode is None:
                each.kill()
            await each.wait()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")


async def test_of_several_processes_at_once_one_asks_and_all_have_what_it_got(
    books: Database,
) -> None:
    with token_erp() as (erp, url):
        await a_vault(books).put(HERE, {"url": url, "token": "token 0"})
        async with asyncio.timeout(PATIENCE), renewing(books, 4) as processes:
            for each in processes:
                go(each)
            told = [await line(each) for each in processes]

    assert (told, erp.number, erp.refused) == (["token 1"] * 4, 1, 0)


async def test_a_process_that_dies_while_it_renews_is_waited_for_and_then_replaced(
    books: Database,
) -> None:
    """I7."""
    with token_erp() as (erp, url):
        await a_vault(books).put(HERE, {"url": url, "token": "token 0"})
        async with asyncio.timeout(PATIENCE), renewing(books, 2, lease=2) as (dying, heir):
            erp.is_deaf = True
            go(dying)
            assert await asyncio.to_thread(erp.heard.wait, PATIENCE)
            dying.kill()
            await dying.wait()
            left_behind = await leased(books)
            erp.is_deaf = False
            go(heir)
            told = await line(heir)

    assert left_behind["lease_holder"] is not None
    assert (told, erp.number, erp.refused) == ("token 1", 1, 0)
    assert settings_of(await a_vault(books).settings(HERE)) == {"url": url, "token": "token 1"}
    assert (await leased(books))["lease_holder"] is None
