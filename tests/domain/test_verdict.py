"""I1: when an ERP's answer means that a record is gone, and when it means nothing at all."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product

import pytest

from domain.erps import Canary, ErpTrouble, RecordId, RecordState, Sighting, Trouble
from domain.unlinking import Gone, StillThere, verdict
from tests.builders import BILL, NOON, OPENING, a_link, a_sighting, an_integration, the_canary

A_MOMENT = timedelta(microseconds=1)
ABSENT, DELETED, VOIDED, REVERSED = (
    RecordState.ABSENT,
    RecordState.DELETED,
    RecordState.VOIDED,
    RecordState.REVERSED,
)
ALIVE = (RecordState.DRAFT, RecordState.OPEN, RecordState.PARTLY_PAID, RecordState.PAID)

SETTINGS = {
    "neither counts": {"void_counts_as_gone": False, "reversal_counts_as_gone": False},
    "a void counts": {"void_counts_as_gone": True, "reversal_counts_as_gone": False},
    "a reversal counts": {"void_counts_as_gone": False, "reversal_counts_as_gone": True},
    "both count": {"void_counts_as_gone": True, "reversal_counts_as_gone": True},
}
SEEN_BEFORE = {"seen before": NOON - timedelta(hours=1), "never seen": None}
CANARIES: dict[str, list[Sighting]] = {
    "canary seen": [the_canary()],
    "canary paid": [the_canary(state=RecordState.PAID)],
    "canary absent": [the_canary(state=ABSENT, fingerprint=None)],
    "canary absent, fingerprint kept": [the_canary(state=ABSENT)],
    "canary deleted": [the_canary(state=DELETED)],
    "canary is another record": [the_canary(fingerprint="print of another database")],
    "canary without fingerprint": [the_canary(fingerprint=None)],
    "canary stale": [the_canary(as_of=NOON - A_MOMENT)],
    "canary not in the answer": [],
    "canary under another id": [the_canary(record_id=RecordId("OPENING-2"))],
    "no canary known": [the_canary()],
}

PROVES_SIGHT = {"canary seen", "canary paid"}
COUNTS_AS_GONE = {
    *((DELETED, setting) for setting in SETTINGS),
    (VOIDED, "a void counts"),
    (VOIDED, "both count"),
    (REVERSED, "a reversal counts"),
    (REVERSED, "both count"),
}


def judged(
    setting: str, seen: str, canary: str, answer: Sequence[Sighting]
) -> Gone | StillThere | Trouble:
    integration = an_integration(**SETTINGS[setting])
    if canary == "no canary known":
        integration = an_integration(**SETTINGS[setting], canary=None)
    link = a_link(seen_at=SEEN_BEFORE[seen])
    try:
        return verdict(integration, link, [*answer, *CANARIES[canary]], asked_at=NOON)
    except ErpTrouble as doubt:
        return doubt.trouble


@pytest.mark.parametrize("state", RecordState)
@pytest.mark.parametrize(("setting", "seen"), list(product(SETTINGS, SEEN_BEFORE)))
def test_i1_a_record_is_gone_only_when_the_erp_says_so_definitely(
    state: RecordState, setting: str, seen: str
) -> None:
    sighting = a_sighting(state)
    counts = (state, setting) in COUNTS_AS_GONE or (state is ABSENT and seen == "seen before")
    for canary in CANARIES:
        found = judged(setting, seen, canary, [sighting])

        if canary in PROVES_SIGHT and counts:
            evidence = f"the ERP says {state.value}; the canary was seen in the same answer"
            assert found == Gone(evidence, sighting), canary
        elif state is ABSENT or counts:
            assert found is Trouble.NOT_VISIBLE, canary
        elif canary in PROVES_SIGHT or canary == "no canary known":
            assert found == StillThere(sighting), canary
        else:
            assert found is Trouble.NOT_VISIBLE, canary


@pytest.mark.parametrize("state", RecordState)
@pytest.mark.parametrize(("setting", "seen"), list(product(SETTINGS, SEEN_BEFORE)))
def test_i1_what_was_read_before_we_asked_or_is_of_another_record_says_nothing(
    state: RecordState, setting: str, seen: str
) -> None:
    useless = {
        "no answer": [],
        "stale": [a_sighting(state, as_of=NOON - A_MOMENT)],
        "of another record": [a_sighting(state, record_id=RecordId("BILL-10"))],
        "of a record spelled otherwise": [a_sighting(state, record_id=RecordId("bill-1"))],
    }
    for what, answer in useless.items():
        for canary in CANARIES:
            assert judged(setting, seen, canary, answer) is Trouble.STALE, (what, canary)


def test_an_answer_read_in_the_very_moment_we_asked_is_fresh() -> None:
    assert isinstance(
        judged("neither counts", "seen before", "canary seen", [a_sighting(DELETED)]), Gone
    )


@pytest.mark.parametrize("state", [ABSENT, DELETED])
def test_i1_a_record_that_is_its_own_canary_is_never_gone(state: RecordState) -> None:
    """One answer cannot be both the question and the proof that we see what is there."""
    integration = an_integration(canary=Canary(BILL, "print of BILL-1"))

    with pytest.raises(ErpTrouble) as doubt:
        verdict(integration, a_link(), [a_sighting(state, fingerprint="print of BILL-1")], NOON)

    assert doubt.value.trouble is Trouble.NOT_VISIBLE


def test_the_order_of_the_answers_does_not_matter() -> None:
    answer = [the_canary(), a_sighting(ABSENT)]

    assert isinstance(verdict(an_integration(), a_link(), answer, NOON), Gone)


def test_the_table_above_covers_every_state() -> None:
    assert {*ALIVE, ABSENT, DELETED, VOIDED, REVERSED} == set(RecordState)
    assert OPENING != BILL
