"""A certified OpenID Provider on loopback: npm's `oidc-provider`, which lets anybody in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.servers.node import NodeClients
from tests.servers.processes import Server, free_port, throw_away_folder

CLIENT = "erp-link-page"
DISCOVERY = "/.well-known/openid-configuration"


@contextmanager
def running_oidc_provider(clients: NodeClients, page: str) -> Iterator[str]:
    """The issuer's name, which is its address. Its client is the page of that origin."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx2.get(issuer + DISCOVERY, timeout=60).is_success
        except httpx2.TransportError:
            return False

    with throw_away_folder() as folder:
        program = clients.folder / "issuer" / "main.mjs"
        command: list[str | Path] = [clients.node, program, str(port), page]
        server = Server(command, folder, environment=clients.environment)
        server.wait_until(answers, seconds=60)
        try:
            yield issuer
        finally:
            server.end()
