"""Environments beside ours: installed when needed, from hashed locks, and kept in `.cache`."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tests.servers.parts import Part, PartUnavailable

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "tests"


def digest(*parts: bytes) -> str:
    return sha256(b"\0".join(parts)).hexdigest()[:16]


@contextmanager
def one_at_a_time(part: Part) -> Iterator[None]:
    """Two runs of the suite in one checkout do not prepare the same thing twice."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{part.name.lower()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(
    part: Part,
    *command: str | Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a step of the preparation. Raises PartUnavailable with what it complained of."""
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            input="\n",
            capture_output=True,
            check=True,
            text=True,
            timeout=900,
        )
    except subprocess.CalledProcessError as failure:
        complaint = failure.stderr.strip().splitlines()[-1:]
        told = " ".join(map(str, [*command[1:4], "failed:", *complaint]))
        raise PartUnavailable(part, told) from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PartUnavailable(part, str(failure)) from failure


def environment_python(part: Part, requirements: Path) -> Path:
    """The interpreter of the part's environment, installed from PyPI when it is not there yet."""
    key = digest(requirements.read_bytes(), sys.version.encode())
    environment = CACHE / f"{part.name.lower()}-venv-{key}"
    python, complete = environment / "bin" / "python", environment / "complete"
    if not (complete.exists() and python.exists()):
        run(part, sys.executable, "-m", "venv", "--clear", environment)
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:")
        run(part, python, *install, "-r", requirements)
        complete.touch()
    return python
