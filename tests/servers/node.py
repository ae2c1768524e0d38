"""Node and the clients that `tests/clients/package.json` names, installed when first asked for."""

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

from tests.servers.environments import ROOT, digest, environment_python, one_at_a_time, run
from tests.servers.parts import Part, PartUnavailable

CLIENTS = ROOT / "tests" / "clients"
NODE_FROM_PYPI = ROOT / "requirements-node.txt"
INSTALLED = CLIENTS / "node_modules" / ".installed"

run_step = partial(run, Part.NODE_CLIENTS)


class NodeClients:
    """The folder of the clients, in which their programs run with a Node that will do."""

    def __init__(self, node: Path) -> None:
        path = os.pathsep.join([str(CLIENTS / "node_modules" / ".bin"), str(node.parent)])
        self.folder = CLIENTS
        self.node = node
        self.environment = os.environ | {"PATH": os.pathsep.join([path, os.environ["PATH"]])}

    def run(self, *command: str | Path, folder: Path = CLIENTS) -> str:
        """What a program prints. An AssertionError, with its complaint, when it fails."""
        done = subprocess.run(
            command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout[-4000:]}{done.stderr[-4000:]}"
        return done.stdout


def installed_clients() -> NodeClients:
    """Raises PartUnavailable when this machine has no Node and gets none, or npm fails."""
    with one_at_a_time(Part.NODE_CLIENTS):
        clients = NodeClients(_node())
        wanted = digest((CLIENTS / "package-lock.json").read_bytes())
        if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
            run_step("npm", "ci", environment=clients.environment, folder=CLIENTS)
            INSTALLED.write_text(wanted)
    return clients


def _node() -> Path:
    """This machine's Node, or the one in our environment, or else one from PyPI."""
    for folder in (*os.get_exec_path(), str(ROOT / ".venv" / "bin")):
        found = shutil.which("node", path=folder)
        if found and shutil.which("npm", path=folder) and _will_do(found):
            return Path(found)
    node = environment_python(Part.NODE_CLIENTS, NODE_FROM_PYPI).with_name("node")
    if not _will_do(str(node)):
        raise PartUnavailable(Part.NODE_CLIENTS, f"{node} does not run here")
    return node


def _will_do(node: str) -> bool:
    """Whether it runs TypeScript as it is: Node 22.18, 24 and newer."""
    asked = [node, "-p", "process.features.typescript"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.strip() == "strip"
