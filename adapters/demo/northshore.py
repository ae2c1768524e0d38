"""The subcontracts and purchase orders of Northshore Constructors, in Canadian dollars."""

from decimal import Decimal

from adapters.demo.contracts import ChangeOrder, DemoCommitment, DemoVendor, Latest
from adapters.demo.trades import Trade

EXCAVATING = DemoVendor(6201, "Bouclier Excavation inc.", "BE-", 1874)
CONCRETE = DemoVendor(6202, "Limestone City Forming Ltd.", "LCF-", 3306)
STEEL = DemoVendor(6203, "Algoma Structural Erectors", "ASE", 6120)
GLAZING = DemoVendor(6204, "Vitrerie Deux-Rives ltée", "VDR-", 745)
MECHANICAL = DemoVendor(6205, "Great Lakes Process Piping", "GLP", 20411)
ELECTRICAL = DemoVendor(6206, "Électricité Beaulieu inc.", "EB-26-", 38)
DRYWALL = DemoVendor(6207, "Quinte Interiors", "QI", 5009)
PUMPS = DemoVendor(6208, "Nordik Pump & Valve Supply", "", 118263)

TRANSIT, RESIDENCES, WATER = 5201, 5202, 5203

# fmt: off
COMMITMENTS = (
    DemoCommitment(
        700201, TRANSIT, EXCAVATING, Trade.EXCAVATION, "SC-08-02 Site Servicing and Earthwork",
        Decimal("742000.00"), 1, 3, Latest.EXPORTED, pace=50, final=True,
    ),
    DemoCommitment(
        700202, TRANSIT, CONCRETE, Trade.CONCRETE, "SC-08-03 Formwork and Concrete",
        Decimal("1893500.00"), 2, 4, Latest.EXPORTED, pace=32,
    ),
    DemoCommitment(
        700203, TRANSIT, STEEL, Trade.STEEL, "SC-08-05 Structural Steel",
        Decimal("1326400.00"), 3, 4, Latest.EXPORTED_AS_NOTED, pace=30,
    ),
    DemoCommitment(
        700204, TRANSIT, ELECTRICAL, Trade.ELECTRICAL, "SC-08-26 Electrical",
        Decimal("988750.00"), 4, 3, Latest.IN_REVIEW,
    ),
    DemoCommitment(
        700205, RESIDENCES, GLAZING, Trade.GLAZING, "SC-11-08 Window Wall, Floors 3 to 14",
        Decimal("2415800.00"), 2, 4, Latest.EXPORTED_BEFORE_THE_OWNER, pace=28,
        change_order=ChangeOrder("CO-01 Bird-safe frit, south face", Decimal("57900.00"), 2),
    ),
    DemoCommitment(
        700206, RESIDENCES, DRYWALL, Trade.DRYWALL, "SC-11-09 Board and Tape",
        Decimal("1108300.00"), 3, 3, Latest.EXPORTED,
    ),
    DemoCommitment(
        700207, RESIDENCES, ELECTRICAL, Trade.ELECTRICAL, "SC-11-26 Suite Electrical",
        Decimal("1274600.00"), 4, 3, Latest.BEGUN, pace=26,
    ),
    DemoCommitment(
        700208, WATER, MECHANICAL, Trade.MECHANICAL, "SC-15-40 Process Piping",
        Decimal("3064200.00"), 1, 5, Latest.EXPORTED, pace=23,
    ),
    DemoCommitment(
        700209, WATER, PUMPS, Trade.SUPPLY, "PO-15-01 Low-Lift Pumps",
        Decimal("486300.00"), 2, 3, Latest.READY, pace=38,
    ),
    DemoCommitment(
        700210, WATER, CONCRETE, Trade.CONCRETE, "SC-15-03 Clearwell Concrete",
        Decimal("1551900.00"), 3, 3, Latest.SENT_BACK,
    ),
)
# fmt: on
