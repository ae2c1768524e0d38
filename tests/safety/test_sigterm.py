"""I7: a server told to end under load loses no answer of what it committed, and halves nothing."""

import asyncio
from pathlib import Path

from adapters.erps.demo import DemoBills
from adapters.store.engine import Database
from adapters.tokens import DemoIssuer
from tests.safety.company import ready_to_unlink
from tests.safety.ending_rounds import broken_promises, one_round

ROUNDS, UNLINKS = 3, 40


async def test_who_asked_before_the_end_is_answered_and_nothing_is_half_done(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await ready_to_unlink(database, DemoBills.of(tmp_path), range(1, ROUNDS * UNLINKS + 1))
    headers = {"Authorization": f"Bearer {DemoIssuer.open(tmp_path).token('ada')}"}
    told = set()

    async with asyncio.timeout(120):
        for number in range(ROUNDS):
            invoices = list(range(number * UNLINKS + 1, (number + 1) * UNLINKS + 1))
            found = await one_round(database_url, tmp_path, f"server-{number}", invoices, headers)
            assert await broken_promises(database, found) == []
            told |= set(found.told.values())

    # It was told to end neither before nor after all of them.
    assert {"Success", "nothing"} <= told
    assert told <= {"Success", "nothing", "SERVICE_UNAVAILABLE"}
