"""Which pages of other hosts may read answers: CORS, by explicit origins."""

from collections.abc import Collection

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from endpoint.preconditions import METHODS

READABLE = ("X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")
"""What a page may read of an answer's headers, besides what every page may."""
PREFLIGHT_SECONDS = 600


class CrossOrigin(CORSMiddleware):
    """Starlette's, for what a page asks. Other answers say that they may differ for one: see
    `endpoint.every_answer`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def cross_origin(allowed_origins: Collection[str]) -> Middleware:
    """Answers preflights, which carry no token, and marks answers for the pages that may read them.

    Any header may be sent: clients add their own, and an origin that is allowed is trusted.
    No credentials: tokens are sent by a program, cookies are of no use here.
    """
    return Middleware(
        CrossOrigin,
        allow_origins=tuple(allowed_origins),
        allow_methods=METHODS,
        allow_headers=("*",),
        expose_headers=READABLE,
        max_age=PREFLIGHT_SECONDS,
    )
