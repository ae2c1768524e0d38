"""Schemathesis in an environment of its own: what it needs must not decide what we run on."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.environments import ROOT, environment_python, one_at_a_time
from tests.servers.parts import Part

REQUIREMENTS = ROOT / "requirements-schemathesis.txt"


@dataclass(frozen=True)
class Schemathesis:
    """Its command, which writes what it keeps into the folder it runs in."""

    command: Path

    def run(self, *arguments: str, folder: Path, hooks: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, *arguments],
            cwd=folder,
            env=os.environ | {"SCHEMATHESIS_HOOKS": str(hooks), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=600,
        )


def installed_schemathesis() -> Schemathesis:
    """Raises PartUnavailable when it cannot be installed."""
    with one_at_a_time(Part.SCHEMATHESIS):
        python = environment_python(Part.SCHEMATHESIS, REQUIREMENTS)
    return Schemathesis(python.with_name("schemathesis"))
