"""Rows of which only what was selected is there, read by the names of the domain's own values.

Who asks says what it wants in plain terms, a `Selection`; who answers gives back the rows as they
came, and a `Layout` that says where in them each thing stands.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, overload


class Selection(Mapping[str, "Selection"]):
    """The parts of an object that are wanted, by name, each with its own; a value has none.

    Made once for a question and used again, it is cheap to look up by.
    """

    __slots__ = ("_hash", "_parts")

    def __init__(self, parts: Mapping[str, "Selection"]) -> None:
        self._parts = dict(parts)
        self._hash = hash(tuple(self._parts.items()))

    @classmethod
    def of(cls, *paths: str) -> Self:
        """What these paths name, such as `number` or `link.record_id`."""
        parts: dict[str, list[str]] = {}
        for name, _, rest in (path.partition(".") for path in paths):
            parts.setdefault(name, []).extend([rest] if rest else [])
        return cls({name: cls.of(*rests) for name, rests in parts.items()})

    def together(self, other: "Selection") -> "Selection":
        """What either of two selections wants."""
        parts = {
            name: self[name].together(other[name]) if name in other else self[name] for name in self
        }
        return Selection({**other, **parts})

    def __getitem__(self, name: str) -> "Selection":
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __hash__(self) -> int:
        return self._hash


NOTHING = Selection({})

Row = Sequence[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a value stands in a row: in one column, or made of several."""

    indexes: tuple[int, ...]
    make: Callable[..., Any] | None = None
    """Makes the domain's value of what the columns hold; None: the one column holds it."""
    text: Callable[[Any], str] | None = None
    """Makes the text of a decimal, a day or an instant of what the one column holds, in the very
    form in which it is shown: `str` where that is what it holds."""

    def of(self, row: Row) -> Any:
        if self.make is None:
            return row[self.indexes[0]]
        return self.make(*[row[index] for index in self.indexes])


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the parts of an object stand in a row."""

    parts: Mapping[str, "Place | Layout"]
    key: int | None = None
    """The column that is null where there is no such object; None: there is always one."""

    def of(self, row: Row) -> "Part | None":
        absent = self.key is not None and row[self.key] is None
        return None if absent else Part(self, row)


class Part:
    """An object in a row. What was not selected is not there: AttributeError."""

    __slots__ = ("_layout", "_row")

    def __init__(self, layout: Layout, row: Row) -> None:
        self._layout = layout
        self._row = row

    @property
    def source(self) -> tuple[Layout, Row]:
        """The layout and the row themselves."""
        return self._layout, self._row

    def __getattr__(self, name: str) -> Any:
        place = self._layout.parts.get(name)
        if place is None:
            raise AttributeError(f"{name} was not selected")
        return place.of(self._row)


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Sequence[Any]):
    """Objects of one layout, each read from its row when it is asked for.

    What belongs to each has its own name: `entries.invoice` are the invoices of the entries.
    """

    layout: Layout
    rows: Sequence[Row]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Rows(self.layout, self.rows[index])
        return self.layout.of(self.rows[index])

    def __iter__(self) -> Iterator[Any]:
        return map(self.layout.of, self.rows)

    def __getattr__(self, name: str) -> "Rows":
        """This part of each of them."""
        part = self.layout.parts.get(name)
        if not isinstance(part, Layout):
            raise AttributeError(f"{name} was not selected")
        return Rows(part, self.rows)
