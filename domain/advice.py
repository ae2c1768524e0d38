"""What to do in the ERP before trying to unlink again."""

from domain.capabilities import Removal, Way
from domain.erps import ErpIntegration, RecordState

DONE = {Way.DELETE: "deleted", Way.VOID: "voided", Way.REVERSE: "reversed"}


def advice(integration: ErpIntegration, state: RecordState) -> str | None:
    """What to do in that ERP, or None when the red sentence says it all."""
    match state:
        case RecordState.VOIDED:
            return "The bill is voided, which does not count as deleted for this integration."
        case RecordState.REVERSED:
            return "The bill is reversed, which does not count as deleted for this integration."
        case RecordState.OPEN | RecordState.PAID | RecordState.PARTLY_PAID:
            removal = integration.known.removal
            if removal is None:
                return _anywhere(integration, state)
            return _there(integration, removal, state)
        case _:
            return None


def _anywhere(integration: ErpIntegration, state: RecordState) -> str:
    """What is so in any ERP."""
    remove = " or ".join(way.value for way in _counting(integration))
    if state is RecordState.OPEN:
        return f"The bill is posted: {remove} it the way your ERP allows for posted bills."
    return f"The bill has been paid: remove its payment first, then {remove} the bill."


def _there(integration: ErpIntegration, removal: Removal, state: RecordState) -> str:
    """What is done in that ERP, by the ways that there are and that count."""
    ways, first, title = removal.ways, "", integration.known.title
    said = "The bill is posted." if state is RecordState.OPEN else "The bill has been paid."
    if state is RecordState.PAID and removal.when_paid is not None:
        ways = removal.when_paid
    elif state is not RecordState.OPEN:
        first = f"{removal.paid} first; then "
    counting = [ways[way] for way in _counting(integration) if way in ways]
    if not counting:
        only = " or ".join(DONE[way] for way in ways)
        return (
            f"{said} In {title} it can only be {only}, which does not count as deleted for this "
            "integration: ask whoever looks after its rules."
        )
    done = f"{said} In {title}, {first}{'; or '.join(counting)}."
    return f"{done} {removal.only_if}" if removal.only_if else done


def _counting(integration: ErpIntegration) -> list[Way]:
    """The ways that count as gone for this integration."""
    counts = {
        Way.DELETE: True,
        Way.VOID: integration.void_counts_as_gone,
        Way.REVERSE: integration.reversal_counts_as_gone,
    }
    return [way for way in Way if counts[way]]
