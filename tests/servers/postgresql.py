"""A PostgreSQL cluster of our own: made for one run, on loopback, thrown away afterwards."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from tests.servers.parts import Part, PartUnavailable
from tests.servers.processes import (
    Server,
    ServerFailed,
    free_port,
    someone_else_than_root,
    throw_away_folder,
)

PROGRAMS = ("initdb", "postgres", "pg_isready", "psql", "pg_dump", "pg_restore")
OWNER = "erp_link"
CLUSTER = ("-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
EXTENSIONS = {"pg_trgm", "btree_gin"}
# Nobody needs this cluster tomorrow: it may lose everything, and should lose no time.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
}

unavailable = partial(PartUnavailable, Part.POSTGRESQL)


def programs() -> Path:
    """The folder of PostgreSQL's programs; distributions keep it off the PATH."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    folders.sort(key=lambda folder: float(folder.parent.name), reverse=True)
    if on_path := shutil.which("postgres"):
        folders.insert(0, Path(on_path).resolve().parent)
    for folder in folders:
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    raise unavailable(
        f"{', '.join(PROGRAMS)} are not installed (Debian, Ubuntu: apt-get install postgresql)"
    )


class Postgresql:
    """A running cluster. Its databases are named by SQLAlchemy URLs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self._programs = programs()
        self._user = someone_else_than_root()
        self._folder = folder
        self._numbers = count(1)

    @property
    def address(self) -> str:
        return f"{OWNER}:{self.password}@127.0.0.1:{self.port}"

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://{self.address}/{name}"

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        return self.copy_of("template0")

    def copy_of(self, template: str) -> str:
        """The URL of a fresh copy of a database, by its name or URL. Nobody may be using it."""
        name = f"test_{next(self._numbers)}"
        # Copying files beats writing them to the log, where no disk is waited for.
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{_name(template)}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, database: str) -> None:
        """Drop a database, by its name or URL, whoever is still connected."""
        self.sql(f'DROP DATABASE IF EXISTS "{_name(database)}" WITH (FORCE)')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement; the answer is psql's, a line per row."""
        return self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement, _name(database))

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of PostgreSQL's own programs. Raises ServerFailed with what it complained of."""
        here = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)}
        whom = {"PGUSER": OWNER, "PGPASSWORD": self.password}
        done = subprocess.run(
            [self._programs / program, *arguments],
            env=os.environ | here | whom | {"LC_MESSAGES": "C"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ServerFailed(f"{program}: {done.stderr}")
        return done.stdout.rstrip("\n")

    def start(self, settings: Mapping[str, str] = SETTINGS) -> Server:
        data = self._folder / "data"
        self._make_cluster(data)
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Server(
            [self._programs / "postgres", "-D", data, "-p", str(self.port), *chosen],
            self._folder,
            user=self._user,
        ).wait_until(self._answers, seconds=60)

    def _make_cluster(self, data: Path) -> None:
        password = self._folder / "password"
        password.write_text(self.password)
        who = ("-U", OWNER, "-A", "password", f"--pwfile={password}")
        done = subprocess.run(
            [self._programs / "initdb", "-D", data, *who, *CLUSTER],
            cwd=self._folder,
            user=self._user and self._user.pw_uid,
            group=self._user and self._user.pw_gid,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ServerFailed(done.stderr)

    def _answers(self) -> bool:
        try:
            self.run("pg_isready", "-q")
        except ServerFailed:
            return False
        return True


def _name(database: str) -> str:
    return database.rpartition("/")[2]


@contextmanager
def running_postgresql(settings: Mapping[str, str] = SETTINGS) -> Iterator[Postgresql]:
    """Raises PartUnavailable when this machine cannot run it."""
    with throw_away_folder(someone_else_than_root()) as folder:
        cluster = Postgresql(folder)
        try:
            server = cluster.start(settings)
        except ServerFailed as failure:
            raise unavailable(f"it does not start here: {failure}") from failure
        try:
            _require_extensions(cluster)
            yield cluster
        finally:
            server.end(signal.SIGQUIT)  # "immediate": what it would still write is thrown away


def _require_extensions(cluster: Postgresql) -> None:
    offered = set(cluster.sql("SELECT name FROM pg_available_extensions").splitlines())
    if missing := EXTENSIONS - offered:
        raise unavailable(f"it lacks {', '.join(sorted(missing))} (install postgresql-contrib)")
