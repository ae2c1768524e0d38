"""The prepared database: made once, in about a minute, and kept as a dump in `.cache`."""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.postgresql import Postgresql
from tests.servers.processes import throw_away_folder
from tests.servers.tryton_server import (
    CACHE,
    DATABASE,
    REQUIREMENTS,
    TrytonServer,
    digest,
    environment_python,
    run,
)

SETUP = Path(__file__).with_name("tryton_setup.py")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two runs of the suite in one checkout do not prepare the same thing twice."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "tryton.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(postgresql: Postgresql) -> tuple[Path, dict[str, Any]]:
    """Tryton's interpreter and what its database holds, which is then there to be served."""
    with one_at_a_time():
        python = environment_python()
        folder = CACHE / "tryton" / _key(postgresql)
        if not (folder / "facts.json").exists():
            _make_template(postgresql, python, folder)
    postgresql.sql(f"CREATE DATABASE {DATABASE}")
    postgresql.run("pg_restore", "--jobs=2", "-d", DATABASE, folder / "erp.dump")
    return python, json.loads((folder / "facts.json").read_text())


def _key(postgresql: Postgresql) -> str:
    program = postgresql.run("pg_dump", "--version").encode()
    return digest(program, *(path.read_bytes() for path in (REQUIREMENTS, SETUP, Path(__file__))))


def _make_template(postgresql: Postgresql, python: Path, template: Path) -> None:
    template.mkdir(parents=True, exist_ok=True)
    password = secrets.token_hex(16)
    with throw_away_folder() as folder:
        server = TrytonServer(python, postgresql.address, folder)
        postgresql.sql(f"CREATE DATABASE {DATABASE}")
        try:
            _activate_modules(server, python, folder, password)
            server.start()
            run(python, "-I", SETUP, f"{server.url}/rpc/", password, folder / "facts.json")
            postgresql.run("pg_dump", "-Fc", "-f", template / "erp.dump", DATABASE)
            # Written last: where it is, the template is whole.
            (template / "facts.json").write_bytes((folder / "facts.json").read_bytes())
        finally:
            server.stop()
            postgresql.drop(DATABASE)


def _activate_modules(server: TrytonServer, python: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    modules = ("-u", "ir", "res", "account_invoice", "--activate-dependencies")
    admin = (python, "-m", "trytond.cli.admin", "-c", server.configuration, "-d", DATABASE)
    run(*admin, *modules, environment={"TRYTONPASSFILE": str(secret)})
