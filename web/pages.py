"""The GraphiQL page at /graphiql, or a small page of our own until it is built."""

import os
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FALLBACK = Path(__file__).with_name("fallback.html")

# What every policy ends with: nothing may frame the page, rebase its links or take its forms.
_CLOSED = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

# The editor writes <style> elements and style="" attributes as it draws, hence 'unsafe-inline' for
# styles. Scripts and workers come from our own files only.
_EXPLORER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    f"worker-src 'self'; img-src 'self' data:; font-src 'self' data:; {_CLOSED}"
)

# By name, since the machine's own table may lack fonts or call JavaScript plain text.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}


def graphiql_routes(dist: Path) -> list[BaseRoute]:
    """Serve what the build left in `dist`. Looked for at each request: a build needs no restart."""
    explorer = dist / "graphiql"

    def page(request: Request) -> Response:
        try:
            html, policy = (explorer / "index.html").read_text("utf-8"), _EXPLORER_POLICY
        except FileNotFoundError:
            html = _FALLBACK.read_text("utf-8")
            policy = _policy_of_inline_parts(html)
        return HTMLResponse(html, headers={"Cache-Control": "no-cache", **_guards(policy)})

    return [
        Route("/graphiql", page),
        Mount("/graphiql/assets", _Assets(directory=explorer / "assets", check_dir=False)),
    ]


class _Assets(StaticFiles):
    """Files named by the hash of their content: whoever has one need not ask again."""

    async def check_config(self) -> None:
        """A folder that is not built yet is no fault: its files are simply not found."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if "content-type" in response.headers:
            media_type = _MEDIA_TYPES.get(Path(full_path).suffix)
            response.headers["content-type"] = media_type or response.headers["content-type"]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        # A worker obeys the policy of its own file, not of the page.
        response.headers.update(_guards(_EXPLORER_POLICY))
        return response


def _guards(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def _policy_of_inline_parts(html: str) -> str:
    """Allow exactly the script and the style that stand in the page, by their hashes."""

    def hashes(tag: str) -> str:
        parts = re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        digests = (b64encode(sha256(part.encode()).digest()).decode() for part in parts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')}; "
        f"connect-src 'self'; img-src data:; {_CLOSED}"
    )
