"""What is documented of each kind of ERP, what a company knows better, and what counts."""

from urllib.parse import urlsplit

import pytest

from domain.advice import advice
from domain.capabilities import SAFE_SIDE, Origin, Rule, Ruled, Way, holds, ruled
from domain.erps import ErpIntegration, ErpName, RecordState
from domain.registry import NOTHING_KNOWN, REGISTRY, capabilities_of
from tests.builders import an_integration


def of(erp: str, **but: object) -> ErpIntegration:
    return an_integration(erp=ErpName(erp), **but)


def test_of_an_unknown_erp_the_safe_side_counts() -> None:
    integration = of("something else")

    assert integration.known is NOTHING_KNOWN
    assert integration.unlink_supported
    assert integration.deletion_required
    assert not integration.void_counts_as_gone
    assert not integration.reversal_counts_as_gone


@pytest.mark.parametrize("erp", REGISTRY)
def test_nothing_documented_is_less_safe_than_the_safe_side_but_by_a_source(erp: str) -> None:
    known = capabilities_of(erp)
    rules = [fact.source for fact in known.rules.values()]
    age = [known.freshness.source] if known.freshness else []
    sources = [*rules, *age, *(known.removal.sources if known.removal else ())]

    assert known.title
    assert sources
    for source in (*sources, *([known.documentation] if known.documentation else [])):
        assert urlsplit(source).scheme == "https", source
        assert urlsplit(source).hostname, source


@pytest.mark.parametrize("erp", REGISTRY)
@pytest.mark.parametrize("rule", [Rule.VOID_COUNTS_AS_GONE, Rule.REVERSAL_COUNTS_AS_GONE])
def test_that_a_void_or_a_reversal_counts_is_documented_nowhere(erp: str, rule: Rule) -> None:
    assert ruled(rule, capabilities_of(erp), None) == Ruled(None, Origin.UNKNOWN)
    assert not holds(rule, capabilities_of(erp), None)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("erp", ["acumatica", "unheard of"])
def test_the_companys_own_word_wins(rule: Rule, own: bool, erp: str) -> None:
    assert ruled(rule, capabilities_of(erp), own) == Ruled(own, Origin.COMPANY)
    assert holds(rule, capabilities_of(erp), own) is own


def test_what_is_documented_is_told_with_its_source() -> None:
    found = ruled(Rule.DELETION_REQUIRED, capabilities_of("acumatica"), None)

    assert (found.value, found.origin) == (True, Origin.REGISTRY)
    assert found.source is not None
    assert "acumatica-construction" in found.source
    spectrum = ruled(Rule.SYNCS_SUBCONTRACTOR_INVOICES, capabilities_of("spectrum"), None)
    assert (spectrum.value, spectrum.origin) == (False, Origin.REGISTRY)


def test_unknown_is_told_as_unknown_and_counts_as_the_safe_side() -> None:
    for rule, safe in SAFE_SIDE.items():
        assert ruled(rule, NOTHING_KNOWN, None) == Ruled(None, Origin.UNKNOWN)
        assert holds(rule, NOTHING_KNOWN, None) is safe


POSTED, PAID = "The bill is posted. ", "The bill has been paid. "
ASK = ", which does not count as deleted for this integration: ask whoever looks after its rules."


@pytest.mark.parametrize(
    ("integration", "state", "told"),
    [
        (of("netsuite"), RecordState.OPEN, "In NetSuite, delete it, which is permanent."),
        (
            of("netsuite", void_counts_as_gone=True),
            RecordState.OPEN,
            "delete it, which is permanent; or void it, which leaves it there at zero.",
        ),
        (of("netsuite"), RecordState.OPEN, "reopen that month first."),
        (
            of("netsuite"),
            RecordState.PAID,
            "remove the payments that are applied to it first; then",
        ),
        (of("xero"), RecordState.OPEN, f"In Xero it can only be voided{ASK}"),
        (of("xero"), RecordState.PAID, f"In Xero it can only be voided{ASK}"),
        (of("xero", void_counts_as_gone=True), RecordState.OPEN, "In Xero, void it: only drafts"),
        (
            of("xero", void_counts_as_gone=True),
            RecordState.PARTLY_PAID,
            "In Xero, remove its payment first; then void it",
        ),
        (of("acumatica"), RecordState.OPEN, f"In Acumatica it can only be reversed{ASK}"),
        (
            of("acumatica", reversal_counts_as_gone=True),
            RecordState.OPEN,
            "In Acumatica, reverse it (Actions > Reverse), once, then release the debit",
        ),
        (of("sage_intacct"), RecordState.OPEN, "In Sage Intacct, delete it, unless"),
        (of("sage_intacct"), RecordState.PARTLY_PAID, "cancel its payment request first; then del"),
        (of("sage_intacct"), RecordState.PAID, f"In Sage Intacct it can only be reversed{ASK}"),
        (
            of("sage_intacct", reversal_counts_as_gone=True),
            RecordState.PAID,
            "In Sage Intacct, reverse it: a paid bill cannot be deleted there.",
        ),
        (of("vista"), RecordState.OPEN, "If that month is closed, reopen it first."),
        (
            of("quickbooks_online"),
            RecordState.PAID,
            "delete its bill payment first; then delete it",
        ),
    ],
)
def test_the_advice_is_what_to_do_in_that_erp(
    integration: ErpIntegration, state: RecordState, told: str
) -> None:
    said = advice(integration, state)

    assert said is not None
    assert said.startswith(POSTED if state is RecordState.OPEN else PAID)
    assert told in said


@pytest.mark.parametrize("erp", REGISTRY)
@pytest.mark.parametrize("state", [RecordState.OPEN, RecordState.PAID, RecordState.PARTLY_PAID])
@pytest.mark.parametrize("counts", [True, False])
def test_no_advice_is_to_do_what_does_not_count(erp: str, state: RecordState, counts: bool) -> None:
    said = advice(of(erp, void_counts_as_gone=counts, reversal_counts_as_gone=counts), state)
    removal = capabilities_of(erp).removal

    assert said is not None
    for way in (Way.VOID, Way.REVERSE) if removal and not counts else ():
        assert removal is not None
        assert removal.ways.get(way, "nothing") not in said
