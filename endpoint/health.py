"""What a load balancer asks: does the process live, and may it be sent requests?"""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.store.revision import is_current

READY_WITHIN = 2.0
"""Seconds in which the database must answer; above that, nobody should be sent here."""


async def livez(request: Request) -> Response:
    """The process answers. Touches nothing else."""
    return PlainTextResponse("live\n")


async def readyz(request: Request) -> Response:
    """We go on running, the database answers, and its schema is the one this code was written for.

    Of this process: its pool has a connection to give.
    """
    if request.state.draining.begun:
        return PlainTextResponse("draining\n", 503)
    try:
        async with asyncio.timeout(READY_WITHIN):
            ready = await is_current(request.state.database)
    except Exception:  # whatever ails the database, the answer is the same: not ready
        ready = False
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)


def health_routes() -> list[BaseRoute]:
    return [Route("/livez", livez), Route("/readyz", readyz)]
