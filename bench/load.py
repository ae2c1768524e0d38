"""The load, a process of its own: `python -m bench.load` with a Load as JSON on stdin.

A closed loop: each connection asks again as soon as it is answered, so a slow server is asked
less. Prints what came of it as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

END, LENGTH = b"\r\n\r\n", b"content-length:"
LONG = 4_000


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked, by how many connections, for how long."""

    url: str
    bodies: str
    """A file of request bodies, one to a line."""
    connections: int
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    """The body to begin with."""
    expected: str = ""
    """What every answer must hold."""

    def requests(self) -> Sequence[bytes]:
        where = urlsplit(self.url)
        head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            "Content-Type: application/json\r\nAccept: application/json\r\n"
        ) + "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        bodies = Path(self.bodies).read_bytes().splitlines()
        return [head.encode() + b"Content-Length: %d" % len(body) + END + body for body in bodies]


@dataclass(slots=True)
class Answers:
    """What came back. Latencies are in seconds."""

    expected: bytes
    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""

    def take(self, status: bytes, body: bytes, seconds: float) -> None:
        self.latencies.append(seconds)
        # A long answer tells of errors before its data or after them: all of it takes long to read.
        ends = body if len(body) < LONG else body[: LONG // 2] + body[-LONG // 2 :]
        if status != b"200" or b'"errors"' in ends or self.expected not in body:
            self.failed(status.decode() + " " + body[:500].decode(errors="replace"))

    def failed(self, why: str) -> None:
        self.errors += 1
        self.first_error = self.first_error or why


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of one load; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    slowest: float
    load_us: float
    """The CPU that the load itself took for a request, in microseconds."""
    errors: int
    first_error: str

    @classmethod
    def of(cls, answers: Answers, seconds: float, cpu: float) -> "Told":
        times = sorted(answers.latencies) or [0.0]
        p50, p99 = (times[int((len(times) - 1) * share)] * 1000 for share in (0.5, 0.99))
        load_us = cpu / len(times) * 1e6
        errors = answers.errors, answers.first_error
        return cls(len(answers.latencies), seconds, p50, p99, times[-1] * 1000, load_us, *errors)


class Connection(asyncio.Protocol):
    """Asks, reads the answer by its Content-Length, asks again, until there is nothing to ask."""

    def __init__(self, asking: "Asking") -> None:
        self._asking = asking
        self._got = b""
        self._began = 0.0
        self._done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        request = self._asking.next()
        if request is None:
            self._done = True
            self._transport.close()
            return
        self._began = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got = got = self._got + data if self._got else data
        end = got.find(END)
        if end < 0:
            return
        head = got[:end].lower()
        at = head.find(LENGTH)
        if at < 0:
            raise ValueError(f"an answer without Content-Length cannot be read: {head!r}")
        length = int(head[at + len(LENGTH) :].partition(b"\r\n")[0])
        if len(got) < end + len(END) + length:
            return
        self._got = b""
        self._asking.answers.take(head[9:12], got[end + 4 :], perf_counter() - self._began)
        self._ask()

    def connection_lost(self, problem: Exception | None) -> None:
        self._asking.lost(None if self._done else problem or ConnectionError("closed"))


class Asking:
    """What all connections share: the requests, one after the other, and the answers."""

    def __init__(self, load: Load) -> None:
        requests = load.requests()
        begin = load.offset % len(requests)
        self.answers = Answers(load.expected.encode())
        self._requests = cycle([*requests[begin:], *requests[:begin]])
        self._load = load
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._open = load.connections

    def next(self) -> bytes | None:
        return None if perf_counter() >= self._until else next(self._requests)

    def lost(self, problem: Exception | None) -> None:
        self._open -= 1
        if problem is not None:
            self.answers.failed(f"a connection was lost: {problem}")
        if not self._open:
            self._over.set_result(None)

    def _stop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What goes wrong in a connection ends everything, and is told."""
        if not self._over.done():
            self._over.set_exception(context.get("exception") or RuntimeError(context["message"]))

    async def run(self) -> Told:
        where, loop = urlsplit(self._load.url), asyncio.get_running_loop()
        host, port = where.hostname or "127.0.0.1", where.port or 80
        loop.set_exception_handler(self._stop)
        began, cpu = perf_counter(), process_time()
        self._until = began + self._load.seconds
        opened = []
        try:
            for _ in range(self._load.connections):
                opened += [await loop.create_connection(lambda: Connection(self), host, port)]
            await self._over
        finally:
            for transport, _ in opened:
                transport.abort()
        return Told.of(self.answers, perf_counter() - began, process_time() - cpu)


async def _asked(load: Load) -> Told:
    return await Asking(load).run()


def main() -> None:
    load = Load(**json.load(sys.stdin))
    print(json.dumps(asdict(uvloop.run(_asked(load)))))


if __name__ == "__main__":
    main()
