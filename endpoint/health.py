"""What a load balancer asks: does the process live, and may it be sent requests?"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.store.migrate import is_current


async def livez(request: Request) -> Response:
    """The process answers. Touches nothing else."""
    return PlainTextResponse("live\n")


async def readyz(request: Request) -> Response:
    """The database answers, and its schema is the one that this code was written for."""
    try:
        ready = await is_current(request.state.database)
    except Exception:  # whatever ails the database, the answer is the same: not ready
        ready = False
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)


def health_routes() -> list[BaseRoute]:
    return [Route("/livez", livez), Route("/readyz", readyz)]
