"""Who connects while many are served is let in with all others who wait."""

import asyncio
import socket
from contextlib import ExitStack

import uvloop
from starlette.types import Receive, Scope, Send

from serving.server import ACCEPTED_AT_ONCE
from tests.serving.guarded import GET, guarded
from tests.serving.test_heads import told_back
from tests.serving.test_patience import until


def test_all_who_wait_are_served_in_the_same_rounds_of_the_loop() -> None:
    assert uvloop.run(rounds_until_all_were_asked(ACCEPTED_AT_ONCE)) < ACCEPTED_AT_ONCE / 2


async def rounds_until_all_were_asked(clients: int) -> int:
    """How often the loop went round between the first request and the last."""
    loop = asyncio.get_running_loop()
    rounds, asked_in = 0, list[int]()

    def go_round() -> None:
        nonlocal rounds
        rounds += 1
        if len(asked_in) < clients:
            loop.call_soon(go_round)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked_in.append(rounds)
        await told_back(scope, receive, send)

    with ExitStack() as stack:
        async with guarded(app) as service:
            for _ in range(clients):  # the kernel has them wait: the loop stands still meanwhile
                client = stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
                client.sendall(GET)
            go_round()
            await until(lambda: len(asked_in) == clients)
    return asked_in[-1] - asked_in[0]
