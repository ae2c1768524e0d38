"""A filter of the list as conditions with named values, so that one statement serves all values."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Column, ColumnElement, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from adapters.store.rows import INVOICES, LINKS
from adapters.store.search import Condition, SearchShape, words_of
from domain.pages import Range, SyncedInvoiceFilter

CHOICES: Mapping[str, Column[Any]] = {
    "project_ids": INVOICES.c.project_id,
    "vendor_ids": INVOICES.c.vendor_id,
    "commitment_ids": INVOICES.c.commitment_id,
    "statuses": INVOICES.c.status,
    "record_states": LINKS.c.record_state,
}
RANGES: Mapping[str, Column[Any]] = {
    "billing_date": INVOICES.c.billing_date,
    "synced_at": INVOICES.c.synced_at,
}


class FilterShape(NamedTuple):
    """What a filter asks for but for the values: filters of one shape share their statements."""

    equal: tuple[str, ...]
    """The choices of one thing alone, which an index can be walked by."""
    among: tuple[str, ...]
    from_: tuple[str, ...]
    to: tuple[str, ...]
    search: SearchShape

    @property
    def asks_of_links(self) -> bool:
        return "record_states" in (*self.equal, *self.among)


def shape_of(keep: SyncedInvoiceFilter) -> FilterShape:
    chosen = {name: choice for name in CHOICES if (choice := getattr(keep, name)) is not None}
    ranges: dict[str, Range[Any]] = {
        name: found for name in RANGES if (found := getattr(keep, name)) is not None
    }
    return FilterShape(
        tuple(name for name, choice in chosen.items() if len(choice) == 1),
        tuple(name for name, choice in chosen.items() if len(choice) != 1),
        tuple(name for name, found in ranges.items() if found.start is not None),
        tuple(name for name, found in ranges.items() if found.end is not None),
        SearchShape.of(words_of(keep.search)),
    )


def values_of(keep: SyncedInvoiceFilter) -> dict[str, Any]:
    """The values of the filter's conditions, by the names that these have."""
    values: dict[str, Any] = {}
    for name in CHOICES:
        choice = getattr(keep, name)
        if choice is not None:
            plain = [getattr(each, "value", each) for each in choice]
            values[name] = plain[0] if len(plain) == 1 else plain
    for name in RANGES:
        found: Range[Any] = getattr(keep, name) or Range()
        values |= {f"{name}_from": found.start, f"{name}_to": found.end}
    return values | {f"word_{n}": word for n, word in enumerate(words_of(keep.search))}


def conditions(shape: FilterShape) -> list[ColumnElement[bool]]:
    """What an invoice must fulfil beside the search; over its link too for record states."""
    found: list[ColumnElement[bool]] = [INVOICES.c.link_id.is_not(None)]
    found += [CHOICES[name] == bindparam(name, type_=CHOICES[name].type) for name in shape.equal]
    found += [among(CHOICES[name], name) for name in shape.among]
    found += [RANGES[name] >= bindparam(f"{name}_from") for name in shape.from_]
    found += [RANGES[name] <= bindparam(f"{name}_to") for name in shape.to]
    return found


class _Several(TypeDecorator[Any]):
    """Values of one type in one parameter: an array, or JSON where there are no arrays."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(self.kind) if is_postgresql else JSON())


class _Among(Condition):
    pass


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has any of the values of one parameter, a list."""
    return _Among(column, bindparam(name, type_=_Several(column.type)))


@compiles(_Among)
def _among(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    these = f"SELECT value FROM json_each({compiler.process(values, **options)})"
    return f"{compiler.process(column, **options)} IN ({these})"


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(values, **options)})"
