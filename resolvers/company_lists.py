"""Company.projects and Company.vendors: what invoices can be kept by, found by name."""

from collections.abc import Sequence
from heapq import nsmallest
from typing import Protocol, TypeVar

from domain.invoices import Company, Project, Vendor
from resolvers.context import Context


class Named(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


async def projects(
    context: Context, company: Company, search: str | None, most: int
) -> Sequence[Project]:
    """The company's projects in whose name or number each of these words occurs, by name."""
    found = await context.services.invoices.all_projects(company.id)
    return _first(found, [f"{each.number or ''}\n{each.name}" for each in found], search, most)


async def vendors(
    context: Context, company: Company, search: str | None, most: int
) -> Sequence[Vendor]:
    """The company's vendors in whose name each of these words occurs, by name."""
    found = await context.services.invoices.all_vendors(company.id)
    return _first(found, [each.name for each in found], search, most)


def _first(found: Sequence[T], texts: Sequence[str], search: str | None, most: int) -> list[T]:
    """In any case of any language, which no store can compare alike; a company has thousands of
    them at most."""
    words = (search or "").casefold().split()
    kept = (
        each
        for each, text in zip(found, texts, strict=True)
        if all(word in text.casefold() for word in words)
    )
    return nsmallest(most, kept, key=lambda each: (each.name.casefold(), each.id))
