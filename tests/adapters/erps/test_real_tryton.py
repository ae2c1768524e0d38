"""The same promises, kept by a real Tryton whose bookkeeper posts, pays, cancels and deletes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.erps import Around, ConfiguredErps
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.ports import Erp
from domain.unlinking import Gone, StillThere, verdict
from tests.adapters.erps.contract import COMPANY, a_link, an_integration
from tests.adapters.erps.vendors.tryton import recorded_bill
from tests.servers.processes import ServerFailed
from tests.servers.tryton import Tryton

Connect = Callable[..., Erp]
REFERENCE = "KE-26031"


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Around]:
    """Patient: a Tryton that has just started is slow, and that is not what is tested here."""
    async with httpx2.AsyncClient(timeout=60, trust_env=False) as http:
        yield Around(http, tmp_path)


@pytest.fixture
def connect(tryton: Tryton, around: Around) -> Connect:
    """A connection with the key of someone: the integration's own user, or another."""

    def connected(who: str = "integration", **differing: str) -> Erp:
        settings = {"url": tryton.url, "key": tryton.keys[who], "company": str(tryton.company)}
        chosen = {f"{COMPANY}/1": settings | differing}
        return ConfiguredErps(around, chosen).of(an_integration("tryton"))

    return connected


def record_id(bill: int) -> RecordId:
    return RecordId(str(bill))


def posted(tryton: Tryton) -> int:
    bill = tryton.draft_bill(REFERENCE)
    tryton.post(bill)
    return bill


async def state_of(erp: Erp, bill: int) -> RecordState:
    [sighting] = await erp.look_up([record_id(bill)])
    return sighting.state


async def trouble_of(erp: Erp, bill: int) -> Trouble:
    """The trouble of both questions, which is the same."""
    with pytest.raises(ErpTrouble) as looking:
        await erp.look_up([record_id(bill)])
    with pytest.raises(ErpTrouble) as choosing:
        await erp.choose_canary()
    assert looking.value.trouble is choosing.value.trouble
    return looking.value.trouble


async def judge(
    erp: Erp, bill: int, canary_chosen_by: Erp, **rules: bool
) -> tuple[Gone | StillThere, Sighting]:
    """The verdict on a bill that was seen before."""
    canary = await canary_chosen_by.choose_canary()
    assert canary is not None
    integration, asked_at = an_integration("tryton", canary, **rules), datetime.now(UTC)
    answer = await erp.look_up([record_id(bill), canary.record_id])
    return verdict(integration, a_link("tryton", record_id(bill)), answer, asked_at), answer[0]


async def test_follows_a_bill_through_its_states(tryton: Tryton, connect: Connect) -> None:
    erp, bill = connect(), tryton.draft_bill(REFERENCE)
    [draft] = await erp.look_up([record_id(bill)])
    tryton.post(bill)
    [opened] = await erp.look_up([record_id(bill)])
    tryton.pay(bill, "500.00")
    partly = await state_of(erp, bill)
    tryton.pay(bill)

    assert (draft.state, draft.document_number) == (RecordState.DRAFT, None)
    assert opened.state is RecordState.OPEN
    assert opened.document_number
    assert opened.fingerprint == draft.fingerprint
    assert partly is RecordState.PARTLY_PAID
    assert await state_of(erp, bill) is RecordState.PAID


async def test_a_deleted_draft_is_gone(tryton: Tryton, connect: Connect) -> None:
    erp, bill = connect(), tryton.draft_bill(REFERENCE)
    posted(tryton)
    before, _ = await judge(erp, bill, erp)
    tryton.delete(bill)

    after, sighting = await judge(erp, bill, erp)

    assert isinstance(before, StillThere)
    assert sighting.state is RecordState.ABSENT
    assert isinstance(after, Gone)


async def test_a_cancelled_bill_is_gone_where_that_counts(tryton: Tryton, connect: Connect) -> None:
    erp, bill = connect(), posted(tryton)
    tryton.cancel(bill)

    strict, sighting = await judge(erp, bill, erp)
    lenient, _ = await judge(erp, bill, erp, void_counts_as_gone=True)

    assert sighting.state is RecordState.VOIDED
    assert strict == StillThere(sighting)
    assert isinstance(lenient, Gone)


async def test_an_administrator_is_shown_proof_of_a_deletion(
    tryton: Tryton, connect: Connect
) -> None:
    bill = tryton.draft_bill(REFERENCE)
    tryton.delete(bill)

    [sighting] = await connect("auditor").look_up([record_id(bill)])
    [never] = await connect("auditor").look_up([RecordId("987654")])

    assert sighting.state is RecordState.DELETED
    assert f"account.invoice {bill} was deleted on 20" in sighting.evidence
    assert never.state is RecordState.ABSENT


async def test_another_companys_bill_is_absent_and_its_own_user_is_not_ours(
    tryton: Tryton, connect: Connect
) -> None:
    theirs = tryton.bill_in_other_company(REFERENCE)

    assert await state_of(connect(), theirs) is RecordState.ABSENT
    with pytest.raises(ErpTrouble) as caught:
        await connect("stranger").look_up([record_id(theirs)])
    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


async def test_what_is_hidden_is_not_gone(tryton: Tryton, connect: Connect) -> None:
    bill = posted(tryton)

    with pytest.raises(ErpTrouble) as doubt:
        await judge(connect("stranger"), bill, connect())

    assert doubt.value.trouble is Trouble.NOT_VISIBLE
    assert await connect("stranger").choose_canary() is None


async def test_the_canary_is_a_bill_that_tryton_will_not_delete(
    tryton: Tryton, connect: Connect
) -> None:
    tryton.draft_bill(REFERENCE)
    posted(tryton)

    canary = await connect().choose_canary()

    assert canary is not None
    [sighting] = await connect().look_up([canary.record_id])
    assert sighting.fingerprint == canary.fingerprint
    with pytest.raises(ServerFailed):
        tryton.delete(int(canary.record_id))


async def test_a_validated_bill_is_open_and_cannot_be_deleted_even_as_a_draft_again(
    tryton: Tryton, connect: Connect
) -> None:
    bill = tryton.draft_bill(REFERENCE)
    act(tryton, bill, "validate_invoice")
    validated = await state_of(connect(), bill)
    act(tryton, bill, "draft")

    assert validated is RecordState.OPEN
    assert await state_of(connect(), bill) is RecordState.DRAFT
    with pytest.raises(ServerFailed, match="because it has a number"):
        tryton.delete(bill)


@pytest.mark.parametrize(
    ("who", "differing", "trouble"),
    [
        ("nobody", {}, Trouble.FORBIDDEN),
        ("integration", {"key": "f" * 128}, Trouble.UNAUTHORIZED),
    ],
)
async def test_a_refusal_is_told_as_what_it_is(
    tryton: Tryton,
    connect: Connect,
    who: str,
    differing: dict[str, str],
    trouble: Trouble,
) -> None:
    bill = posted(tryton)

    assert await trouble_of(connect(who, **differing), bill) is trouble


async def test_another_database_is_not_read_as_gone(tryton: Tryton, connect: Connect) -> None:
    url = tryton.url.rpartition("/")[0] + "/another"

    assert await trouble_of(connect(url=url), 1) is Trouble.UNEXPECTED_ANSWER


async def test_ids_beyond_all_numbers_of_tryton_are_absent(connect: Connect) -> None:
    [sighting] = await connect().look_up([RecordId("9" * 18)])

    assert sighting.state is RecordState.ABSENT


async def test_a_tryton_that_is_down_is_out_of_reach_until_it_is_back(
    tryton: Tryton, connect: Connect
) -> None:
    bill, erp = posted(tryton), connect()
    tryton.stop()
    try:
        trouble = await trouble_of(erp, bill)
    finally:
        tryton.start()

    assert trouble is Trouble.UNREACHABLE
    assert await state_of(erp, bill) is RecordState.OPEN


async def test_a_tryton_that_hangs_is_too_slow_until_it_goes_on(
    tryton: Tryton, connect: Connect
) -> None:
    bill, erp = posted(tryton), connect()
    tryton.hang()
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await erp.look_up([record_id(bill)])
    finally:
        tryton.resume()

    assert await state_of(erp, bill) is RecordState.OPEN


async def test_the_recorded_bills_look_like_real_ones(tryton: Tryton, around: Around) -> None:
    bill = posted(tryton)
    row = await raw(tryton, around.http, bill, recorded_bill(3))

    assert shape(row) == shape(recorded_bill(3))


def act(tryton: Tryton, bill: int, action: str) -> None:
    url = f"{tryton.url}/rest/model/account.invoice/{bill}/{action}"
    skipping = "eyJfc2tpcF93YXJuaW5ncyI6IHRydWV9"  # {"_skip_warnings": true}
    authorization = f"bearer {tryton.keys['bookkeeper']}"
    headers = {"Authorization": authorization, "X-Tryton-Context": skipping}
    httpx2.post(url, json={}, headers=headers, timeout=60).raise_for_status()


async def raw(
    tryton: Tryton, http: httpx2.AsyncClient, bill: int, fields: dict[str, Any]
) -> dict[str, Any]:
    url = f"{tryton.url}/rest/model/account.invoice/{bill}"
    headers = {"Authorization": f"bearer {tryton.keys['integration']}"}
    answer = await http.get(url, params={"f": list(fields)}, headers=headers)
    row: dict[str, Any] = answer.json()
    return row


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return type(value)
