"""Every request of docs/front-end.md can be pasted, and is answered as the page says."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser.erp_link import ErpLink, running_erp_link
from tests.servers import curl

PAGE = Path(__file__).parents[2] / "docs" / "front-end.md"
A_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GAVE_UP_WAITING = 28
"""How curl ends when it has listened as long as it was told to."""


class Example(NamedTuple):
    """What is pasted, and what the page says of the answer."""

    commands: str
    answer: Any


def examples() -> list[Example]:
    blocks: list[tuple[str, str]] = A_BLOCK.findall(PAGE.read_text())
    following = [*blocks[1:], ("", "")]
    return [
        Example(text, json.loads(answer) if after == "json" else None)
        for (kind, text), (after, answer) in zip(blocks, following, strict=True)
        if kind == "sh"
    ]


SETTING_UP, *EXAMPLES = examples()


@pytest.fixture(scope="module")
def erp_link() -> Iterator[ErpLink]:
    curl.program()
    with running_erp_link() as service:
        yield service


def holds(answer: Any, told: Any) -> bool:
    """Whether an answer has all that is told of it, and perhaps more."""
    if isinstance(told, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(answer[name], value) for name, value in told.items()
        )
    if isinstance(told, list):
        return len(answer) == len(told) and all(map(holds, answer, told))
    return bool(answer == told)


def test_the_page_begins_with_a_token_for_ada() -> None:
    assert "erp-link token --as ada" in SETTING_UP.commands
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(n) for n, _ in enumerate(EXAMPLES)])
def test_what_is_pasted_is_answered_as_the_page_says(erp_link: ErpLink, example: Example) -> None:
    address, token = f"{erp_link.origin}/graphql", erp_link.token_of("ada")

    done = subprocess.run(
        ["bash", "-c", example.commands],
        env={"URL": address, "TOKEN": token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode in (0, GAVE_UP_WAITING), done.stderr
    assert done.stdout
    if example.answer is None:
        assert '"errors"' not in done.stdout
    else:
        assert holds(json.loads(done.stdout), example.answer), done.stdout
