"""The invoices of a page among those that a search finds, however rare its words are."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    SelectBase,
    and_,
    case,
    func,
    literal_column,
    select,
    union,
)

from adapters.store.rows import INVOICES
from adapters.store.search import SearchShape, are_rare, matching, occurring

MOST_WALKED: ColumnElement[int] = literal_column("5000")
"""How far along a list a page is looked for before the index is asked for all there are."""
BY_ID = "INDEXED BY sqlite_autoindex_subcontractor_invoices_1"
"""SQLite would rather walk a whole list in its order than sort the few that are known by id."""


def nearest(
    listed: Select[Any],
    search: SearchShape,
    keys: Sequence[ColumnElement[Any]],
    downward: bool,
    size: int,
) -> SelectBase:
    """The ids of the first `size` invoices of a list that a search finds, in no order.

    `listed` is the list without the search, in no order; an index has the order of `keys`.

    How rare the words are decides how to find them, and is not known before the statement runs.
    Rare ones are looked up and sorted. Others are soon met on a walk along the list, and where
    they are not, because all are far away, they are looked up after all.
    """
    in_order = listed.order_by(*_ordered(keys, downward))
    if not search.looked_up:
        found = in_order.with_only_columns(INVOICES.c.id).where(*occurring(search))
        return found.limit(_number(size)).correlate(None)
    walk = select(_walk(search).c.length).scalar_subquery()
    met = _materialized(_met(in_order.limit(walk), search).limit(_number(size)))
    is_short = select(func.count() < _number(size)).select_from(met).scalar_subquery()
    farther = in_order.with_only_columns(_number(1)).limit(_number(1)).offset(walk)
    is_farther = farther.correlate(None).scalar_subquery().is_not(None)
    found = listed.with_only_columns(INVOICES.c.id, *(key.label(None) for key in keys))
    id, *found_keys = _materialized(
        found.where(*matching(search, and_(is_short, is_farther))).with_hint(
            INVOICES, BY_ID, "sqlite"
        )
    ).c
    first = select(id).order_by(*_ordered(found_keys, downward)).limit(_number(size))
    return union(select(met.c.id), select(first.subquery()))


def _met(walked: Select[Any], search: SearchShape) -> Select[Any]:
    near = walked.with_only_columns(INVOICES.c.id, INVOICES.c.search_text).subquery()
    return select(near.c.id).where(*occurring(search, near.c.search_text))


@lru_cache
def _walk(search: SearchShape) -> CTE:
    """How many invoices to walk along; the same object each time, so that it is asked for once."""
    length = case((are_rare(search), _number(0)), else_=MOST_WALKED)
    return _materialized(select(length.label("length")))


def _ordered(keys: Sequence[ColumnElement[Any]], downward: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if downward else key.asc() for key in keys]


def _materialized(found: Select[Any]) -> CTE:
    """Found once, and before the rest: a planner would put all of it together in its own way."""
    return found.cte().prefix_with("MATERIALIZED")


def _number(value: int) -> ColumnElement[int]:
    """In the statement itself: how many are wanted is what a plan is chosen by."""
    return literal_column(str(value))
