"""The program curl, with which the documentation's requests are pasted."""

import shutil
from pathlib import Path

from tests.servers.parts import Part, PartUnavailable


def program() -> Path:
    """Raises PartUnavailable when this machine has none."""
    found = shutil.which("curl")
    if found is None:
        raise PartUnavailable(Part.CURL, "it is not installed")
    return Path(found)
