"""Does a page far down the list cost more than the first?"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

import httpx2

from bench.operations import DOCUMENTS
from bench.report import Report
from bench.stage import Stage
from bench.tables import table
from bench.targets import Figures, Target, service
from schema.ids import node_id

COMPANY, STEP, ROUNDS = node_id("Company", 1, 1), 100, 5
WALK = """
query($id: ID!, $first: Int!, $after: String) {
  syncedInvoices(companyId: $id, first: $first, after: $after) { pageInfo { endCursor } } }
"""


def deep_pages(stage: Stage, depth: int, seconds: float) -> Report:
    """The first page of 50 and the one after `depth` invoices, in turn, one connection each."""
    rows, figures = [], {}
    for database in stage.databases:
        with service(database, stage.bodies, stage.beside(f"deep-{database.kind}")) as target:
            folder = stage.beside(f"pages-{database.kind}")
            found = _measured(_with_pages(target, depth, folder), seconds)
        first, deep = (median(_whole(each) for each in found[name]) for name in ("first", "deep"))
        errors = sum(each.errors for told in found.values() for each in told)
        told = (f"{first:.0f}", f"{deep:.0f}", f"{deep / max(first, 1e-9):.2f}", str(errors))
        rows.append((database.kind, *told))
        figures[database.kind] = {n: [asdict(each) for each in told] for n, told in found.items()}
    header = ("on", "CPU us of the first page", f"after {depth:,}", "times", "errors")
    return Report("deep", table(header, rows), figures)


def _whole(told: Figures) -> float:
    return told.service_us + told.database_us


def _measured(target: Target, seconds: float) -> dict[str, list[Figures]]:
    for name in ("first", "deep"):
        target.load(name, 1, seconds)
    found: dict[str, list[Figures]] = {"first": [], "deep": []}
    for _ in range(ROUNDS):
        for name, told in found.items():
            told.append(target.load(name, 1, seconds))
    return found


def _with_pages(target: Target, depth: int, folder: Path) -> Target:
    """The target, asked for two pages of the biggest company."""
    folder.mkdir()
    pages: dict[str, dict[str, str | None]] = {
        "first": {"after": None},
        "deep": {"after": _walked(target, depth)},
    }
    # The first page's document, with a place to begin at.
    document = DOCUMENTS["q1"].replace("$first: Int!)", "$first: Int!, $after: String)")
    document = " ".join(document.replace("first: $first)", "first: $first, after: $after)").split())
    for name, page in pages.items():
        variables = {"companyId": COMPANY, "first": 50, **page}
        (folder / name).write_text(json.dumps({"query": document, "variables": variables}) + "\n")
    expected = dict.fromkeys(pages, '"recordId"')
    return replace(target, bodies=folder, expected=expected)


def _walked(target: Target, depth: int) -> str:
    """The cursor of the invoice at this depth, as a client comes by it: page after page."""
    cursor = None
    with httpx2.Client(headers=dict(target.headers)) as http:
        for _ in range(depth // STEP):
            variables = {"id": COMPANY, "first": STEP, "after": cursor}
            answer = http.post(target.url, json={"query": WALK, "variables": variables})
            answer.raise_for_status()
            cursor = answer.json()["data"]["syncedInvoices"]["pageInfo"]["endCursor"]
    assert isinstance(cursor, str)
    return cursor
