"""Demo data: three companies, their people, invoices and bills, the same on every machine.

They are made in the formats that real data comes in by, and walk the same import.
"""

from adapters.demo.people import DemoPerson, demo_people
from adapters.demo.seeding import seed

__all__ = ["DemoPerson", "demo_people", "seed"]
