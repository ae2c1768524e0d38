"""Start a server on loopback, wait until it answers, and be sure that it ends with us."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam, struct_passwd
from typing import Self

LEASH = Path(__file__).with_name("leash.py")


class ServerFailed(Exception):
    """A server ended, or did not answer in time; the message carries the end of its log."""


class Server:
    """A process of ours, in a session of its own, so that Ctrl-C reaches only the tests.

    A second, tiny process holds it on a leash: when the tests are killed, the server ends too.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: struct_passwd | None = None,
    ) -> None:
        self.log = folder / "server.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=[] if user else None,
            )
        self._leash = subprocess.Popen(
            [sys.executable, "-I", LEASH, str(self.process.pid), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> Self:
        """Answer when it is ready. Raises ServerFailed, having ended it, when it never is."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise ServerFailed(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)
        return self

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def resident_kib(self) -> int:
        """How much memory the process holds, in KiB."""
        size = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(size, capture_output=True, text=True, check=True).stdout)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the process, whatever state it is in, and let go of the leash."""
        self.send(number)
        self.send(signal.SIGCONT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._leash.communicate(b"ended")


def free_port() -> int:
    """A loopback port below the range the kernel hands out, so that it stays ours when we stop."""
    for port in random.sample(range(20_000, 32_000), k=100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerFailed("no free port on loopback")


def someone_else_than_root() -> struct_passwd | None:
    """Whom a server runs as that refuses to be root; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return getpwnam(name)
        except KeyError:
            continue
    raise ServerFailed("we are root, and there is neither a user postgres nor nobody")


@contextmanager
def throw_away_folder(owner: struct_passwd | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="erp-link-tests-"))
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
