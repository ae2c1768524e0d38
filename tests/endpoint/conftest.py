"""A line to the service, for what goes over sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.endpoint.lines import Line, lines


@pytest.fixture
async def line(database_url: str, tmp_path: Path) -> AsyncIterator[Line]:
    async with lines(database_url, tmp_path) as opened:
        yield opened
