"""The capability record of an integration: each value with whose word it is."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import strawberry

from domain import capabilities
from domain.capabilities import Capabilities, Origin, Rule
from domain.registry import capabilities_of
from schema.cost import costs
from schema.reading import read


@strawberry.type(description="The answer to one rule of an integration, with whose word it is.")
class ErpRule:
    value: bool | None = strawberry.field(
        description="The answer; null: not known, and then the safe side counts, as the "
        "integration's own fields say."
    )
    origin: Origin = strawberry.field(description="Whose word it is.")
    source_url: str | None = strawberry.field(
        description="Where it is documented, for what the registry says."
    )


@strawberry.type(description="How old what is seen of an ERP through its usual connector may be.")
class ErpFreshness:
    seconds: int | None = strawberry.field(description="At most; null: not known.")
    origin: Origin = strawberry.field(description="Whose word it is.")
    source_url: str | None = strawberry.field(description="Where it is documented.")


@strawberry.type(description="Where an integration's rules are written down.")
class ErpDocumentation:
    url: str | None = strawberry.field(description="The address; null: not known.")
    origin: Origin = strawberry.field(description="Whose word it is.")


def _part(*, description: str) -> Any:
    """Declare a part of the record: it costs nothing more, since all of it is made at once."""
    return strawberry.field(description=description, metadata=costs(0))


@strawberry.type(
    description="What is known of an integration: by the company's own word, or else by what is "
    "documented of its kind of ERP."
)
class ErpCapabilities:
    syncs_subcontractor_invoices: ErpRule = _part(
        description="Whether the ERP's usual connector syncs subcontractor invoices."
    )
    unlink_supported: ErpRule = _part(
        description="Whether invoices can be unlinked at all. The safe side: they can."
    )
    deletion_required: ErpRule = _part(
        description="Whether the bill must be gone from the ERP first. The safe side: it must."
    )
    void_counts_as_gone: ErpRule = _part(
        description="Whether a voided bill counts as deleted. The safe side: it does not."
    )
    reversal_counts_as_gone: ErpRule = _part(
        description="Whether a reversed bill counts as deleted. The safe side: it does not."
    )
    freshness: ErpFreshness = _part(
        description="How old what is seen through the ERP's usual connector may be."
    )
    documentation: ErpDocumentation = _part(
        description="Where the integration's rules are written down."
    )


def _own(rule: Rule) -> str:
    return f"own_{rule.value}"


def counting(rule: Rule, *, description: str) -> Any:
    """Declare a field that says what counts by a rule."""
    return read("erp", _own(rule), by=_counting(rule), description=description)


def _counting(rule: Rule) -> Callable[[str, bool | None], bool]:
    return lambda erp, own: capabilities.holds(rule, capabilities_of(erp), own)


def documentation_url(*, description: str) -> Any:
    """Declare a field that says where the rules are written down."""
    return read("erp", "own_documentation_url", by=_url, description=description)


def _url(erp: str, own: str | None) -> str | None:
    return capabilities.documentation(capabilities_of(erp), own).url


def capability_record(*, description: str) -> Any:
    """Declare the field that shows all of it."""
    paths = ("erp", "own_documentation_url", *map(_own, Rule))
    return read(*paths, by=_record, description=description)


@lru_cache(1000)
def _record(erp: str, own_url: str | None, *own: bool | None) -> ErpCapabilities:
    known = capabilities_of(erp)
    rules = {
        rule.value: _rule(capabilities.ruled(rule, known, said))
        for rule, said in zip(Rule, own, strict=True)
    }
    documented = capabilities.documentation(known, own_url)
    return ErpCapabilities(
        **rules,
        freshness=_freshness(known),
        documentation=ErpDocumentation(url=documented.url, origin=documented.origin),
    )


def _rule(ruled: capabilities.Ruled) -> ErpRule:
    return ErpRule(value=ruled.value, origin=ruled.origin, source_url=ruled.source)


def _freshness(known: Capabilities) -> ErpFreshness:
    fact = known.freshness
    if fact is None:
        return ErpFreshness(seconds=None, origin=Origin.UNKNOWN, source_url=None)
    seconds = round(fact.value.total_seconds())
    return ErpFreshness(seconds=seconds, origin=Origin.REGISTRY, source_url=fact.source)
