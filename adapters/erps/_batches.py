"""Many records asked about in few requests, and each answered once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.erps._rest import unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting

Seen = Mapping[RecordId, Sighting]


async def in_batches(
    record_ids: Sequence[RecordId],
    size: int,
    look: Callable[[Sequence[RecordId]], Coroutine[Any, Any, Seen]],
) -> Sequence[Sighting]:
    """One sighting for each id in the order asked, by batches of at most `size` ids, each once.

    How many batches are under way at a time is for `look` to bound. One batch's ErpTrouble ends
    the others, and is raised.
    """
    asked = list(dict.fromkeys(record_ids))
    batches = [asked[start : start + size] for start in range(0, len(asked), size)]
    looks = await together(*map(look, batches))
    seen = {record_id: each for answer in looks for record_id, each in answer.items()}
    return [seen[record_id] for record_id in record_ids]


async def together(*questions: Coroutine[Any, Any, Any]) -> Sequence[Any]:
    """The answers to questions that are asked at once, in their order.

    One's ErpTrouble ends the others, and is raised: none is still being asked after that.
    """
    troubles: list[BaseException] = []
    asked: list[asyncio.Task[Any]] = []
    try:
        async with asyncio.TaskGroup() as group:
            asked += [group.create_task(each) for each in questions]
    except* ErpTrouble as raised:
        troubles += raised.exceptions
    if troubles:
        raise troubles[0]
    return [each.result() for each in asked]


def only(asked: Sequence[RecordId], found: Iterable[Sighting]) -> dict[RecordId, Sighting]:
    """What one answer shows, by id. Raises ErpTrouble unless it was asked for, and each once."""
    shown = list(found)
    seen = {each.record_id: each for each in shown}
    if len(seen) != len(shown) or not seen.keys() <= set(asked):
        raise unexpected("other bills than those asked for, or one of them twice")
    return seen


def whole(
    asked: Sequence[RecordId],
    found: Iterable[Sighting],
    as_of: datetime,
    without: str,
    doubt: str | None = None,
) -> dict[RecordId, Sighting]:
    """As `only`, with an absence for each that was left out; `without` says so, but for its id."""
    seen = only(asked, found)
    for record_id in asked:
        if record_id not in seen:
            evidence = f"{without} {record_id}"
            seen[record_id] = Sighting(record_id, RecordState.ABSENT, as_of, evidence, doubt=doubt)
    return seen


def absent_in(seen: Seen) -> Sequence[Sighting]:
    return [each for each in seen.values() if each.state is RecordState.ABSENT]
