"""Cursors that were tampered with: refused by name, or a place in the list, never a failure."""

import json
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from tests.schema.conftest import HARBOR_ID, PAGE, Clerk

FIELDS = ("SYNCED_AT", "BILLING_DATE", "INVOICE_NUMBER", "CURRENT_PAYMENT_DUE")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def packed(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def unpacked(cursor: str) -> list[object]:
    found: list[object] = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return found


def mutations(cursor: str) -> list[str]:
    """Some fifty cursors that nobody was given."""
    chance = random.Random(cursor)
    no_ids: tuple[object, ...] = (-1, 2**63, 10**30, 1.5, True, None, "1", [1])
    no_keys: tuple[object, ...] = (None, 1, [], {}, "", "\0", "x" * 1000, "\ud800")
    field, key, id = unpacked(cursor)
    no_cursors: tuple[object, ...] = ([], {}, None, 1, "x", [field], [field, key], [[[[]]]])
    by_hand = [
        *(packed([field, key, other]) for other in no_ids),
        *(packed([field, other, id]) for other in no_keys),
        *(packed([field, text, id]) for text in ("NaN", "Infinity", "1e999", "-1e-999", "9" * 40)),
        packed([field, "0001-01-01T00:00:00+14:00", id]),
        packed([field, "9999-12-31T23:59:59.999999-14:00", id]),
        packed([field, "0001-01-01", id]),
        packed([field, "9999-12-31", id]),
        *(packed(value) for value in no_cursors),
        packed([field, key, id, id]),
        packed(["nonsense", key, id]),
        packed({"field": field}),
        packed("[" * 1400),
        packed('["synced_at", "2026'),
        "",
        "=",
        "A",
        "x" * 5000,
        "漢字",
        cursor + "=",
        cursor[::-1],
    ]
    at_random = []
    for _ in range(15):
        place = chance.randrange(len(cursor))
        at_random.append(cursor[:place] + chance.choice(ALPHABET) + cursor[place + 1 :])
        at_random.append(cursor[:place] + cursor[place + 1 :])
    return [*by_hand, *at_random]


@pytest.mark.parametrize("field", FIELDS)
async def test_a_cursor_that_nobody_was_given_is_refused_or_a_place_in_the_list(
    reader: Clerk, field: str
) -> None:
    order = {"field": field, "direction": "ASC"}
    page = await reader.page(order=order, first=100)
    refused = 0
    cursors = mutations(page["edges"][5]["cursor"])
    for number, cursor in enumerate(cursors):
        argument = ("after", "before")[number % 2]
        variables = {"company": HARBOR_ID, "order": order, argument: cursor}
        answer = await reader.service.post(PAGE, variables, "ann")
        body = answer.json()
        if "errors" in body:
            (error,) = body["errors"]
            told = {"code": "BAD_USER_INPUT", "argument": argument}
            told["requestId"] = answer.headers["x-request-id"]
            assert error["extensions"] == told, cursor
            assert error["message"].startswith(f"{argument}: ")
            refused += 1
        else:
            assert body["data"]["syncedInvoices"]["totalCount"] == 11
    assert 35 < refused <= len(cursors)


async def test_a_place_where_nothing_ever_was_is_a_place_all_the_same(reader: Clerk) -> None:
    order = {"field": "BILLING_DATE", "direction": "ASC"}
    between = packed(["billing_date", "2026-04-15", 0])

    page = await reader.page(order=order, first=100, after=between)

    assert [node["number"] for node in page["nodes"]] == [3, 6, 7, 8]
    assert page["pageInfo"]["hasPreviousPage"] is True
