"""A client on Node, in a process of its own: `drivers/main.ts`, which speaks JSON by the line."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from itertools import count
from typing import Any

from tests.clients.answers import Answer, Connection, Events, Sent, Told
from tests.servers.node import NodeClients

PATIENCE = 30
"""Seconds after which an answer will not come any more."""


class NodeClient:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._ids = count()
        self._lines: dict[int, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)
        self._reading = asyncio.create_task(self._read())

    async def ask(self, document: str, **variables: object) -> Answer:
        number = self._say(ask={"document": document, "variables": variables})
        line = await self._line(number)
        return _answer(line["answer"], line["sent"])

    @asynccontextmanager
    async def watch(self, document: str, **variables: object) -> AsyncIterator[Events]:
        number = self._say(subscribe={"document": document, "variables": variables})
        try:
            yield self._events(number)
        finally:
            self._say(number, end=True)

    async def close(self) -> None:
        """End the process by ending its input; whatever it complained of is ours to see."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading

    async def _events(self, number: int) -> Events:
        while (event := (await self._line(number))["event"]) != "complete":
            yield _answer(event)

    def _say(self, number: int | None = None, **request: object) -> int:
        chosen = next(self._ids) if number is None else number
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": chosen, **request}).encode() + b"\n")
        return chosen

    async def _line(self, number: int) -> dict[str, Any]:
        """The next line about a request. AssertionError when the process has ended."""
        line = asyncio.ensure_future(self._lines[number].get())
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({line, self._reading}, return_when=asyncio.FIRST_COMPLETED)
        if not line.done():
            line.cancel()
            with suppress(asyncio.CancelledError):
                await line
            assert self._process.stderr is not None
            raise AssertionError((await self._process.stderr.read()).decode())
        return line.result()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for written in self._process.stdout:
            line = json.loads(written)
            self._lines[line["id"]].put_nowait(line)


@asynccontextmanager
async def connected(
    clients: NodeClients, driver: str, connection: Connection
) -> AsyncIterator[NodeClient]:
    process = await asyncio.create_subprocess_exec(
        clients.node,
        "drivers/main.ts",
        driver,
        json.dumps(asdict(connection)),
        cwd=clients.folder,
        env=clients.environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=1 << 20,
    )
    client = NodeClient(process)
    try:
        yield client
    finally:
        await client.close()


def _answer(answer: dict[str, Any], sent: list[dict[str, Any]] | None = None) -> Answer:
    return Answer(
        data=answer.get("data"),
        errors=tuple(Told(**each) for each in answer.get("errors", [])),
        sent=tuple(Sent(**each) for each in sent or []),
    )
