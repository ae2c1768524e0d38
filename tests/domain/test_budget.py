"""The arithmetic of a bucket: it fills steadily, and never holds more than its size."""

from datetime import UTC, datetime

import pytest

from domain.budget import Allowance, Standing, microseconds

NOON = 1_774_958_400 * 1_000_000
SECOND = 1_000_000


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOON / SECOND + seconds, UTC)


def test_what_is_taken_flows_in_again_at_one_rate() -> None:
    allowance = Allowance(size=1000, per_second=10)

    taken = allowance.taken(0, 600, NOON)

    assert taken == NOON + 60 * SECOND
    for second in range(61):
        standing = allowance.standing(taken, NOON + second * SECOND)
        assert standing == Standing(True, 400 + 10 * second, at(60))
    assert allowance.standing(taken, NOON + 90 * SECOND) == Standing(True, 1000, at(90))


def test_all_that_is_there_can_be_taken_and_not_a_point_more() -> None:
    allowance = Allowance(size=1000, per_second=10)
    taken = allowance.taken(0, 999, NOON)
    assert taken is not None

    assert allowance.taken(taken, 1, NOON) == NOON + 100 * SECOND
    assert allowance.taken(taken, 2, NOON) is None
    assert allowance.standing(taken, NOON, lacking=2) == Standing(False, 1, at(99.9), 1)


def test_after_the_wait_that_a_refusal_tells_it_is_granted_and_a_second_before_it_is_not() -> None:
    allowance = Allowance(size=1000, per_second=10)
    empty = allowance.taken(0, 1000, NOON)
    assert empty is not None
    for cost in (1, 9, 10, 11, 500, 999, 1000):
        wait = allowance.standing(empty, NOON, lacking=cost).wait_seconds

        assert allowance.taken(empty, cost, NOON + (wait - 1) * SECOND) is None
        assert allowance.taken(empty, cost, NOON + wait * SECOND) is not None


def test_what_costs_more_than_a_bucket_waits_for_a_full_one_and_takes_it_all() -> None:
    allowance = Allowance(size=100, per_second=10)

    assert allowance.taken(0, 5000, NOON) == NOON + 10 * SECOND
    assert allowance.taken(NOON + 1, 5000, NOON) is None


@pytest.mark.parametrize("per_second", [1, 3, 7, 500, 999_983])
@pytest.mark.parametrize("size", [1, 7, 50_000])
def test_odd_rates_never_give_more_than_the_size_and_what_flowed_in(
    size: int, per_second: int
) -> None:
    allowance = Allowance(size, per_second)
    full_at, given = 0, 0
    for step in range(400):
        now = NOON + step * 37_013
        while (taken := allowance.taken(full_at, 1 + step % 3, now)) is not None:
            full_at, given = taken, given + min(1 + step % 3, size)

        assert given <= size + per_second * (step * 37_013) / SECOND
        assert 0 <= allowance.standing(full_at, now).remaining <= size


def test_clocks_may_differ_by_a_minute_and_what_was_written_in_the_far_future_is_forgotten() -> (
    None
):
    allowance = Allowance(size=1000, per_second=10)
    taken = allowance.taken(0, 1000, NOON)
    assert taken is not None

    behind = NOON - 60 * SECOND
    assert allowance.taken(taken, 1, behind) is None
    assert allowance.standing(taken, behind, lacking=10) == Standing(False, 0, at(100), 61)
    assert allowance.taken(taken, 1, behind - 1) == behind - 1 + SECOND // 10
    assert allowance.standing(taken, behind - 1).remaining == 1000


def test_the_clock_is_read_to_the_microsecond() -> None:
    assert microseconds(1.5) == 1_500_000
