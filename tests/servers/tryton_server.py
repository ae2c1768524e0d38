"""Tryton's own environment and server process. GPL: we never import it, we talk HTTP to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

import httpx2

from tests.servers.parts import Part, PartUnavailable
from tests.servers.processes import Server, ServerFailed, free_port

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "tests"
REQUIREMENTS = ROOT / "requirements-tryton.txt"
DATABASE = "erp"

unavailable = partial(PartUnavailable, Part.TRYTON)


def digest(*parts: bytes) -> str:
    return sha256(b"\0".join(parts)).hexdigest()[:16]


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a step of the preparation. Raises PartUnavailable with what it complained of."""
    try:
        subprocess.run(
            command,
            env=os.environ | (environment or {}),
            input="\n",
            capture_output=True,
            check=True,
            text=True,
            timeout=900,
        )
    except subprocess.CalledProcessError as failure:
        complaint = failure.stderr.strip().splitlines()[-1:]
        raise unavailable(" ".join(map(str, [*command[1:4], "failed:", *complaint]))) from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise unavailable(str(failure)) from failure


def environment_python() -> Path:
    """The interpreter of Tryton's environment, installed from PyPI when it is not there yet."""
    version = sys.version.encode()
    environment = CACHE / f"tryton-venv-{digest(REQUIREMENTS.read_bytes(), version)}"
    python, complete = environment / "bin" / "python", environment / "complete"
    if not (complete.exists() and python.exists()):
        run(sys.executable, "-m", "venv", "--clear", environment)
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:")
        run(python, *install, "-r", REQUIREMENTS)
        complete.touch()
    return python


class TrytonServer:
    """The process, which keeps its port when it is stopped and started again."""

    def __init__(self, python: Path, database_address: str, folder: Path) -> None:
        self._python = python
        self._folder = folder
        self._port = free_port()
        self._process: Server | None = None
        self.configuration = folder / "trytond.conf"
        self.configuration.write_text(
            f"[database]\nuri = postgresql://{database_address}/\npath = {folder}\n"
            f"[web]\nlisten = 127.0.0.1:{self._port}\n"
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/{DATABASE}"

    def start(self) -> None:
        if self._process is None:
            command = ("-m", "trytond.cli", "-c", self.configuration, "-d", DATABASE)
            process = Server([self._python, *command], self._folder)
            self._process = process.wait_until(self._answers, seconds=120)

    def stop(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def hang(self) -> None:
        """Connections are accepted from now on, and not answered."""
        self._running.send(signal.SIGSTOP)

    def resume(self) -> None:
        self._running.send(signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stopped for a while, and back for the next test whatever happens to this one."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Hung for a while, and back for the next test whatever happens to this one."""
        self.hang()
        try:
            yield
        finally:
            self.resume()

    @property
    def _running(self) -> Server:
        if self._process is None:
            raise ServerFailed("Tryton is stopped")
        return self._process

    def _answers(self) -> bool:
        try:
            answer = httpx2.get(f"{self.url}/rest/model/res.user", timeout=60)
        except httpx2.TransportError:
            return False
        return answer.status_code == httpx2.codes.UNAUTHORIZED
