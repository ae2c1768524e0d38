"""How the demo subcontractors break their contracts down: a schedule of values for each trade."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its share of the contract in percent, and the share of it that is materials."""

    work: str
    share: int
    materials: int = 0


class Trade(Enum):
    """What is contracted, as the lines of its schedule of values. The shares make up 100."""

    EXCAVATION = (
        Line("Mobilization, layout and erosion control", 8),
        Line("Mass excavation and haul-off", 46),
        Line("Structural backfill and compaction", 31, materials=15),
        Line("Fine grading and demobilization", 15),
    )
    CONCRETE = (
        Line("Mobilization and layout", 5),
        Line("Footings and foundation walls", 33, materials=10),
        Line("Slab on grade", 24, materials=10),
        Line("Elevated decks and columns", 31, materials=10),
        Line("Patching, curing and cleanup", 7),
    )
    STEEL = (
        Line("Shop drawings and mill order", 8),
        Line("Fabrication, structural steel", 47, materials=40),
        Line("Erection, structural steel", 28),
        Line("Metal deck and miscellaneous metals", 17, materials=20),
    )
    ROOFING = (
        Line("Submittals and mobilization", 6),
        Line("Insulation and membrane roofing", 58, materials=30),
        Line("Flashings and sheet metal", 26, materials=10),
        Line("Walkway pads, testing and warranty", 10),
    )
    GLAZING = (
        Line("Shop drawings and mock-up", 9),
        Line("Curtain wall, frames and glass", 56, materials=35),
        Line("Storefront and entrances", 25, materials=20),
        Line("Sealants, cleaning and testing", 10),
    )
    DRYWALL = (
        Line("Mobilization and layout", 4),
        Line("Metal stud framing", 36, materials=15),
        Line("Gypsum board, taping and finishing", 38, materials=10),
        Line("Acoustical ceilings", 22, materials=15),
    )
    MECHANICAL = (
        Line("Submittals and coordination drawings", 7),
        Line("Ductwork and piping rough-in", 39, materials=15),
        Line("Air handling units and pumps", 34, materials=40),
        Line("Controls, balancing and commissioning", 20),
    )
    PLUMBING = (
        Line("Mobilization and underground piping", 24, materials=10),
        Line("Above-ground rough-in", 41, materials=15),
        Line("Fixtures and trim", 27, materials=25),
        Line("Testing and disinfection", 8),
    )
    ELECTRICAL = (
        Line("Mobilization and temporary power", 7),
        Line("Conduit and branch rough-in", 38, materials=15),
        Line("Switchgear and panelboards", 30, materials=45),
        Line("Lighting, devices and trim", 25, materials=20),
    )
    FIRE_PROTECTION = (
        Line("Hydraulic calculations and permit", 10),
        Line("Mains and branch lines", 55, materials=20),
        Line("Sprinkler heads and trim", 25, materials=10),
        Line("Testing and certification", 10),
    )
    SUPPLY = (
        Line("Shop drawings and release for fabrication", 12),
        Line("Fabrication", 58),
        Line("Delivery to site", 24),
        Line("Start-up and closeout documents", 6),
    )
    """Goods on a purchase order: no labour on site, and no retainage."""
