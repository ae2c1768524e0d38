"""Writing lines without waiting for whoever reads them."""

import logging
import os
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import TextIO

MOST_WAITING = 10_000
LOST = '{{"event": "log lines dropped", "level": "warning", "lines": {}}}'
PAUSE = 0.1
"""Seconds between two looks at what is waiting."""
PATIENCE = 2.0
"""Seconds that the last lines get to be written, when the process ends."""


def say(logger: logging.Logger, level: int, event: str, told: Mapping[str, object]) -> None:
    """Log a line of what is told, as `Logger.log` does with an `extra`.

    It does not look for who calls it: that takes as long as all the rest, and our lines do not
    tell it.
    """
    if logger.isEnabledFor(level):
        record = logging.LogRecord(logger.name, level, "", 0, event, None, None)
        record.__dict__.update(told)
        logger.handle(record)


class Lines(logging.Handler):
    """Takes each record at once, and leaves the formatting and writing to a thread of its own.

    Many records formatted one after another take a third of the time that they take amid requests.
    A reader of stderr that falls behind slows no request: beyond `most_waiting` records, further
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
        self._waiting: deque[logging.LogRecord | str] = deque()
        self._ending = Event()
        self._thread = Thread(target=self._write, name="log lines", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if len(self._waiting) >= self._most_waiting:
            self._dropped += 1
        else:
            # What an error was raised with is not held on to.
            self._waiting.append(self._line(record) if record.exc_info else record)

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)
        except Exception:  # whatever is wrong with a record, it must not fail a request
            return f'{{"event": "a log record could not be formatted", "at": "{record.module}"}}'

    def _write(self) -> None:
        # Looks from time to time: to be woken for each line would take the interpreter's lock
        # from the requests each time, which costs them ten times what the line does.
        with suppress(OSError, ValueError):  # nobody reads any more
            while not self._ending.wait(PAUSE):
                self._drain()
            self._drain()

    def _drain(self) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        lines = [each if isinstance(each, str) else self._line(each) for each in waiting]
        if dropped := self._dropped:
            self._dropped -= dropped
            lines.append(LOST.format(dropped))
        if lines:
            self._stream.write("\n".join([*lines, ""]))
            self._stream.flush()

    def close(self) -> None:
        """Write what is waiting, and end. The standard library calls it at the process's end."""
        self._ending.set()
        self._thread.join(PATIENCE)
        super().close()
