"""What became of the rows of a file of requisitions."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.imports.changes import Change
from adapters.imports.links import LinkChange


@dataclass(frozen=True, slots=True)
class RequisitionsReport:
    """How many rows did what. The first four add up to all of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    """Left out: a newer state is stored."""
    linked: int = 0
    relinked: int = 0
    not_linked_again: int = 0
    """The row is from before the invoice was unlinked."""
    links_kept: int = 0
    """The row names no ERP record, but only an unlink may end a link."""


OF_LINKS = {
    LinkChange.BEGINS: "linked",
    LinkChange.REPLACED: "relinked",
    LinkChange.NOT_AGAIN: "not_linked_again",
    LinkChange.STAYS: "links_kept",
}


def counted(changes: Iterable[Change]) -> Counter[str]:
    """How often each count of the report goes up."""
    return Counter(name for change in changes for name in _counts_of(change))


def _counts_of(change: Change) -> Iterator[str]:
    if change.created:
        yield "created"
    else:
        yield "updated" if change else "unchanged"
    if change.link_change in OF_LINKS:
        yield OF_LINKS[change.link_change]
