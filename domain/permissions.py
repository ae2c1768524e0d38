"""Who may unlink: three grants, all required, at three scopes.

Source: the help page "Unlink Subcontractor Invoices Synced with ERP"
(https://support.procore.com/products/online/user-guide/company-level/erp-integrations/general-erp-tutorials/unlink-subcontractor-invoices-synced-with-erp).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from domain.invoices import Company


class AccessLevel(IntEnum):
    """The levels of a tool, each including those before it."""

    NONE = 0
    READ_ONLY = 1
    STANDARD = 2
    ADMIN = 3


class UnlinkPermission(Enum):
    """What the help page asks of a person who unlinks."""

    COMMITMENTS_ADMIN = "commitments_admin"
    ERP_INTEGRATIONS_STANDARD = "erp_integrations_standard"
    CAN_PUSH_TO_ACCOUNTING = "can_push_to_accounting"


@dataclass(frozen=True, slots=True)
class Grants:
    """What one person may do in one company. What is not granted is None."""

    erp_integrations: AccessLevel = AccessLevel.NONE
    can_push_to_accounting: bool = False
    commitments: Mapping[int, AccessLevel] = field(default_factory=dict)
    """By project id."""

    def on_commitments_of(self, project_id: int) -> AccessLevel:
        return self.commitments.get(project_id, AccessLevel.NONE)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks, and the companies they belong to."""

    id: int
    name: str
    companies: tuple[Company, ...]

    def company(self, company_id: int) -> Company | None:
        """The company, or None when the viewer is not of it: as if it did not exist."""
        return next((c for c in self.companies if c.id == company_id), None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, as an issuer calls them: whoever that is now, and of whatever companies."""

    issuer: str
    subject: str


class NobodyKnown(Exception):
    """The directory knows nobody by this name, or not any more."""


@dataclass(frozen=True, slots=True)
class MissingPermission:
    """One grant that lacks. Levels are None for the privilege, which has none."""

    permission: UnlinkPermission
    required: AccessLevel | None = None
    current: AccessLevel | None = None


def missing_permissions(grants: Grants, project_id: int) -> tuple[MissingPermission, ...]:
    """All that lacks for an unlink on the project, in the help page's order; empty: may unlink."""
    missing = []
    commitments = grants.on_commitments_of(project_id)
    if commitments < AccessLevel.ADMIN:
        missing.append(
            MissingPermission(UnlinkPermission.COMMITMENTS_ADMIN, AccessLevel.ADMIN, commitments)
        )
    if grants.erp_integrations < AccessLevel.STANDARD:
        missing.append(
            MissingPermission(
                UnlinkPermission.ERP_INTEGRATIONS_STANDARD,
                AccessLevel.STANDARD,
                grants.erp_integrations,
            )
        )
    if not grants.can_push_to_accounting:
        missing.append(MissingPermission(UnlinkPermission.CAN_PUSH_TO_ACCOUNTING))
    return tuple(missing)
