"""The command `erp-link` with one ERP more, that answers at once: `python -m bench.serving serve`.

All else is the real thing: the application, its server, and its settings from the environment.
"""

from pathlib import Path

import adapters.erps
from command_line import main

ERPS = Path(__file__).with_name("erps")


def offer(folder: Path) -> None:
    """Let the service find the ERPs of this folder too, as it finds its own: by file name."""
    adapters.erps.__path__.append(str(folder))


if __name__ == "__main__":
    offer(ERPS)
    main()
