"""The prepared database: made once, in about a minute, and kept as a dump in `.cache`."""

import json
import secrets
from pathlib import Path
from typing import Any

from tests.servers.environments import CACHE, digest, environment_python, one_at_a_time, run
from tests.servers.parts import Part
from tests.servers.postgresql import Postgresql
from tests.servers.processes import throw_away_folder
from tests.servers.tryton_server import DATABASE, REQUIREMENTS, TrytonServer

SETUP = Path(__file__).with_name("tryton_setup.py")


def prepare(postgresql: Postgresql) -> tuple[Path, dict[str, Any]]:
    """Tryton's interpreter and what its database holds, which is then there to be served."""
    with one_at_a_time(Part.TRYTON):
        python = environment_python(Part.TRYTON, REQUIREMENTS)
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
            facts = folder / "facts.json"
            run(Part.TRYTON, python, "-I", SETUP, f"{server.url}/rpc/", password, facts)
            postgresql.run("pg_dump", "-Fc", "-f", template / "erp.dump", DATABASE)
            # Written last: where it is, the template is whole.
            (template / "facts.json").write_bytes(facts.read_bytes())
        finally:
            server.stop()
            postgresql.drop(DATABASE)


def _activate_modules(server: TrytonServer, python: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    modules = ("-u", "ir", "res", "account_invoice", "--activate-dependencies")
    admin = (python, "-m", "trytond.cli.admin", "-c", server.configuration, "-d", DATABASE)
    run(Part.TRYTON, *admin, *modules, environment={"TRYTONPASSFILE": str(secret)})
