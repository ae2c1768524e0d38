"""The files of a page, named by the hash of their content, and packed when they were built."""

import os
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.guards import guards

# By name, since the machine's own table may lack fonts or call JavaScript plain text.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}

# What `web/pack.mjs` leaves beside a file, the smallest first.
_PACKED = {"br": ".br", "gzip": ".gz"}


class Assets(StaticFiles):
    """Whoever has a file need not ask again. It is sent packed to whoever can unpack it."""

    def __init__(self, folder: Path, policy: str) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._guards = guards(policy)

    async def check_config(self) -> None:
        """A folder that is not built yet is no fault: its files are simply not found."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        sent, encoding = _packed(os.fspath(full_path), scope)
        found = os.stat(sent) if encoding else stat_result
        response = super().file_response(sent, found, scope, status_code)
        if "content-type" in response.headers:
            media_type = _MEDIA_TYPES.get(Path(full_path).suffix)
            response.headers["content-type"] = media_type or response.headers["content-type"]
            if encoding:
                response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        # A worker obeys the policy of its own file, not of the page.
        response.headers.update(self._guards)
        return response


def _packed(path: str, scope: Scope) -> tuple[str, str | None]:
    """The file to send, and how it is packed: as its reader accepts, and the build made it."""
    accepted = set(_accepted(Headers(scope=scope).get("accept-encoding", "")))
    for encoding, suffix in _PACKED.items():
        if encoding in accepted and os.path.isfile(path + suffix):
            return path + suffix, encoding
    return path, None


def _accepted(header: str) -> Iterator[str]:
    """The encodings that an `Accept-Encoding` names, without those it weighs with nothing."""
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            yield name.strip()
