"""End a server whose tests were killed: `leash.py PID FOLDER`, with the tests on our stdin.

They say a word when they ended it themselves. When they fall silent without one, it is on us.
"""

import os
import shutil
import signal
import sys
import time


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def main(pid: int, folder: str) -> None:
    if sys.stdin.buffer.read():
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        deadline = time.monotonic() + 3
        if not gone(pid):
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)
        while not gone(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
