"""Every log line: one format, and nothing in it that might be a secret (I8)."""

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from telemetry.lines import Lines
from telemetry.logs import OURS, ROOMS, Formatter, configure_logging

SECRET = "s3cr3t-w0rd"
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def untouched() -> Iterator[None]:
    """Logging belongs to the whole process: give it back as it was."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in (OURS, *ROOMS)}
    root.handlers[:] = []  # pytest's own would be closed
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    yield
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)


@pytest.fixture
def read(untouched: None) -> Read:
    """Configure for debug, and answer what was written so far, line by line."""
    stream = io.StringIO()
    configure_logging("debug", "json", stream)

    def lines() -> list[dict[str, Any]]:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, Lines):
                handler.close()
        assert SECRET not in stream.getvalue()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return lines


def test_our_own_lines_are_json_with_their_facts(read: Read) -> None:
    logging.getLogger("erp_link.unlinks").info("unlink", extra={"company": 7, "erp": "demo"})

    [line] = read()
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {"level": "info", "event": "unlink", "company": 7, "erp": "demo"}


def test_an_unexpected_error_is_told_by_type_and_place_and_not_by_its_words(read: Read) -> None:
    def connect() -> None:
        raise ConnectionRefusedError(111, f"postgresql://ada:{SECRET}@db")

    try:
        try:
            connect()
        except OSError as problem:
            raise ValueError(f"{SECRET} is no number") from problem
    except ValueError:
        logging.getLogger("erp_link").exception("unexpected error")

    [line] = read()
    outer, inner = line["exception"]
    assert (outer["type"], inner["type"]) == ("ValueError", "ConnectionRefusedError")
    assert inner["code"] == "ECONNREFUSED"
    assert "connect" in inner["frames"][-1]
    assert inner["frames"][-1].startswith("tests/telemetry/test_logs.py:")


def test_what_others_log_is_told_by_its_place_and_never_by_its_words(read: Read) -> None:
    log = logging.getLogger("somebody.elses")
    log.warning(f"cannot reach https://user:{SECRET}@host")
    log.warning("cannot reach %s", f"https://user:{SECRET}@host")
    log.error(ValueError(SECRET), exc_info=ValueError(SECRET))

    interpolated, template, error = read()
    assert interpolated["event"] == "a line of somebody.elses"
    assert interpolated["at"].startswith("tests/telemetry/test_logs.py:")
    assert template["event"] == "cannot reach %s"
    assert error["exception"][0]["type"] == "ValueError"


@pytest.mark.parametrize(
    "name", ["sqlalchemy.engine", "aiosqlite", "httpcore2", "httpx2", "uvicorn.error", "asyncio"]
)
def test_what_others_log_below_a_warning_is_not_told_even_where_they_ask_for_it(
    read: Read, name: str
) -> None:
    log = logging.getLogger(name)
    before = log.level
    log.setLevel(logging.DEBUG)
    log.debug("Authorization: %s", SECRET)
    log.info(f"GET /graphql?token={SECRET}")
    log.setLevel(before)

    assert read() == []


def test_what_strawberry_says_of_a_clients_errors_is_not_told(read: Read) -> None:
    logging.getLogger("strawberry.execution").error(f'Int cannot represent "{SECRET}"')

    assert read() == []


def test_what_nobody_caught_is_told_without_its_words(read: Read) -> None:
    try:
        raise RuntimeError(SECRET)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    [line] = read()
    assert (line["level"], line["event"]) == ("critical", "unexpected error")
    assert line["exception"][0]["type"] == "RuntimeError"


def test_a_record_that_cannot_be_formatted_is_told_of_all_the_same() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    lines.setFormatter(Formatter(readable=False))

    lines.emit(logging.makeLogRecord({"name": "erp_link", "msg": "%d", "args": (SECRET,)}))
    lines.close()

    assert json.loads(stream.getvalue())["event"] == "a log record could not be formatted"
    assert SECRET not in stream.getvalue()


def test_on_a_terminal_a_line_is_for_reading() -> None:
    record = logging.makeLogRecord(
        {"name": "erp_link.unlinks", "levelname": "INFO", "msg": "unlink", "company": 7}
    )

    line = Formatter(readable=True).format(record)

    assert "unlink" in line
    assert "company=7" in line
    assert "{" not in line


class StuckReader(io.StringIO):
    """A pipe whose reader has stopped reading, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.stuck = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.stuck.set()
        self.reading.wait(10)
        return super().write(text)


def test_a_reader_that_is_stuck_holds_up_nobody_and_lost_lines_are_counted() -> None:
    stream = StuckReader()
    lines = Lines(stream, most_waiting=3)

    def say(word: str) -> None:
        lines.emit(logging.makeLogRecord({"msg": word}))

    say("first")
    assert stream.stuck.wait(5)
    for number in range(10):
        say(str(number))
    stream.reading.set()
    lines.close()

    told = stream.getvalue().splitlines()
    assert told[0] == "first"
    assert [json.loads(each)["lines"] for each in told if each.startswith("{")] == [7]
    assert [each for each in told[1:] if not each.startswith("{")] == ["0", "1", "2"]
