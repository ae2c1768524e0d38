"""Tryton's server process. GPL: we never import it, we talk HTTP to it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2

from tests.servers.environments import ROOT
from tests.servers.parts import Part, PartUnavailable
from tests.servers.processes import Server, ServerFailed, free_port

REQUIREMENTS = ROOT / "requirements-tryton.txt"
DATABASE = "erp"

unavailable = partial(PartUnavailable, Part.TRYTON)


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
