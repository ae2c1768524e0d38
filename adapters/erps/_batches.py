"""Many records asked about in few requests, some of them at once."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from domain.erps import ErpTrouble, RecordId, Sighting

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
    troubles: list[BaseException] = []
    looks: list[asyncio.Task[Seen]] = []
    try:
        async with asyncio.TaskGroup() as group:
            looks += [group.create_task(look(batch)) for batch in batches]
    except* ErpTrouble as raised:
        troubles += raised.exceptions
    if troubles:
        raise troubles[0]
    seen = {record_id: each for done in looks for record_id, each in done.result().items()}
    return [seen[record_id] for record_id in record_ids]
