"""Which pages of other hosts may read answers: CORS, by explicit origins."""

from collections.abc import Collection

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from endpoint.preconditions import METHODS

READABLE = ("X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")
"""What a page may read of an answer's headers, besides what every page may."""
PREFLIGHT_SECONDS = 600


def cross_origin(allowed_origins: Collection[str]) -> Middleware:
    """Answers preflights, which carry no token, and marks answers for the pages that may read them.

    Any header may be sent: clients add their own, and an origin that is allowed is trusted.
    No credentials: tokens are sent by a program, cookies are of no use here.
    """
    return Middleware(
        CORSMiddleware,
        allow_origins=tuple(allowed_origins),
        allow_methods=METHODS,
        allow_headers=("*",),
        expose_headers=READABLE,
        max_age=PREFLIGHT_SECONDS,
    )
