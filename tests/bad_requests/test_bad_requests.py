"""A refusal in the shape of GraphQL for each, and the next good request is answered."""

import pytest

from tests.bad_requests.bodies import BODIES, TOO_BIG
from tests.bad_requests.cases import Bad
from tests.bad_requests.conftest import Target
from tests.bad_requests.documents import DOCUMENTS
from tests.bad_requests.frames import BEFORE_INIT
from tests.bad_requests.headers import HEADERS
from tests.bad_requests.sockets import RAW, Raw
from tests.bad_requests.talking import ask, say

EVERY = [*BODIES, *TOO_BIG, *DOCUMENTS, *HEADERS]
ROUNDS = 10
MOST_GROWTH = 8 * 1024
"""In KiB, over all rounds but the first three: less than a byte kept of every ten sent."""


@pytest.mark.parametrize("bad", EVERY, ids=[each.name for each in EVERY])
def test_a_bad_request_is_refused_in_its_own_words(target: Target, bad: Bad) -> None:
    answer = ask(target.address, bad.bytes(target.token))

    assert answer.status == bad.status
    codes = {error["extensions"]["code"] for error in answer.errors}
    assert codes == {bad.code}
    assert {error["extensions"]["requestId"] for error in answer.errors} == {
        answer.headers["x-request-id"]
    }
    assert len(answer.errors) <= 5
    target.still_answers()


@pytest.mark.parametrize("raw", RAW, ids=[each.name for each in RAW])
def test_bytes_that_are_no_request_are_refused(target: Target, raw: Raw) -> None:
    answer = ask(target.address, raw.bytes)

    assert answer.status in raw.statuses
    assert answer.errors
    target.still_answers()


def test_bad_requests_leave_nothing_behind(target: Target) -> None:
    sizes = []
    for _ in range(ROUNDS):
        for bad in EVERY:
            ask(target.address, bad.bytes(target.token))
        for raw in RAW:
            ask(target.address, raw.bytes)
        for frame, code in BEFORE_INIT.values():
            assert say(target.address, frame) == code
        sizes.append(target.process.resident_kib())

    assert sizes[-1] - sizes[2] < MOST_GROWTH, sizes
    target.still_answers()
