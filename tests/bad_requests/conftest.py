"""One real service for the whole corpus."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.bad_requests.cases import GOOD, Bad, as_json
from tests.bad_requests.talking import ask
from tests.browser.erp_link import ErpLink
from tests.servers.processes import Server, throw_away_folder


class Target(NamedTuple):
    """Who is asked."""

    address: tuple[str, int]
    token: str
    process: Server

    def still_answers(self) -> None:
        """Raises AssertionError unless a good request gets its answer."""
        good = Bad("good", 200, "", body=as_json({"query": GOOD}))
        answer = ask(self.address, good.bytes(self.token))
        assert answer.status == 200
        assert b"Ada Whitfield" in answer.body


@pytest.fixture(scope="package")
def target() -> Iterator[Target]:
    with throw_away_folder() as folder:
        service = ErpLink(folder)
        service.run("migrate")
        service.run("seed")
        process = service.serve()
        url = urlsplit(service.origin)
        assert url.hostname is not None
        assert url.port is not None
        try:
            yield Target((url.hostname, url.port), service.token_of("ada"), process)
        finally:
            process.end()
