"""Arguments that cannot be used: told which and why, and never as a failure of ours."""

from decimal import Decimal
from typing import Any

import graphql
import pytest

from schema.scalars import SCALARS
from tests.builders import DOCKS, HARBOR
from tests.fakes import contents
from tests.schema.conftest import HARBOR_ID, Clerk, an_id

A_PROJECT = an_id("Project", HARBOR, DOCKS)

TOLD: list[tuple[str, dict[str, Any], str]] = [
    *(
        (name, {name: size}, f"{name}: must be from 1 to 100")
        for name in ("first", "last")
        for size in (0, -1, 101, 1000, 2**31 - 1, -(2**31))
    ),
    ("last", {"first": 1, "last": 1}, "last: give either first or last, not both"),
    *(
        (name, {name: "nonsense"}, f"{name}: not a cursor of this list")
        for name in ("after", "before")
    ),
    *(
        (
            "filter.search",
            {"filter": {"search": text}},
            "filter.search: must be at most 200 printable characters",
        )
        for text in ("x" * 201, "a\0b", "a\nb", "\t", "\x1b[2J", "\u202e", "\x7f")
    ),
    *(
        (f"filter.{name}", {"filter": {name: [value] * 101}}, f"filter.{name}: must be at most 100")
        for name, value in (
            ("projectIds", A_PROJECT),
            ("vendorIds", "nonsense"),
            ("commitmentIds", ""),
            ("statuses", "DRAFT"),
            ("recordStates", "PAID"),
        )
    ),
]


async def test_what_cannot_be_used_is_named_with_its_reason(reader: Clerk) -> None:
    for argument, variables, message in TOLD:
        error = await reader.bad_input(**variables)

        assert error["message"] == message
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument}
        assert error["path"] == ["syncedInvoices"]


async def test_what_is_just_within_bounds_can_be_used(reader: Clerk) -> None:
    sizes: list[dict[str, Any]] = [{"first": 100}, {"last": 100}, {"first": 1}, {"last": 1}]
    for variables in sizes:
        assert (await reader.page(**variables))["totalCount"] == 11
    assert await reader.listed(projectIds=[A_PROJECT] * 100) == [1, 3, 4, 6, 7, 10, 11]
    assert await reader.listed(statuses=["DRAFT"] * 100) == [3, 9]


async def test_too_many_nodes_are_refused(reader: Clerk) -> None:
    error = await reader.bad_input(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 101
    )

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids"}
    assert error["message"] == "ids: must be at most 100"


@pytest.mark.parametrize("first", [0, -1, 101, 1000])
async def test_a_history_of_so_many_attempts_is_refused(reader: Clerk, first: int) -> None:
    error = await reader.bad_input(
        """query($id: ID!, $first: Int!) {
          subcontractorInvoice(id: $id) { unlinkHistory(first: $first) { by } } }""",
        id=an_id("SubcontractorInvoice", HARBOR, 1),
        first=first,
    )

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "first"}


DAYS = (
    *("", "today", "2026-02-30", "2026-13-01", "0000-01-01", "20260331", "2026-W14-2"),
    *("2026-03-31T00:00:00Z", "31.03.2026", " 2026-03-31", "2026-03-31\n", "٢٠٢٦-03-31"),
)
MOMENTS = (
    *("", "now", "2026-03-31", "2026-03-31T12:00:00", "2026-03-31 12:00:00Z", "2026-03-31T12:00Z"),
    *("2026-03-31T24:00:01Z", "2026-03-31T12:60:00Z", "2026-02-30T00:00:00Z"),
    *("2026-03-31T12:00:00+25:00", "2026-03-31T12:00:00z", "2026-03-31T12:00:00.1234567Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-31T12:00:00+00:00:01"),
)
NOT_TEXT: tuple[Any, ...] = (17, 1.5, True, [], {"a": 1})
RANGES = [
    *(({"billingDate": {end: day}}, ".billingDate") for day in DAYS for end in ("start", "end")),
    *(({"syncedAt": {end: at}}, ".syncedAt") for at in MOMENTS for end in ("start", "end")),
]


async def test_no_day_and_no_moment_is_refused_by_name_as_a_variable(reader: Clerk) -> None:
    for keep, named in RANGES:
        error = await reader.bad_input(filter=keep)

        assert named in error["message"], keep
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, keep


async def test_no_day_and_no_moment_is_refused_as_a_literal(reader: Clerk) -> None:
    for name, text in (
        *(("billingDate", day) for day in DAYS),
        *(("syncedAt", moment) for moment in MOMENTS),
    ):
        literal = graphql.print_ast(graphql.StringValueNode(value=text))
        keep = f"{{ {name}: {{ start: {literal} }} }}"
        error = await reader.bad_input(
            f"""{{ syncedInvoices(companyId: "{HARBOR_ID}", filter: {keep}) {{ totalCount }} }}"""
        )
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}, text


async def test_what_has_another_shape_is_refused_before_anything_is_done(reader: Clerk) -> None:
    sizes: tuple[Any, ...] = ("1", 1.5, True, [], 2**31)
    cursors: tuple[Any, ...] = (1, True, [], {})
    orders: tuple[Any, ...] = ("SYNCED_AT", {"field": "NAME"}, {"field": None}, {})
    filters: tuple[Any, ...] = ("x", 1, {"nonsense": 1}, {"search": 1}, {"search": []})
    wrong: list[dict[str, Any]] = [
        *({"filter": {"billingDate": {"start": value}}} for value in NOT_TEXT),
        *({"filter": {"syncedAt": {"end": value}}} for value in NOT_TEXT),
        *({"first": value} for value in sizes),
        *({"after": value} for value in cursors),
        *({"order": value} for value in orders),
        {"order": {"field": "synced_at"}},
        {"order": {"field": "SYNCED_AT", "direction": "UP"}},
        *({"filter": value} for value in filters),
        {"filter": {"statuses": ["SENT"]}},
        {"filter": {"statuses": [None]}},
        {"filter": {"recordStates": ["paid"]}},
        {"filter": {"projectIds": [None]}},
        {"company": None},
    ]
    before = await contents(reader.database, HARBOR)

    for variables in wrong:
        error = await reader.bad_input(**variables)
        assert error["message"].startswith("Variable '$"), variables

    assert await contents(reader.database, HARBOR) == before


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e3", "1,5", "", " 1", "0x1"])
def test_a_decimal_is_exact_or_refused(value: str) -> None:
    with pytest.raises(graphql.GraphQLError, match="expected a decimal"):
        SCALARS[Decimal].parse_value(value)  # type: ignore[misc]


def test_a_decimal_is_never_shown_in_exponent_form() -> None:
    assert SCALARS[Decimal].serialize(Decimal("1E+3")) == "1000"  # type: ignore[misc]
    assert SCALARS[Decimal].parse_value("-12.50") == Decimal("-12.50")  # type: ignore[misc]
