"""The measurements measure: there are figures, nothing fails unseen, and no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

from bench.operations import MEANING
from tests.safety.processes import ROOT, environment

QUICKLY = ("--small", "--on", "sqlite", "--rounds", "1", "--seconds", "0.2", "--connections", "4")


def test_every_operation_has_figures_and_no_errors(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench: operations -->\nold\n<!-- end of bench: operations -->\n")
    command = [sys.executable, "-m", "bench", *QUICKLY, "--folder", str(tmp_path)]

    done = subprocess.run(
        [*command, "--write", str(page)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "operations.json").read_text())["figures"]
    assert [each["operation"] for each in found] == [*MEANING]
    assert [each["first_error"] for each in found] == [""] * len(found)
    assert all(each["errors"] == 0 and each["per_second"] > 0 for each in found)
    assert all(0 < each["p50"] <= each["p99"] for each in found)
    written = page.read_text()
    assert written.startswith("before\n<!-- bench: operations -->")
    assert "old" not in written
    assert all(f"**{name.upper()}**" in written for name in MEANING)
