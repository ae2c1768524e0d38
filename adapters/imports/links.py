"""What a row's `origin_id` does to the link of its invoice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID


class LinkChange(Enum):
    NONE = auto()
    BEGINS = auto()
    REPLACED = auto()
    """A re-sync: the invoice is another ERP record now."""
    STAYS = auto()
    """The row names no record. Only a checked unlink may end a link."""
    NOT_AGAIN = auto()
    """The row is from before an unlink."""


@dataclass(frozen=True, slots=True)
class ActiveLink:
    id: UUID
    record_id: str
    synced_at: datetime
    document_number: str | None = None


def link_change(
    origin_id: str | None,
    updated_at: datetime,
    active: ActiveLink | None,
    ended: Mapping[str, datetime],
) -> LinkChange:
    """Compare a row with the active link and with the last end of each link before, by record."""
    if active is None:
        if origin_id is None:
            return LinkChange.NONE
        unlinked = any(ended_at >= updated_at for ended_at in ended.values())
        return LinkChange.NOT_AGAIN if unlinked else LinkChange.BEGINS
    if origin_id is None:
        return LinkChange.STAYS
    if origin_id == active.record_id:
        return LinkChange.NONE
    # The end of another link says nothing here: a re-sync that was imported ends one too.
    unlinked = origin_id in ended and ended[origin_id] >= updated_at
    return LinkChange.NOT_AGAIN if unlinked else LinkChange.REPLACED
