"""A part that cannot run is named, never passed over in silence."""

from pathlib import Path

import pytest

from tests.servers import plugin

ROOT = Path(__file__).parents[2]

ONE_PART_CANNOT_RUN = """
    import pytest
    from tests.servers.parts import Part, PartUnavailable

    @pytest.fixture(scope="session")
    def tryton():
        raise PartUnavailable(Part.TRYTON, "nobody installed it")

    def test_first(tryton): ...
    def test_second(tryton): ...
    def test_third(): ...
"""
NOT_RUN = "*Not run: Tryton: nobody installed it (tests: 2)*"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(ONE_PART_CANNOT_RUN)
    pytester.makeini("""
        [pytest]
        asyncio_default_fixture_loop_scope = function
        markers =
            tryton
    """)
    return pytester


def test_is_reported_with_its_reason(suite: pytest.Pytester) -> None:
    run = suite.runpytest_inprocess(plugins=[plugin])

    run.assert_outcomes(passed=1, skipped=2)
    run.stdout.fnmatch_lines(["*= Not run =*", NOT_RUN])
    assert run.ret == pytest.ExitCode.OK


def test_is_reported_by_a_suite_that_runs_side_by_side(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    run = suite.runpytest_subprocess("-p", plugin.__name__, "--numprocesses=2")

    run.assert_outcomes(passed=1, skipped=2)
    run.stdout.fnmatch_lines([NOT_RUN])


def test_fails_the_run_in_ci(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    run = suite.runpytest_inprocess(plugins=[plugin])

    run.assert_outcomes(passed=1, errors=2)
    run.stdout.fnmatch_lines([NOT_RUN])
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_can_be_left_out_by_its_mark(suite: pytest.Pytester) -> None:
    run = suite.runpytest_inprocess("-m", "not tryton", plugins=[plugin])

    run.assert_outcomes(passed=1, deselected=2)
