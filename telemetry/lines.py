"""Writing lines without waiting for whoever reads them."""

import logging
import os
import queue
from contextlib import suppress
from threading import Thread
from typing import TextIO

MOST_WAITING = 10_000
LOST = '{{"event": "log lines dropped", "level": "warning", "lines": {}}}'
PATIENCE = 2.0
"""Seconds that the last lines get to be written, when the process ends."""


class Lines(logging.Handler):
    """Formats each record at once, and leaves the writing to a thread of its own.

    A reader of stderr that falls behind slows no request: beyond `most_waiting` lines, further
    ones are dropped, and their number is told when there is room again.
    """

    def __init__(self, stream: TextIO, most_waiting: int = MOST_WAITING) -> None:
        super().__init__()
        self._stream = stream
        self._most_waiting = most_waiting
        self._dropped = 0
        self._start()
        os.register_at_fork(after_in_child=self._start)  # a thread does not survive a fork

    def _start(self) -> None:
        self._waiting: queue.Queue[str | None] = queue.Queue(self._most_waiting)
        self._thread = Thread(target=self._write, name="log lines", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # whatever is wrong with a record, it must not fail a request
            line = f'{{"event": "a log record could not be formatted", "at": "{record.module}"}}'
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            if dropped := self._dropped:
                self._dropped -= dropped
                line = f"{LOST.format(dropped)}\n{line}"
            try:
                self._stream.write(f"{line}\n")
                if self._waiting.empty():
                    self._stream.flush()
            except (OSError, ValueError):
                return  # nobody reads any more

    def close(self) -> None:
        """Write what is waiting, and end. The standard library calls it at the process's end."""
        if self._thread.is_alive():
            with suppress(queue.Full):
                self._waiting.put(None, timeout=PATIENCE)
            self._thread.join(PATIENCE)
        super().close()
