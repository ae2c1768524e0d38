"""A program that unlinks invoices, each in a process of its own that kills itself at one step.

`python -m tests.safety.dying URL FOLDER`, then lines "<step> <invoice id>" on its stdin. Each is
answered by "killed", or by how the unlink ended when it came to an end before that step.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from adapters.settings import Settings
from app import open_services
from tests.safety.steps import Steps, ada, unlink_as, watched


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def unlink(settings: Settings, at: int, invoice_id: int) -> None:
    async with open_services(settings) as (database, services):
        steps = Steps(at, die)
        viewer = await ada(services)
        steps.watch(database)
        outcome = await unlink_as(viewer, watched(services, steps), invoice_id)
    os.write(1, f"{type(outcome).__name__}\n".encode())


def main(url: str, folder: str) -> None:
    settings = Settings(database_url=SecretStr(url), data_dir=Path(folder))
    for line in sys.stdin:
        at, invoice_id = map(int, line.split())
        child = os.fork()
        if child == 0:
            asyncio.run(unlink(settings, at, invoice_id))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            os.write(1, b"killed\n")
        elif status:
            os.write(1, b"failed\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
