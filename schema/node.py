"""The Node interface of Relay: anything that can be asked for again by its id."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import strawberry

from domain.rows import Part
from schema.ids import node_id
from schema.reading import read

SHOWN_AGAIN = 2_000
DESCRIPTION = "Opaque, unique over all types and companies, and stable."


@strawberry.interface(description="Anything that can be asked for again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description=DESCRIPTION)


def identified(kind: str, *, one_of_many: bool = False) -> Any:
    """The id of a node of this kind, made of what identifies the domain's value.

    Unless it is one of very many, the same is shown again and again, and made but once.
    """
    made = partial(node_id, kind)
    by = made if one_of_many else lru_cache(SHOWN_AGAIN)(made)
    return read("company_id", "id", by=by, description=DESCRIPTION)


def shows(kind: type) -> Callable[[Any, Any], bool]:
    """The `is_type_of` of a type that shows the domain's values of one class.

    A part of a row is told of no class: it only comes where nothing else could.
    """

    def is_type_of(value: Any, info: Any) -> bool:
        return isinstance(value, kind | Part)

    return is_type_of
