"""Prints the table of every ERP in every situation: `python -m tests.adapters.erps`.

`--write` puts it into docs/erps-contract.md. Ends with 1 when a cell does not hold.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.adapters.erps.contract import asked_alike, distinct_erps, erps_over_http, vendor_of
from tests.adapters.erps.five_hundred import LATENCY_SECONDS, lines_of
from tests.adapters.erps.situations import SITUATIONS

PAGE = Path(__file__).parents[3] / "docs" / "erps-contract.md"
TEST = Path(__file__).parent / "test_situations.py"
HOLDS, FAILS, NOT_RUN, CANNOT_BE = "holds", "FAILS", "NOT RUN", "cannot be"
HEAD = """# Every ERP in every situation

Made by `python -m tests.adapters.erps --write`, which runs each cell against the vendor's
simulator (Tryton: its recorded answers) over real sockets; do not edit.
"Holds" means what `tests/adapters/erps/situations.py` says of the situation: what is there is
never unlinked, what is gone is gone only with the canary in the same answer, and everything else
is `ErpUnavailable` with its reason.
No simulator is the vendor: what we only recall of one is marked in its adapter's docstring.
"""


WHAT_MUST_FAIL = """Tried by hand on each adapter; each of these made tests fail:

- any 404 is read as an empty list, or as a deletion;
- any 400 or 404 of QuickBooks' read confirms an absence, or its feed is believed of any bill;
- an absence in Xero is no doubt;
- what QuickBooks Desktop says of another question, of other bills or with another status counts,
  a zero alone is a void, the canary is not asked for last, or another company file is believed;
- any 500 of Acumatica's read confirms an absence, or any closed bill is a reversed one;
- an answer of Agave's is taken for as fresh as the request, or a draft's id for a posted bill's;
- the canary need not be seen in the same answer, or need not have its fingerprint;
- redirects are followed;
- tokens are renewed without the lock, lost when the caller gives up, or asked for once revoked;
- the rest that an ERP asks for is not kept, or look-ups are not bounded.
"""


class Outcomes:
    """What became of each cell."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str], str] = {}
        self._asked: dict[str, tuple[str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            parameters = getattr(item, "callspec", None)
            if parameters is not None and "situation" in parameters.params:
                cell = parameters.params["name"], parameters.params["situation"]
                self._asked[item.nodeid] = cell

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        cell = self._asked.get(report.nodeid)
        if cell is not None and (report.when == "call" or report.failed):
            failed_before = self.cells.get(cell) == FAILS
            self.cells[cell] = FAILS if report.failed or failed_before else HOLDS


def page(cells: Mapping[tuple[str, str], str], erps: list[str]) -> Iterator[str]:
    reasons = list[str]()
    yield HEAD
    yield "| situation | " + " | ".join(map(named, erps)) + " |"
    yield "|---|" + "---|" * len(erps)
    for situation in SITUATIONS:
        row = [cell(cells, erp, situation, reasons) for erp in erps]
        yield f"| {situation} | " + " | ".join(row) + " |"
    yield "\n## What cannot be\n"
    yield from (f"{number}. {reason}" for number, reason in enumerate(reasons, 1))
    yield "\n## Five hundred bills\n"
    yield f"Asked about in one look-up; a simulator takes {LATENCY_SECONDS} s for each answer.\n"
    yield from lines_of(erps_over_http())
    yield "\n## What must fail\n"
    yield WHAT_MUST_FAIL
    yield "## Sources of the simulators\n"
    for erp in erps:
        yield f"- **{named(erp)}**: " + "; ".join(vendor_of(erp).sources) + "."


def named(erp: str) -> str:
    """With those that are asked alike."""
    return ", ".join(asked_alike(erp))


def cell(cells: Mapping[tuple[str, str], str], erp: str, situation: str, reasons: list[str]) -> str:
    """The word of one cell; the reason of one that cannot be joins the others."""
    vendor = vendor_of(erp)
    if situation not in vendor.cannot_be:
        return cells.get((erp, situation), NOT_RUN)
    reason = f"{named(erp)}: {vendor.cannot_be[situation]}"
    if reason not in reasons:
        reasons.append(reason)
    return f"{CANNOT_BE} ({reasons.index(reason) + 1})"


def main() -> int:
    outcomes, erps = Outcomes(), distinct_erps()
    # What is imported here already cannot have its assertions rewritten, and need not.
    already = "ignore::pytest.PytestAssertRewriteWarning"
    pytest.main([str(TEST), "-q", "--no-header", "-W", already], plugins=[outcomes])
    text = "\n".join(page(outcomes.cells, erps)) + "\n"
    print(text)
    if "--write" in sys.argv:
        PAGE.write_text(text)
    return 1 if FAILS in text or NOT_RUN in text else 0


if __name__ == "__main__":
    sys.exit(main())
