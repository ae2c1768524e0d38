"""The subcontracts and purchase orders of Cascade Ridge Builders."""

from decimal import Decimal

from adapters.demo.contracts import ChangeOrder, DemoCommitment, DemoVendor, Latest
from adapters.demo.trades import Trade

EXCAVATING = DemoVendor(6101, "Redstone Excavating, Inc.", "RX-", 2207)
CONCRETE = DemoVendor(6102, "Tamarack Concrete Company", "26-0", 114)
STEEL = DemoVendor(6103, "Iron Fork Steel Erectors", "IFS", 30418)
ROOFING = DemoVendor(6104, "Highmark Roofing & Sheet Metal", "HRS-26", 51)
GLAZING = DemoVendor(6105, "Clearview Glazing Systems LLC", "CGS", 7702)
DRYWALL = DemoVendor(6106, "Mesa Drywall & Acoustics", "INV", 10932)
MECHANICAL = DemoVendor(6107, "Blue Spruce Mechanical", "BSM-", 4410)
PLUMBING = DemoVendor(6108, "Copperline Plumbing & Piping", "CPP", 8815)
ELECTRICAL = DemoVendor(6109, "Kestrel Electrical Contractors", "KE-", 26031)
SPRINKLERS = DemoVendor(6110, "Sentinel Fire Protection Co.", "SF", 5530)
SWITCHGEAR = DemoVendor(6111, "Allied Switchgear Supply", "", 900417)
COLD_ROOMS = DemoVendor(6112, "Polar Panel Manufacturing", "PPM-", 1288)

OFFICES, PARKING, SCHOOL, WAREHOUSE = 5101, 5102, 5103, 5104

# fmt: off
COMMITMENTS = (
    DemoCommitment(
        700101, OFFICES, STEEL, Trade.STEEL, "SC-24118-05 Structural Steel and Metal Deck",
        Decimal("1284500.00"), 1, 3, Latest.EXPORTED, pace=48, final=True,
    ),
    DemoCommitment(
        700102, OFFICES, MECHANICAL, Trade.MECHANICAL, "SC-24118-15 HVAC and Controls",
        Decimal("1936200.00"), 1, 5, Latest.IN_REVIEW, pace=24,
        change_order=ChangeOrder("CO-01 Relocate AHU-3 to roof", Decimal("38450.00"), 3),
    ),
    DemoCommitment(
        700103, OFFICES, ELECTRICAL, Trade.ELECTRICAL, "SC-24118-16 Electrical",
        Decimal("1472800.00"), 2, 4, Latest.EXPORTED, pace=27,
    ),
    DemoCommitment(
        700104, OFFICES, DRYWALL, Trade.DRYWALL, "SC-24118-09 Drywall and Ceilings",
        Decimal("687350.00"), 3, 3, Latest.READY,
    ),
    DemoCommitment(
        700105, OFFICES, SWITCHGEAR, Trade.SUPPLY, "PO-24118-02 Main Switchgear",
        Decimal("214750.00"), 1, 3, Latest.EXPORTED, pace=40,
    ),
    DemoCommitment(
        700106, PARKING, EXCAVATING, Trade.EXCAVATION, "SC-25004-02 Earthwork",
        Decimal("418900.00"), 1, 3, Latest.EXPORTED, pace=52, final=True,
    ),
    DemoCommitment(
        700107, PARKING, CONCRETE, Trade.CONCRETE, "SC-25004-03 Cast-in-Place Concrete",
        Decimal("2876400.00"), 2, 5, Latest.EXPORTED_BEFORE_THE_OWNER, pace=28,
        change_order=ChangeOrder("CO-01 Added shear wall at grid F", Decimal("91280.00"), 2),
    ),
    DemoCommitment(
        700108, PARKING, SPRINKLERS, Trade.FIRE_PROTECTION, "SC-25004-21 Dry Standpipe System",
        Decimal("163700.00"), 4, 3, Latest.FAILED,
    ),
    DemoCommitment(
        700109, PARKING, ELECTRICAL, Trade.ELECTRICAL, "SC-25004-26 Electrical and Lighting",
        Decimal("352600.00"), 4, 3, Latest.SENT_BACK,
    ),
    DemoCommitment(
        700110, SCHOOL, PLUMBING, Trade.PLUMBING, "SC-25021-22 Plumbing",
        Decimal("296480.00"), 2, 4, Latest.EXPORTED_AS_NOTED, pace=29,
    ),
    DemoCommitment(
        700111, SCHOOL, ROOFING, Trade.ROOFING, "SC-25021-07 Roofing and Sheet Metal",
        Decimal("408150.00"), 3, 3, Latest.EXPORTED, pace=42,
        change_order=ChangeOrder("CO-01 Credit, reuse of curbs", Decimal("-6200.00"), 2),
    ),
    DemoCommitment(
        700112, SCHOOL, GLAZING, Trade.GLAZING, "SC-25021-08 Storefront and Windows",
        Decimal("521900.00"), 3, 4, Latest.AT_THE_OWNER, pace=30,
    ),
    DemoCommitment(
        700113, SCHOOL, DRYWALL, Trade.DRYWALL, "SC-25021-09 Drywall and Ceilings",
        Decimal("334275.00"), 4, 3, Latest.BEGUN,
    ),
    DemoCommitment(
        700114, WAREHOUSE, CONCRETE, Trade.CONCRETE, "SC-25037-03 Foundations and Slabs",
        Decimal("1148600.00"), 1, 4, Latest.EXPORTED, pace=36,
    ),
    DemoCommitment(
        700115, WAREHOUSE, COLD_ROOMS, Trade.SUPPLY, "PO-25037-01 Insulated Metal Panels",
        Decimal("873900.00"), 3, 4, Latest.REJECTED, pace=30,
    ),
    DemoCommitment(
        700116, WAREHOUSE, MECHANICAL, Trade.MECHANICAL, "SC-25037-23 Refrigeration and Piping",
        Decimal("1615000.00"), 4, 3, Latest.EXPORTED_BEFORE_THE_OWNER, pace=31,
    ),
)
# fmt: on
