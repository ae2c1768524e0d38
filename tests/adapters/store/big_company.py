"""A company with 100,000 synced invoices, imported by the command, beside a small one."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.invoices import InvoiceStatus
from tests.safety.company import BEGAN, COMPANY, a_directory, a_requisition
from tests.safety.processes import ERP_LINK, environment, erp_link

BIG, SMALL = COMPANY, COMPANY + 1
MANY = 100_000
NEEDLES = {"first": 1_000, "second": 50_000, "third": 99_000}
"""Three invoices with numbers of their own, by word."""
OLD = 30_000
"""How many are called so by their numbers: those that were synced first."""
STATUSES = [status.value for status in InvoiceStatus]
ASIDE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stderr=sys.stdout)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""Runs a command, and tells how much it held at most. From a process that is small itself: at its
start, Linux counts as a program's own what the process that started it holds."""


@dataclass(frozen=True)
class Imported:
    """The database, and what the import of the big company took."""

    url: str
    seconds: float
    megabytes: float
    said: str


def requisitions(count: int) -> Iterator[dict[str, Any]]:
    """Spread over 40 projects, 300 vendors and 2,000 commitments; synced in the order of ids.

    Three in ten are of vendors that have Concrete in their names.
    """
    template = a_requisition(1, items=[])
    words = {id: f"needle-{word}" for word, id in NEEDLES.items()}
    for id in range(1, count + 1):
        yield template | {
            "id": id,
            "number": id % 500,
            "invoice_number": words.get(id, f"{'INV' if id > OLD else 'OLD'}-{id}"),
            "status": STATUSES[id % len(STATUSES)],
            "origin_id": f"BILL-{id}",
            "updated_at": (BEGAN + timedelta(minutes=id)).isoformat(),
            "billing_date": (BEGAN + timedelta(days=id * 31 % 365)).date().isoformat(),
            "project_id": 5101 + id % 40,
            "vendor_id": 6101 + id % 300,
            "vendor_name": f"Vendor {id % 300}{' Concrete' if id % 10 < 3 else ''}",
            "commitment_id": 700_001 + id % 2000,
            "contract_name": f"Contract {id % 2000}",
            "summary": {"current_payment_due": f"{id * 31 % 99_991}.50"},
            "summary_text": {"project_name": f"Project {id % 40}"},
        }


def write_files(folder: Path) -> None:
    """All that is imported: two directories, and two files of requisitions."""
    # An ERP that there is no module for: nobody is asked about 100,000 records.
    for company_id in (BIG, SMALL):
        directory = a_directory(company_id, erp="an_erp_of_its_own")
        (folder / f"directory-{company_id}.json").write_text(json.dumps(directory))
    for company_id, count in ((BIG, MANY), (SMALL, 200)):
        with (folder / f"requisitions-{company_id}.json").open("w") as file:
            file.writelines(json.dumps(each) + "\n" for each in requisitions(count))


def import_all(url: str, files: Path, folder: Path) -> Imported:
    """Migrate the database and import everything, the big company last."""
    settings = {"database_url": url, "data_dir": folder}
    commands = (
        ["migrate"],
        *(["import", str(files / f"directory-{id}.json")] for id in (BIG, SMALL)),
        ["import", "--company", str(SMALL), str(files / f"requisitions-{SMALL}.json")],
    )
    for command in commands:
        done = erp_link(*command, cwd=folder, **settings)
        assert done.returncode == 0, done.stderr
    return _measured(
        url,
        ["import", "--company", str(BIG), str(files / f"requisitions-{BIG}.json")],
        folder,
        environment(**settings),
    )


def _measured(url: str, command: list[str], folder: Path, env: dict[str, str]) -> Imported:
    began = time.monotonic()
    aside = [sys.executable, "-c", ASIDE, str(ERP_LINK), *command]
    done = subprocess.run(aside, cwd=folder, env=env, capture_output=True, text=True)
    seconds, said = time.monotonic() - began, done.stdout + done.stderr
    assert done.returncode == 0, said
    said, _, kilobytes = said.rstrip().rpartition("\n")
    return Imported(url, seconds, int(kilobytes) / 1024, said)
