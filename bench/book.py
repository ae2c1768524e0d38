"""The companies that are measured: how many of what, and by which ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

SUBJECT, PERSON, INTEGRATION = "bench", 1, 1
OF_A_COMPANY = 1_000_000
WORKS = ("Concrete pour", "Steel erection", "Rough-in", "Ductwork", "Drywall", "Roofing", "Glazing")


class Place(NamedTuple):
    """A thing of a company, by its number there from 0 on. Ids are unique over all companies."""

    company: int
    number: int

    @property
    def id(self) -> int:
        return self.company * OF_A_COMPANY + self.number


@dataclass(frozen=True, slots=True)
class Book:
    """The first company is the biggest, four are big, all others are small.

    Every invoice of the biggest is synced, and eleven of twelve in the others.
    """

    companies: int = 200
    biggest: int = 100_000
    big: int = 40_000
    small: int = 1_230

    @property
    def every(self) -> range:
        return range(1, self.companies + 1)

    @property
    def asked(self) -> range:
        """The companies that are read, and that the one who asks belongs to."""
        return self.every[:21]

    @property
    def unlinked(self) -> range:
        """The big ones: their invoices are unlinked, which the one who asks may do only there."""
        return self.every[1:5]

    def invoices(self, company: int) -> Iterator[Place]:
        return _places(company, self._by_size(company, self.biggest, self.big, self.small))

    def projects(self, company: int) -> Iterator[Place]:
        return _places(company, self._by_size(company, 40, 20, 6))

    def vendors(self, company: int) -> Iterator[Place]:
        return _places(company, self._by_size(company, 300, 150, 30))

    def commitments(self, company: int) -> Iterator[Place]:
        return _places(company, self._by_size(company, 1_200, 600, 180))

    def is_synced(self, invoice: Place) -> bool:
        return invoice.company == 1 or invoice.number % 12 != 0

    def _by_size(self, company: int, biggest: int, big: int, small: int) -> int:
        if company == 1:
            return biggest
        return big if company in self.unlinked else small


SMALL = Book(companies=8, biggest=2_000, big=1_000, small=100)
"""For a quick look: its figures mean little."""


def _places(company: int, count: int) -> Iterator[Place]:
    return (Place(company, number) for number in range(count))
