"""What is known of each kind of integration: facts with their sources, and what counts.

A fact that is not documented is not there, and then the safe side counts: `SAFE_SIDE`. What a
company knows better of its own integration wins over both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")


class Rule(Enum):
    """A question about an integration that is answered with yes or no."""

    SYNCS_SUBCONTRACTOR_INVOICES = "syncs_subcontractor_invoices"
    UNLINK_SUPPORTED = "unlink_supported"
    DELETION_REQUIRED = "deletion_required"
    VOID_COUNTS_AS_GONE = "void_counts_as_gone"
    REVERSAL_COUNTS_AS_GONE = "reversal_counts_as_gone"


SAFE_SIDE: Mapping[Rule, bool] = {
    Rule.SYNCS_SUBCONTRACTOR_INVOICES: True,
    Rule.UNLINK_SUPPORTED: True,
    Rule.DELETION_REQUIRED: True,
    Rule.VOID_COUNTS_AS_GONE: False,
    Rule.REVERSAL_COUNTS_AS_GONE: False,
}
"""What counts where nothing is known: the ERP is asked, and only a deletion is one."""


class Origin(Enum):
    """Whose word a value is."""

    COMPANY = "company"
    REGISTRY = "registry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """Something documented, and where: the address of the page."""

    value: T
    source: str


class Way(Enum):
    """How a bill can be taken out of an ERP's books."""

    DELETE = "delete"
    VOID = "void"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Removal:
    """How a posted bill is taken out of the books of one ERP, and what must be done before.

    `ways` are those that there are, each with how it is done there, in the imperative; one that
    is missing does not exist. `paid` says what to do first about a payment.
    """

    ways: Mapping[Way, str]
    sources: tuple[str, ...]
    paid: str = "remove its payment"
    when_paid: Mapping[Way, str] | None = None
    """The ways for a bill that is paid in full, payment and all; None: the payment goes first."""
    only_if: str | None = None
    """What keeps it from being done, as a sentence."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What is documented of one kind of integration. Whatever is None is not known."""

    title: str
    rules: Mapping[Rule, Fact[bool]] = field(default_factory=dict)
    freshness: Fact[timedelta] | None = None
    """How long after a change in the ERP it is seen through that ERP's usual connector."""
    documentation: str | None = None
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """The answer to one rule: None where it is not known, and then the safe side counts."""

    value: bool | None
    origin: Origin
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Documentation:
    """Where an integration's rules are written down, and who says so."""

    url: str | None
    origin: Origin


def ruled(rule: Rule, known: Capabilities, own: bool | None) -> Ruled:
    """The answer to a rule: the company's own word, or else the registry's."""
    if own is not None:
        return Ruled(own, Origin.COMPANY)
    fact = known.rules.get(rule)
    return Ruled(None, Origin.UNKNOWN) if fact is None else _of_the_registry(fact)


def holds(rule: Rule, known: Capabilities, own: bool | None) -> bool:
    """What counts."""
    value = ruled(rule, known, own).value
    return SAFE_SIDE[rule] if value is None else value


def documentation(known: Capabilities, own: str | None) -> Documentation:
    if own is not None:
        return Documentation(own, Origin.COMPANY)
    if known.documentation is not None:
        return Documentation(known.documentation, Origin.REGISTRY)
    return Documentation(None, Origin.UNKNOWN)


def _of_the_registry(fact: Fact[bool]) -> Ruled:
    return Ruled(fact.value, Origin.REGISTRY, fact.source)
