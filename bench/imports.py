"""How long the import of 100,000 requisitions takes, and what it holds meanwhile."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.databases import cluster
from bench.report import Report
from bench.tables import table
from tests.adapters.store.big_company import MANY, Imported, import_all, write_files


def imports(kinds: Sequence[str]) -> Report:
    """`erp-link import`, as an operator types it, into an empty company."""
    found: dict[str, Imported] = {}
    with TemporaryDirectory(prefix="erp-link-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        write_files(folder)
        for kind in kinds:
            if kind == "sqlite":
                url = f"sqlite+aiosqlite:///{folder / 'imported.sqlite'}"
            else:
                url = stack.enter_context(cluster()).new_database()
            found[kind] = import_all(url, folder, folder)
    rows = [(kind, f"{each.seconds:.1f}", f"{each.megabytes:.0f}") for kind, each in found.items()]
    text = f"{MANY:,} requisitions by `erp-link import`:\n\n" + table(("on", "seconds", "MB"), rows)
    figures = {kind: {**asdict(each), "url": kind} for kind, each in found.items()}
    return Report("imports", text, figures)
