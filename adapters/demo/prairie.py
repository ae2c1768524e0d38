"""The subcontracts and purchase orders of Prairie Line Contractors."""

from decimal import Decimal

from adapters.demo.contracts import ChangeOrder, DemoCommitment, DemoVendor, Latest
from adapters.demo.trades import Trade

EXCAVATING = DemoVendor(6301, "Big Bluestem Grading", "BBG", 4417)
CONCRETE = DemoVendor(6302, "Flint Hills Concrete", "FH-", 962)
STEEL = DemoVendor(6303, "Cottonwood Iron Works", "CIW-", 2051)
ROOFING = DemoVendor(6304, "Summit Single-Ply Roofing", "SSR", 7318)
PLUMBING = DemoVendor(6305, "Three Rivers Plumbing", "TRP-", 606)
SPRINKLERS = DemoVendor(6306, "Heartland Sprinkler", "HS26-", 19)
GIRDERS = DemoVendor(6307, "Plains Precast Products", "", 55120)

BRIDGE, DISTRIBUTION, GYMNASIUM = 5301, 5302, 5303

# fmt: off
COMMITMENTS = (
    DemoCommitment(
        700301, BRIDGE, EXCAVATING, Trade.EXCAVATION, "SC-311-02 Embankment and Approaches",
        Decimal("365400.00"), 1, 4, Latest.EXPORTED, pace=36,
    ),
    DemoCommitment(
        700302, BRIDGE, CONCRETE, Trade.CONCRETE, "SC-311-03 Abutments and Deck",
        Decimal("928700.00"), 2, 4, Latest.EXPORTED_AS_NOTED, pace=30,
        change_order=ChangeOrder("CO-01 Rock excavation at pier 2", Decimal("24815.00"), 2),
    ),
    DemoCommitment(
        700303, BRIDGE, GIRDERS, Trade.SUPPLY, "PO-311-01 Prestressed Girders",
        Decimal("311250.00"), 1, 3, Latest.EXPORTED, pace=45,
    ),
    DemoCommitment(
        700304, DISTRIBUTION, STEEL, Trade.STEEL, "SC-318-05 Joists, Deck and Steel",
        Decimal("2190300.00"), 1, 4, Latest.EXPORTED, pace=38, final=True,
    ),
    DemoCommitment(
        700305, DISTRIBUTION, ROOFING, Trade.ROOFING, "SC-318-07 Single-Ply Roofing",
        Decimal("874600.00"), 3, 3, Latest.EXPORTED_BEFORE_THE_OWNER,
    ),
    DemoCommitment(
        700306, DISTRIBUTION, SPRINKLERS, Trade.FIRE_PROTECTION, "SC-318-21 ESFR Sprinklers",
        Decimal("602800.00"), 3, 4, Latest.IN_REVIEW, pace=29,
    ),
    DemoCommitment(
        700307, GYMNASIUM, PLUMBING, Trade.PLUMBING, "SC-322-22 Plumbing",
        Decimal("187900.00"), 3, 3, Latest.SENT_BACK,
    ),
    DemoCommitment(
        700308, GYMNASIUM, CONCRETE, Trade.CONCRETE, "SC-322-03 Foundations",
        Decimal("264350.00"), 1, 3, Latest.EXPORTED, pace=44,
    ),
    DemoCommitment(
        700309, GYMNASIUM, STEEL, Trade.STEEL, "SC-322-05 Long-Span Joists",
        Decimal("498100.00"), 4, 3, Latest.BEGUN,
    ),
)
# fmt: on
