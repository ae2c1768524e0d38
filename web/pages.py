"""The pages for people at / and /graphiql, or small ones of our own until they are built."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from web.assets import Assets
from web.guards import EXPLORER_POLICY, guards, page_policy, policy_of_inline_parts

_HERE = Path(__file__).parent


def page_routes(dist: Path, issuers: Iterable[str] = ()) -> list[BaseRoute]:
    """The invoices' page at /, which signs in at these issuers' origins, from what the build left
    in `dist`."""
    return _routes("/", dist / "page", page_policy(issuers), _HERE / "not-built.html")


def graphiql_routes(dist: Path) -> list[BaseRoute]:
    """GraphiQL at /graphiql, from what the build left in `dist`."""
    return _routes("/graphiql", dist / "graphiql", EXPLORER_POLICY, _HERE / "fallback.html")


def _routes(path: str, built: Path, policy: str, stand_in: Path) -> list[BaseRoute]:
    """A page and its files. Looked for at each request: a build needs no restart."""

    def page(request: Request) -> Response:
        try:
            html, allowed = (built / "index.html").read_text("utf-8"), policy
        except FileNotFoundError:
            html = stand_in.read_text("utf-8")
            allowed = policy_of_inline_parts(html)
        return _asked_for_anew(request, html, allowed)

    return [Route(path, page), Mount(f"/{built.name}/assets", Assets(built / "assets", policy))]


def _asked_for_anew(request: Request, html: str, policy: str) -> Response:
    """The page, or that it is still the one which its reader holds."""
    tag = f'"{sha256((policy + html).encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag, **guards(policy)}
    held = request.headers.get("if-none-match", "")
    if tag in (each.strip().removeprefix("W/") for each in held.split(",")):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(html, headers=headers)
