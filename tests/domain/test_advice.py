"""What to do in the ERP before trying again."""

import pytest

from domain.advice import advice
from domain.erps import RecordState
from tests.builders import an_integration

PAID = "The bill has been paid: remove its payment first, then {} the bill."
POSTED = "The bill is posted: {} it the way your ERP allows for posted bills."


@pytest.mark.parametrize(
    ("void", "reversal", "remove"),
    [
        (False, False, "delete"),
        (True, False, "delete or void"),
        (False, True, "delete or reverse"),
        (True, True, "delete or void or reverse"),
    ],
)
def test_advice_names_every_way_that_counts_for_this_integration(
    void: bool, reversal: bool, remove: str
) -> None:
    integration = an_integration(void_counts_as_gone=void, reversal_counts_as_gone=reversal)

    assert advice(integration, RecordState.PAID) == PAID.format(remove)
    assert advice(integration, RecordState.PARTLY_PAID) == PAID.format(remove)
    assert advice(integration, RecordState.OPEN) == POSTED.format(remove)


def test_a_voided_or_reversed_bill_is_said_not_to_count() -> None:
    assert advice(an_integration(), RecordState.VOIDED) == (
        "The bill is voided, which does not count as deleted for this integration."
    )
    assert advice(an_integration(), RecordState.REVERSED) == (
        "The bill is reversed, which does not count as deleted for this integration."
    )


def test_of_a_draft_the_red_sentence_says_it_all() -> None:
    assert advice(an_integration(), RecordState.DRAFT) is None
