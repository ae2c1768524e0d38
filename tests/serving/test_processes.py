"""`erp-link serve` as an operator runs it: one process or several, told to end, or killed."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from adapters.tokens import DemoIssuer
from tests.databases import Templates, nothing
from tests.safety.processes import ERP_LINK, environment, server
from tests.servers.processes import Server, free_port
from tests.serving.guarded import GET

VIEWER = {"query": "{ viewer { name } }"}


@pytest.fixture
def sqlite_url(templates: Templates, tmp_path: Path) -> str:
    """Where it is all the same which database there is."""
    return templates.copy("sqlite", "empty", nothing, tmp_path)


def workers_of(process: Server) -> set[int]:
    """The processes that a process has begun."""
    tasks = Path(f"/proc/{process.process.pid}/task")
    return {int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    host, _, port = address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        yield connection


def headers(folder: Path) -> dict[str, str]:
    return {"Authorization": f"Bearer {DemoIssuer.open(folder).token('ada')}"}


def test_a_process_told_to_end_ends_with_0_though_half_a_request_is_open(
    demo_url: str, tmp_path: Path
) -> None:
    half = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
    with (
        server(demo_url, tmp_path, tmp_path / "server") as (address, process),
        connected(address) as head,
        connected(address) as body,
        connected(address),
    ):
        head.sendall(GET[:-3])
        body.sendall(half)
        process.send(signal.SIGTERM)

        assert process.process.wait(30) == 0


def test_a_process_told_twice_ends_at_once(tmp_path: Path, sqlite_url: str) -> None:
    with server(sqlite_url, tmp_path, tmp_path / "server", ending_notice_seconds=4) as (_, process):
        process.send(signal.SIGTERM)
        until(lambda: "Told to end" in process.log.read_text())
        process.send(signal.SIGTERM)

        assert process.process.wait(3) == 128 + signal.SIGTERM


def test_while_it_ends_it_is_alive_and_not_ready(tmp_path: Path, sqlite_url: str) -> None:
    with server(sqlite_url, tmp_path, tmp_path / "server", ending_notice_seconds=4) as (
        address,
        process,
    ):
        process.send(signal.SIGTERM)
        until(lambda: "Told to end" in process.log.read_text())
        ready, alive = (httpx2.get(f"{address}/{path}") for path in ("readyz", "livez"))

    assert (ready.status_code, ready.text) == (503, "draining\n")
    assert alive.status_code == 200


@contextmanager
def several(url: str, folder: Path, number: int = 2) -> Iterator[tuple[str, Server]]:
    """`erp-link serve --workers`, each of them ready."""
    (folder / "server").mkdir()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = environment(port=port, database_url=url, data_dir=folder, demo=True)
    command: list[str | Path] = [ERP_LINK, "serve", "--workers", str(number)]
    process = Server(command, folder / "server", environment=settings)

    def ready() -> bool:
        return process.log.read_text().count('"started"') == number

    process.wait_until(ready, seconds=60)
    try:
        yield address, process
    finally:
        process.end()


def viewer(address: str, folder: Path) -> str:
    answer = httpx2.post(f"{address}/graphql", json=VIEWER, headers=headers(folder))
    name: str = answer.json()["data"]["viewer"]["name"]
    return name


def test_several_processes_share_one_address_and_end_together(
    demo_url: str, tmp_path: Path
) -> None:
    with several(demo_url, tmp_path) as (address, process):
        workers = workers_of(process)
        log = process.log.read_text()
        # One at a time is stopped, so that the other has to answer.
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
            assert viewer(address, tmp_path) == "Ada Whitfield"
            os.kill(worker, signal.SIGCONT)
        process.send(signal.SIGTERM)

        assert process.process.wait(30) == 0
    assert len(workers) == 2
    assert log.count("ERP Link is at") == 1
    assert not any(map(lives, workers))


def test_a_process_that_dies_is_replaced(demo_url: str, tmp_path: Path) -> None:
    with several(demo_url, tmp_path) as (address, process):
        before = workers_of(process)
        dead = min(before)
        os.kill(dead, signal.SIGKILL)
        until(lambda: process.log.read_text().count('"started"') == 3)
        after = workers_of(process)

        assert len(after) == 2
        assert after & before == before - {dead}
        assert viewer(address, tmp_path) == "Ada Whitfield"


def test_none_outlives_the_process_that_began_them(tmp_path: Path, sqlite_url: str) -> None:
    with several(sqlite_url, tmp_path) as (_, process):
        workers = workers_of(process)
        process.send(signal.SIGKILL)

        until(lambda: not any(map(lives, workers)))


@pytest.mark.parametrize("number", ["0", "65", "many"])
def test_a_number_of_processes_that_makes_no_sense(tmp_path: Path, number: str) -> None:
    command: list[str | Path] = [ERP_LINK, "serve", "--workers", number]
    process = Server(command, tmp_path, environment=environment(port=0, data_dir=tmp_path))

    assert process.process.wait(30) == 2
    process.end()
