"""Machines that call for a company: what their tokens are for, and what they may do there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.permissions import AccessLevel, Grants


class Scope(Enum):
    """What a machine token is for."""

    READ = "read"
    """To see the company's synced invoices, as all whom its directory lists do."""
    UNLINK = "unlink"
    """To unlink them, on the projects that are named when the token is made."""


@dataclass(frozen=True, slots=True)
class MachineToken:
    """A machine token as those see it who look after it: everything but its secret."""

    company_id: int
    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """When it was last noted to be used: at most an hour before it last was."""
    revoked_at: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        """Whether it lets its machine in at this moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def name_in_directory(name: str) -> str:
    """What the Company Directory, and so the audit, calls a machine of this name."""
    return f"{name} (machine)"


def with_what_they_need(scopes: Collection[Scope]) -> frozenset[Scope]:
    """These scopes, and to read: nobody unlinks what they cannot see."""
    return frozenset({Scope.READ, *scopes})


def grants_for(scopes: Collection[Scope], project_ids: Collection[int]) -> Grants:
    """What a machine is granted: no more than its scopes take, and by project as people are."""
    if Scope.UNLINK not in scopes:
        return Grants()
    return Grants(
        erp_integrations=AccessLevel.STANDARD,
        can_push_to_accounting=True,
        commitments=dict.fromkeys(project_ids, AccessLevel.ADMIN),
    )
