"""Several serving processes on one listening socket, each replaced when it dies."""

import asyncio
import logging
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from socket import socket

log = logging.getLogger("erp_link.serving")


@dataclass(frozen=True, slots=True)
class Pace:
    """When a worker that died is replaced, and how long all may take to end; in seconds."""

    first_wait: float = 0.1
    longest_wait: float = 10
    settled_after: float = 30
    """A worker that lived so long died of something else than its start: its wait begins anew."""
    ending: float = 29


class Workers:
    """Runs `command` several times, each with the socket's file descriptor as its last argument.

    Each holds a lifeline in its stdin, which falls silent when this process is killed. They are
    in process groups of their own: Ctrl-C comes to this process, which tells them once.
    """

    def __init__(
        self, command: Sequence[str], listening: socket, number: int, pace: Pace | None = None
    ) -> None:
        self._command = [*command, str(listening.fileno())]
        self._listening = listening
        self._number = number
        self._pace = pace or Pace()
        self._running: set[Process] = set()

    def run(self) -> bool:
        """Until told to end by a signal; a second one does not wait. Whether all ended well."""
        return asyncio.run(self._run())

    async def _run(self) -> bool:
        self._ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        slots = [asyncio.create_task(self._keep_one()) for _ in range(self._number)]
        await self._ending.wait()
        _, late = await asyncio.wait(slots, timeout=self._pace.ending)
        for process in self._running:
            log.critical("Worker %d did not end in time: killed", process.pid)
            process.kill()
        codes = await asyncio.gather(*slots)
        return not late and not any(codes)

    def _end(self) -> None:
        self._ending.set()
        for process in self._running:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)

    async def _keep_one(self) -> int:
        """Keep one worker running until the end; its last exit code."""
        loop, wait = asyncio.get_running_loop(), self._pace.first_wait
        while True:
            began = loop.time()
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                pass_fds=[self._listening.fileno()],
                process_group=0,
            )
            self._running.add(process)
            if self._ending.is_set():
                process.send_signal(signal.SIGTERM)
            code = await process.wait()
            self._running.discard(process)
            if self._ending.is_set():
                return code
            if loop.time() - began > self._pace.settled_after:
                wait = self._pace.first_wait
            log.error("Worker %d ended with %d: next in %g s", process.pid, code, wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
                return 0
            wait = min(wait * 2, self._pace.longest_wait)
