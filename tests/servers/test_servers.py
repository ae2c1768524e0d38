"""The servers do what the rest of the suite relies on."""

import json
from base64 import urlsafe_b64encode

import httpx2
import pytest
from playwright.async_api import Browser

from tests.servers.postgresql import Postgresql
from tests.servers.tryton import Tryton


def answer_to(tryton: Tryton, who: str, bill: int, *, seconds: float = 30) -> int:
    """The status with which Tryton answers someone who looks at a bill."""
    headers = {"Authorization": f"bearer {tryton.keys[who]}"}
    url = f"{tryton.url}/rest/model/account.invoice/{bill}?f=state"
    return httpx2.get(url, headers=headers, timeout=seconds).status_code


def deletions_seen_by(tryton: Tryton, who: str, bill: int) -> list[str]:
    domain = [["resource", "=", f"account.invoice,{bill}"], ["event", "=", "delete"]]
    question = {"d": urlsafe_b64encode(json.dumps(domain).encode()).decode(), "f": "event"}
    headers = {"Authorization": f"bearer {tryton.keys[who]}"}
    url = f"{tryton.url}/rest/model/ir.model.log"
    answer = httpx2.get(url, headers=headers, params=question, timeout=30)
    return [row["event"] for row in answer.json()]


def test_a_copy_of_a_database_holds_its_rows(postgresql: Postgresql) -> None:
    original = postgresql.new_database()
    postgresql.sql("CREATE TABLE bill AS SELECT 7 AS id", original)

    copy = postgresql.copy_of(original)

    assert postgresql.sql("SELECT id FROM bill", copy) == "7"
    for extension in ("pg_trgm", "btree_gin"):
        postgresql.sql(f"CREATE EXTENSION {extension}", copy)


def test_a_bill_is_posted_and_paid(tryton: Tryton) -> None:
    bill = tryton.draft_bill("GARISH-001")
    assert tryton.state(bill) == "draft"

    tryton.post(bill)
    assert tryton.state(bill) == "posted"

    tryton.pay(bill, "250.00")
    assert tryton.state(bill) == "posted"

    tryton.pay(bill)
    assert tryton.state(bill) == "paid"


def test_a_bill_is_cancelled_or_deleted(tryton: Tryton) -> None:
    cancelled, deleted = tryton.draft_bill("GARISH-002"), tryton.draft_bill("GARISH-003")

    tryton.post(cancelled)
    tryton.cancel(cancelled)
    tryton.delete(deleted)

    assert tryton.state(cancelled) == "cancelled"
    assert tryton.state(deleted) is None


def test_an_auditor_has_proof_that_a_bill_was_deleted(tryton: Tryton) -> None:
    kept, deleted = tryton.draft_bill("GARISH-006"), tryton.draft_bill("GARISH-007")

    tryton.delete(deleted)

    assert deletions_seen_by(tryton, "auditor", deleted) == ["delete"]
    assert deletions_seen_by(tryton, "auditor", kept) == []


def test_a_bill_of_the_other_company_is_not_seen_from_ours(tryton: Tryton) -> None:
    bill = tryton.bill_in_other_company("GARISH-004")

    assert answer_to(tryton, "integration", bill) == httpx2.codes.NOT_FOUND
    assert answer_to(tryton, "stranger", bill) == httpx2.codes.OK
    assert tryton.state(bill) == "draft"


def test_tryton_comes_back_where_it_was(tryton: Tryton) -> None:
    bill = tryton.draft_bill("GARISH-005")

    with tryton.stopped(), pytest.raises(httpx2.ConnectError):
        answer_to(tryton, "integration", bill)
    with tryton.hung(), pytest.raises(httpx2.ReadTimeout):
        answer_to(tryton, "integration", bill, seconds=0.2)

    assert answer_to(tryton, "integration", bill) == httpx2.codes.OK


async def test_chromium_runs_a_script(chromium: Browser) -> None:
    page = await chromium.new_page()

    await page.set_content("<button onclick=\"this.textContent = 'Unlinked'\">Unlink</button>")
    await page.get_by_role("button").click()

    assert await page.get_by_role("button").text_content() == "Unlinked"
    await page.close()
