"""Fields that are read from the domain's values, under their own names or under others."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from strawberry.types.field import StrawberryField


class Read:
    """How a field is made of what the domain's value holds: of these paths, by this function."""

    def __init__(self, paths: tuple[str, ...], by: Callable[..., Any] | None) -> None:
        self.paths = paths
        self.by = by
        self._values = [attrgetter(path) for path in paths]

    def of(self, source: Any) -> Any:
        values = [value(source) for value in self._values]
        return self.by(*values) if self.by else values[0]


class ReadField(StrawberryField):
    """A field without a resolver that is read in a way of its own."""

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        read: Read = self.metadata[Read]
        return read.of(source)


def read(*paths: str, by: Callable[..., Any] | None = None, description: str) -> Any:
    """Declare a field that is read from these paths of the domain's value.

    One path alone is the field's value, unless `by` makes it of the values of all.
    """
    return ReadField(metadata={Read: Read(paths, by)}, description=description)


def shown(value: object) -> Any:
    """A value of the domain where its type in the schema is asked for: that says how it is read."""
    return value


def read_of(field: StrawberryField) -> Read:
    """How any field without a resolver is read: a plain one, by its own name."""
    found: Read | None = field.metadata.get(Read)
    return found or Read((field.python_name,), None)
