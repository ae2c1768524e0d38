"""What axe finds on a page as it is now: https://github.com/dequelabs/axe-core."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.servers.node import NodeClients

# All that is on by itself, and one rule of WCAG 2.2 that is not: how large is what one clicks.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


class Axe:
    def __init__(self, clients: NodeClients) -> None:
        self._program = _read(clients.folder / "node_modules" / "axe-core" / "axe.min.js")

    async def findings(self, page: Page) -> list[str]:
        """Each rule that is broken, and where."""
        # By the debugger, which no policy of a page binds.
        await page.evaluate(self._program)
        found: list[dict[str, Any]] = await page.evaluate(
            "async options => (await axe.run(document, options)).violations", OPTIONS
        )
        return [_told(each) for each in found]


@cache
def _read(program: Path) -> str:
    return program.read_text("utf-8")


def _told(violation: dict[str, Any]) -> str:
    where = ", ".join(str(node["html"])[:200] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']} ({where})"
