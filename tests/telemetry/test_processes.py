"""Real processes: several of them on one address, and what stays open for long."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from adapters.tokens import DemoIssuer
from tests.safety.processes import ERP_LINK, environment
from tests.servers.processes import Server, free_port
from tests.telemetry.conftest import COMPANY
from tests.telemetry.scraping import Scraped, scrape

CHANGES = f'subscription {{ invoiceChanged(companyId: "{COMPANY}") {{ __typename }} }}'


@contextmanager
def serving(
    url: str, folder: Path, *arguments: str, **settings: object
) -> Iterator[tuple[str, Server]]:
    port = free_port()
    chosen = environment(port=port, database_url=url, data_dir=folder, demo=True, **settings)
    process = Server([ERP_LINK, "serve", *arguments], folder, environment=chosen)
    try:
        process.wait_until(lambda: is_ready(port), seconds=60)
        yield f"127.0.0.1:{port}", process
    finally:
        process.end()


def is_ready(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def open_now(metrics_port: int, sockets: int, subscriptions: int) -> None:
    """Wait until so many are told to be open."""
    expected, deadline = (sockets, subscriptions), monotonic() + 10
    while monotonic() < deadline:
        found = scrape(metrics_port)
        names = ("erp_link_open_sockets", "erp_link_open_subscriptions")
        if (seen := tuple(found.value(name) for name in names)) == expected:
            return
        sleep(0.02)
    raise AssertionError(seen)


def test_sockets_and_subscriptions_are_told_of_while_they_are_open(
    demo_url: str, tmp_path: Path
) -> None:
    token, port = DemoIssuer.open(tmp_path).token("ada"), free_port()
    hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": CHANGES}}
    with serving(demo_url, tmp_path, metrics_port=port) as (address, process):
        protocols = [Subprotocol("graphql-transport-ws")]
        with connect(f"ws://{address}/graphql", subprotocols=protocols) as talking:
            talking.send(json.dumps(hello))
            talking.recv(timeout=10)
            open_now(port, sockets=1, subscriptions=0)
            talking.send(json.dumps(subscribe))
            open_now(port, sockets=1, subscriptions=1)
        open_now(port, sockets=0, subscriptions=0)

    lines = [json.loads(line) for line in process.log.read_text().splitlines() if '"event"' in line]
    [operation] = [line for line in lines if line["event"] == "operation over a socket"]
    [socket] = [line for line in lines if line["event"] == "socket closed"]
    assert (operation["kind"], operation["fields"]) == ("subscription", ["invoiceChanged"])
    assert operation["request_id"] == socket["request_id"]
    assert (socket["status"], socket["operations"]) == (1000, 1)


def test_each_worker_has_a_port_of_its_own_and_together_they_count_everything(
    demo_url: str, tmp_path: Path
) -> None:
    token, first = DemoIssuer.open(tmp_path).token("ada"), free_port()
    bearer = {"Authorization": f"Bearer {token}"}
    settings = {"metrics_port": first}
    with serving(demo_url, tmp_path, "--workers", "2", **settings) as (address, _):
        for _ in range(20):
            body = {"query": "{ viewer { name } }"}
            url = f"http://{address}/graphql"
            # A worker that is still starting keeps a busy machine's processors to itself.
            answer = httpx2.post(url, json=body, headers=bearer, timeout=30)
            assert answer.status_code == 200
        both = [scraped_soon(port) for port in (first, first + 1)]

    asked = {"operation": "none", "kind": "query", "status": "200"}
    assert sum(each.value("erp_link_requests_total", **asked) for each in both) == 20


def scraped_soon(port: int) -> Scraped:
    """One worker may be ready long before the other."""
    deadline = monotonic() + 30
    while True:
        try:
            return scrape(port)
        except httpx2.TransportError:
            assert monotonic() < deadline
            sleep(0.05)


@pytest.mark.parametrize("chosen", ["json", "text"])
def test_the_log_is_written_to_stderr_in_the_format_that_was_chosen(
    demo_url: str, tmp_path: Path, chosen: str
) -> None:
    port = free_port()
    settings = {"port": port, "log_format": chosen, "database_url": demo_url}
    process = subprocess.Popen(
        [ERP_LINK, "serve"],
        cwd=tmp_path,
        env=environment(data_dir=tmp_path, **settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    process.terminate()
    rest = process.communicate(timeout=30)[1]

    assert "started" in first
    assert "stopped" in rest.splitlines()[-1]
    assert first.startswith("{") is (chosen == "json")
