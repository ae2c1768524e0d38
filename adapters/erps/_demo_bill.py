"""A vendor bill of the Demo ERP, and what can go wrong with one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from domain.erps import RecordState


@dataclass(frozen=True, slots=True)
class DemoBill:
    """A vendor bill. `deleted_at` makes it a tombstone, which keeps the state it had.

    A permanent one is an opening balance: it cannot be deleted, so that the ERP always has
    one record that is certain to be visible.
    """

    record_id: str
    company_id: int
    document_number: str
    vendor: str
    state: RecordState
    total: Decimal
    currency: str
    created_at: datetime
    deleted_at: datetime | None = None
    permanent: bool = False

    @property
    def fingerprint(self) -> str:
        """Tells the bill from one with the same id in another demo ERP."""
        return self.created_at.isoformat()

    @property
    def remark(self) -> str | None:
        """What a list of bills should say of this one."""
        if self.permanent:
            return "opening balance, cannot be deleted"
        return f"deleted on {self.deleted_at:%Y-%m-%d %H:%M} UTC" if self.deleted_at else None


@dataclass(frozen=True, slots=True)
class Change:
    """A bill as it now is. Not `changed`: it was so already, and nothing was done."""

    bill: DemoBill
    changed: bool


class DemoErpError(Exception):
    """The Demo ERP cannot do this. The message is a sentence to show."""


class DemoErpMissing(DemoErpError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no demo ERP at {path}: start the service once to make it")


class DemoErpBusy(DemoErpError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"the demo ERP at {path} is busy: another process is writing, try again")


class DemoErpBroken(DemoErpError):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"the demo ERP at {path} cannot be used: {why}")


class UnknownBill(DemoErpError):
    def __init__(self, record_id: str) -> None:
        super().__init__(f"the demo ERP has no bill {record_id!r}")


class PermanentBill(DemoErpError):
    def __init__(self, record_id: str) -> None:
        super().__init__(f"{record_id} is an opening balance, which cannot be deleted")
