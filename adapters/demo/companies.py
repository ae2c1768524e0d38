"""The demo companies: each with its ERP's own rules on unlinking, and its projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HELP = (
    "https://support.procore.com/products/online/user-guide/company-level/erp-integrations/"
    "general-erp-tutorials/unlink-subcontractor-invoices-synced-with-erp"
)


@dataclass(frozen=True, slots=True)
class DemoProject:
    id: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class DemoIntegration:
    """A connection to the Demo ERP, with what its ERP allows."""

    id: int
    name: str
    notes: str
    unlink_supported: bool = True
    deletion_required: bool = True
    void_counts_as_gone: bool = False
    reversal_counts_as_gone: bool = False


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """`first_bill` opens the block of numbers that the company's bills have in the ERP."""

    id: int
    name: str
    currency: str
    tax_percent: Decimal
    first_bill: int
    integration: DemoIntegration
    projects: Sequence[DemoProject]


CASCADE = DemoCompany(
    id=4101,
    name="Cascade Ridge Builders",
    currency="USD",
    tax_percent=Decimal(0),
    first_bill=1000,
    integration=DemoIntegration(
        id=71,
        name="Cascade Ridge general ledger",
        notes=(
            "Delete the bill in the ERP before unlinking the invoice. A voided bill stays in "
            "the ledger and does not count as deleted; a reversed one does."
        ),
        reversal_counts_as_gone=True,
    ),
    projects=(
        DemoProject(5101, "Riverside Medical Office Building", "24-118"),
        DemoProject(5102, "Harbor Street Parking Structure", "25-004"),
        DemoProject(5103, "Lincoln Elementary School Addition", "25-021"),
        DemoProject(5104, "Pier 9 Cold Storage Warehouse", "25-037"),
    ),
)

NORTHSHORE = DemoCompany(
    id=4102,
    name="Northshore Constructors Ltd.",
    currency="CAD",
    tax_percent=Decimal(13),
    first_bill=2000,
    integration=DemoIntegration(
        id=72,
        name="Northshore job cost",
        notes="Unlinking needs no deletion here: a bill that is sent again replaces the old one.",
        deletion_required=False,
    ),
    projects=(
        DemoProject(5201, "Kingston Transit Maintenance Facility", "N-2025-08"),
        DemoProject(5202, "Queen's Quay Residences, Tower B", "N-2025-11"),
        DemoProject(5203, "Thunder Bay Water Treatment Upgrade", "N-2025-15"),
    ),
)

PRAIRIE = DemoCompany(
    id=4103,
    name="Prairie Line Contractors",
    currency="USD",
    tax_percent=Decimal(0),
    first_bill=3000,
    integration=DemoIntegration(
        id=73,
        name="Prairie Line ledger",
        notes="Subcontractor invoices cannot be unlinked from this ERP: ask your accountant.",
        unlink_supported=False,
    ),
    projects=(
        DemoProject(5301, "County Road 14 Bridge Replacement", "PL-311"),
        DemoProject(5302, "Stonefield Distribution Center", "PL-318"),
        DemoProject(5303, "Wheatland High School Gymnasium", "PL-322"),
    ),
)

COMPANIES = (CASCADE, NORTHSHORE, PRAIRIE)
