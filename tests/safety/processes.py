"""Real processes of the command `erp-link`, as an operator starts them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.servers.processes import Server, free_port

ROOT = Path(__file__).parents[2]
ERP_LINK = Path(sys.executable).with_name("erp-link")


def environment(**settings: object) -> dict[str, str]:
    """Ours without any setting but these: of the code under test, and of nothing in `.env`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ERP_LINK_")}
    chosen = {f"ERP_LINK_{name.upper()}": str(value) for name, value in settings.items()}
    return inherited | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | chosen


def erp_link(*arguments: str, cwd: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return erp_link_reading("", *arguments, cwd=cwd, **settings)


def erp_link_reading(
    typed: str, /, *arguments: str, cwd: Path, **settings: object
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with something to read on its standard input."""
    return subprocess.run(
        [ERP_LINK, *arguments],
        cwd=cwd,
        env=environment(**settings),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextmanager
def serving(url: str, data_dir: Path, folder: Path, **settings: object) -> Iterator[str]:
    """`erp-link serve`, with its log in a new folder; the address where it is ready."""
    with server(url, data_dir, folder, **settings) as (address, _):
        yield address


@contextmanager
def server(
    url: str, data_dir: Path, folder: Path, **settings: object
) -> Iterator[tuple[str, Server]]:
    """As `serving`, with the process."""
    folder.mkdir()
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False

    settings = {"demo": "oidc_issuers" not in settings} | settings
    chosen = environment(port=port, database_url=url, data_dir=data_dir, **settings)
    process = Server([ERP_LINK, "serve"], folder, environment=chosen)
    process.wait_until(ready, seconds=60)
    try:
        yield address, process
    finally:
        process.end()
