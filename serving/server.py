"""One serving process: uvicorn's server, which ends in good order and within a known time."""

import asyncio
import logging
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from socket import socket
from types import FrameType

from uvicorn import Config, Server
from uvicorn.server import HANDLED_SIGNALS

from serving.draining import Draining
from serving.limits import Limits
from serving.sweeping import GuardedState, sweep_for_ever

log = logging.getLogger("erp_link.serving")

ACCEPTED_AT_ONCE = 32
"""How many of those who wait to connect are let in each time the loop looks."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How long each part of the end may take, in seconds: all of them together, less than 30."""

    notice_seconds: float = 0
    """How long connections are still accepted, while load balancers see that we are not ready."""
    requests_seconds: float = 20
    """How long running requests, and work that outlives its client, may go on."""
    closing_seconds: float = 4
    """How long the database and other connections may take to be closed."""

    @property
    def all_seconds(self) -> int:
        return ceil(self.notice_seconds + self.requests_seconds + self.closing_seconds) + 1


class DrainingServer(Server):
    """Told to end, it is not ready at once, answers what it was asked, and ends with code 0.

    Told a second time it ends at once: whatever is cut off then is whole or not done at all, as
    after a kill.
    """

    def __init__(
        self,
        config: Config,
        draining: Draining,
        limits: Limits | None = None,
        ending: Ending | None = None,
        lifeline: int | None = None,
    ) -> None:
        """`lifeline`: a pipe whose other end falls silent when nobody needs this server."""
        super().__init__(config)
        self._lifeline = lifeline
        self._draining = draining
        self._ending = ending or Ending()
        self._state = GuardedState(limits or Limits(), draining)
        self.server_state = self._state

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """As uvicorn's, but a signal that was obeyed is not raised once more at the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._draining.begun:
            os._exit(128 + sig)
        self._end_in_time()

    def end(self) -> None:
        """Begin to end. Safe in a signal handler."""
        self._draining.begin()
        self.should_exit = True

    def _end_in_time(self) -> None:
        # The kernel's own alarm: it ends a process too that no longer comes to its senses.
        signal.alarm(self._ending.all_seconds)
        self.end()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        # The loop lets in one for each listening socket, however many wait, and then serves all
        # who are there: the last of many waited for most of the others' requests.
        # https://github.com/libuv/libuv/pull/3696
        for one in sockets or []:
            # Else `dup` would have all wait in it, in the other workers too, which share it.
            one.setblocking(False)
        each_many = [one.dup() for one in sockets or [] for _ in range(ACCEPTED_AT_ONCE)]
        await super().startup(each_many or sockets)
        self._sweeping = asyncio.create_task(sweep_for_ever(self._state))
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._silent)

    def _silent(self) -> None:
        if self._lifeline is not None:
            asyncio.get_running_loop().remove_reader(self._lifeline)
        if not self._draining.begun:
            self._end_in_time()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        log.info("Told to end")
        if self._ending.notice_seconds:
            await asyncio.sleep(self._ending.notice_seconds)
        waiting = [each.dup() for each in sockets or []]
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for each in waiting:
            await self._take_in_the_last(each)
        self._draining.say_goodbye()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._finish_what_runs()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._ending.closing_seconds):
                await self.lifespan.shutdown()
        self._sweeping.cancel()

    async def _take_in_the_last(self, listening: socket) -> None:
        """Close it, having taken those who had connected already: the kernel would reset them."""
        connections: list[socket] = []
        with listening:
            listening.setblocking(False)
            with suppress(OSError):  # when there are no more
                while len(connections) < self._state.limits.connections:
                    connections.append(listening.accept()[0])
        for connection in connections:
            with suppress(OSError):
                connection.setblocking(False)
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._answering, connection
                )

    def _answering(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )

    async def _finish_what_runs(self) -> None:
        try:
            async with asyncio.timeout(self._ending.requests_seconds):
                while self._unfinished():  # noqa: ASYNC110 - uvicorn tells nobody of its sets
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.error("Cut off at the end: %d requests", len(self.server_state.tasks))
            for task in [*self.server_state.tasks, *self._draining.unfinished()]:
                task.cancel()
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)

    def _unfinished(self) -> bool:
        state = self.server_state
        return bool(state.connections or state.tasks or any(self._draining.unfinished()))
