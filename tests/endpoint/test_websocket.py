"""GraphQL over a real WebSocket: what happens to invoices, told to those who may know."""

import asyncio
import hashlib
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from adapters.store.changes import SqlInvoiceChanges
from adapters.store.machine_tokens import SqlMachineTokens
from domain.erps import RecordState
from domain.machines import Scope
from schema.ids import node_id
from tests.builders import HARBOR, QUARRY, a_directory, a_person, bring_in
from tests.databases import connections_in_use
from tests.endpoint.lines import HARBOR_ID, WATCH, Line, Talk, lines, unlink, watch

WHO = {"query": "{ viewer { name } }"}
NOTHING = {"data": {"invoiceChanged": None}}


async def test_a_change_is_told_on_a_socket_that_asks_other_things_too(line: Line) -> None:
    async with line.watching() as talk:
        answer = await talk.answer("q", WHO)
        await line.changing.unlink(1)
        change = await talk.change()

    assert answer["data"] == {"viewer": {"name": "Ann"}}
    assert (change["kind"], change["by"]) == ("UNLINKED", "Ann")
    assert change["invoice"] == {"number": 1, "locked": False, "erpLink": None}
    assert change["link"]["recordId"] == "BILL-1"
    assert change["link"]["endedAt"] is not None


async def test_what_one_person_does_is_seen_by_another(line: Line) -> None:
    line.erp.states = {"BILL-2": RecordState.DELETED}

    async with line.watching("bob") as bob, line.talk("ann") as ann:
        still = await ann.answer("u", unlink(1))
        seen = await bob.change()
        done = await ann.answer("u", unlink(2))
        unlinked = await bob.change()

    assert still["data"]["unlinkInvoice"]["__typename"] == "StillInErp"
    assert (seen["kind"], seen["by"], seen["invoice"]["number"]) == ("RECORD_STATE_SEEN", None, 1)
    assert seen["link"]["recordState"] == "OPEN"
    assert done["data"]["unlinkInvoice"]["__typename"] == "Success"
    assert (unlinked["kind"], unlinked["by"]) == ("UNLINKED", "Ann")


@pytest.mark.parametrize(
    "company",
    [
        node_id("Company", QUARRY, QUARRY),
        node_id("Company", 99, 99),
        node_id("Company", HARBOR, QUARRY),
        node_id("Project", HARBOR, HARBOR),
        "",
        "no id",
        "🦀" * 1000,
    ],
)
async def test_a_foreign_company_answers_as_one_that_does_not_exist(
    line: Line, company: str
) -> None:
    async with line.talk("ann") as talk:
        answer = await talk.answer("w", watch(company))

    assert {"data": answer["data"]} == NOTHING
    assert "errors" not in answer
    assert line.watchers == 0


async def test_nothing_of_another_company_is_told(line: Line) -> None:
    quarry = node_id("Company", QUARRY, QUARRY)

    async with line.watching("ann") as ann, line.watching("quinn", quarry) as quinn:
        await line.changing.unlink(1, QUARRY)
        await line.changing.unlink(2, HARBOR)

        assert (await quinn.change())["invoice"]["number"] == 1
        assert (await ann.change())["invoice"]["number"] == 2


async def test_one_who_leaves_the_company_is_told_nothing_more(line: Line) -> None:
    async with line.watching("bob") as bob:
        await bring_in(line.database, a_directory([a_person("ann")]))
        await line.changing.unlink(1)

        assert (await bob.hear())["payload"]["data"] == {"invoiceChanged": None}
        assert await bob.hear() == {"id": "w", "type": "complete"}


async def test_a_grant_that_is_revoked_counts_at_once_on_an_open_socket(line: Line) -> None:
    async with line.talk("ann") as talk:
        first = await talk.answer("1", unlink(1))
        people = [a_person("ann", canPushToAccounting=False), a_person("bob")]
        await bring_in(line.database, a_directory(people))
        second = await talk.answer("2", unlink(1))

    assert first["data"]["unlinkInvoice"]["__typename"] == "StillInErp"
    assert second["data"]["unlinkInvoice"]["__typename"] == "PermissionDenied"


async def test_to_complete_a_subscription_ends_it_alone(line: Line) -> None:
    async with line.watching() as talk:
        await talk.begin("other", watch())
        await line.until(lambda: line.watchers == 2)
        await talk.say({"id": "w", "type": "complete"})
        await line.until(lambda: line.watchers == 1)
        await line.changing.unlink(1)

        assert (await talk.change("other"))["invoice"]["number"] == 1
        assert (await talk.answer("q", WHO))["data"] == {"viewer": {"name": "Ann"}}


async def test_who_waits_holds_no_connection_and_leaves_nothing_behind(line: Line) -> None:
    async with line.watching():
        await asyncio.sleep(0.3)
        assert connections_in_use(line.database) == 0
    changes = line.services.changes
    assert isinstance(changes, SqlInvoiceChanges)

    await line.until(lambda: not changes._readers and changes._ear is None)


async def test_500_who_watch_are_all_told(line: Line) -> None:
    async with line.talk("ann") as one, line.talk("bob") as other:
        talks = [line.talk("ann") for _ in range(8)]
        opened = [await each.__aenter__() for each in talks]
        for n in range(50):
            for talk in (one, other, *opened):
                await talk.begin(f"w{n}", watch())
        await line.until(lambda: line.watchers == 500)
        await line.changing.unlink(1)
        heard = [await talk.hear() for talk in (one, other, *opened) for _ in range(50)]
        for each in talks:
            await each.__aexit__(None, None, None)

    numbers = [each["payload"]["data"]["invoiceChanged"]["invoice"]["number"] for each in heard]
    assert numbers == 500 * [1]


async def test_at_most_50_operations_run_on_a_socket(line: Line) -> None:
    async with line.talk() as talk:
        for n in range(50):
            await talk.begin(f"w{n}", watch())
        await talk.begin("more", watch())

        refused = await talk.hear()

    assert (refused["id"], refused["type"]) == ("more", "error")
    (error,) = refused["payload"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_who_falls_behind_is_told_so_and_may_subscribe_anew(line: Line) -> None:
    """The history is read anew for each change: they come faster than that."""
    slow = WATCH.replace("invoice {", "invoice { unlinkHistory { at }")
    async with line.talk() as talk:
        await talk.begin("w", watch() | {"query": slow})
        await line.until(lambda: line.watchers == 1)
        await line.changing.bring(*range(1000, 3100))
        errors = await _errors(talk)
        await talk.begin("again", watch())
        await line.until(lambda: line.watchers == 1)
        await line.changing.unlink(1)
        again = await talk.change("again")

    (error,) = errors
    assert error["extensions"]["code"] == "SUBSCRIPTION_BEHIND"
    assert again["invoice"]["number"] == 1


async def _errors(talk: Talk) -> Any:
    """The errors by which a subscription ends, after whatever it still told."""
    while True:
        message = await talk.hear()
        if errors := message["payload"].get("errors"):
            assert (await talk.hear())["type"] == "complete"
            return errors


# What is wrong with an operation is said of that operation alone.

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "syntax": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "validation": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "subscription of nothing": ({"query": "subscription { x }"}, "GRAPHQL_VALIDATION_FAILED"),
    "no document": ({}, "BAD_REQUEST"),
    "two operations": (
        {"query": "query A { viewer { name } } query B { viewer { name } }"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "unknown operation": (
        WHO | {"operationName": "Other"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "variable": ({"query": WATCH, "variables": {"company": {}}}, "BAD_USER_INPUT"),
    "missing variable": ({"query": WATCH}, "BAD_USER_INPUT"),
    "too long": ({"query": f"{{ viewer {{ name }} }} # {'x' * 30_000}"}, "LIMIT_EXCEEDED"),
    "too many aliases": (
        {"query": "{ viewer {" + " ".join(f"a{n}: name" for n in range(60)) + "} }"},
        "LIMIT_EXCEEDED",
    ),
    "unknown hash": (
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
        "PERSISTED_QUERY_NOT_FOUND",
    ),
    "odd hash": ({"extensions": {"persistedQuery": {"version": 1}}}, "BAD_REQUEST"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_operation_ends_alone(line: Line, name: str) -> None:
    payload, code = WRONG[name]

    async with line.watching() as talk:
        await talk.begin("x", payload)
        refused = await talk.hear()
        await line.changing.unlink(1)
        change = await talk.change()

    assert (refused["id"], refused["type"]) == ("x", "error")
    assert 1 <= len(refused["payload"]) <= 5
    assert refused["payload"][0]["extensions"]["code"] == code
    assert all(each["extensions"]["requestId"] for each in refused["payload"])
    assert change["kind"] == "UNLINKED"


async def test_at_most_five_errors_are_told(line: Line) -> None:
    async with line.talk() as talk:
        await talk.begin(
            "x", {"query": "{ viewer {" + " ".join(f"f{n}" for n in range(40)) + "} }"}
        )

        assert len((await talk.hear())["payload"]) == 5


async def test_what_was_not_expected_is_masked(line: Line) -> None:
    async def fails() -> None:
        raise ZeroDivisionError("the secret")

    line.erp.meanwhile = fails

    async with line.talk() as talk:
        answer = await talk.answer("u", unlink(1))

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in str(answer)


async def test_a_document_that_was_kept_is_named_by_its_hash(line: Line) -> None:
    digest = hashlib.sha256(WHO["query"].encode()).hexdigest()
    named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}

    async with line.talk() as talk:
        await talk.answer("1", WHO | named)
        answer = await talk.answer("2", named)

    assert answer["data"] == {"viewer": {"name": "Ann"}}


# Who is let in.


@pytest.mark.parametrize("key", ["Authorization", "authorization"])
async def test_the_token_comes_with_the_first_message(line: Line, key: str) -> None:
    async with line.dialled() as talk:
        await talk.say({"type": "connection_init", "payload": {key: line.bearer()}})

        assert await talk.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
async def test_or_with_the_handshake(line: Line, payload: dict[str, object]) -> None:
    async with line.dialled(additional_headers={"Authorization": line.bearer()}) as talk:
        await talk.say({"type": "connection_init"} | payload)

        assert await talk.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer ", "Basic abc", 7, ["Bearer x"], {}])
async def test_without_a_token_nobody_is_let_in(line: Line, said: object) -> None:
    async with line.dialled() as talk:
        await talk.say({"type": "connection_init", "payload": {"Authorization": said}})

        assert (await talk.closed())[0] == 4401


async def test_a_token_that_is_refused_is_forbidden(line: Line) -> None:
    tokens = {
        line.bearer() + "x": "Forbidden: the token's signature is wrong",
        line.bearer("nobody"): "Forbidden: nobody by this token's name is in any company's",
        line.bearer(lifetime=timedelta(minutes=-5)): "Forbidden: the token has expired",
        "Bearer " + "x" * 5000: "Forbidden: the token is malformed",
    }
    for token, reason in tokens.items():
        async with line.dialled() as talk:
            await talk.say({"type": "connection_init", "payload": {"Authorization": token}})

            code, said = await talk.closed()
            assert (code, said[: len(reason)]) == (4403, reason)


async def test_a_socket_ends_with_its_token(line: Line) -> None:
    almost_over = timedelta(seconds=-28)  # 30 seconds later it is refused

    async with line.dialled() as talk:
        token = line.bearer(lifetime=almost_over)
        await talk.say({"type": "connection_init", "payload": {"Authorization": token}})
        assert await talk.hear() == {"type": "connection_ack"}
        await talk.begin("w", watch())

        assert await talk.closed() == (4403, "Forbidden: the token has expired")
    await line.until(lambda: line.watchers == 0)


async def test_pages_of_other_origins_are_not_let_in(database_url: str, tmp_path: Path) -> None:
    ours, foreign = "https://app.example", "https://evil.example"

    async with lines(database_url, tmp_path, allowed_origins=[ours]) as line:
        async with line.talk(origin=ours) as talk:
            await talk.answer("q", WHO)
        async with line.talk(origin=f"http://127.0.0.1:{line.port}"):
            pass
        for origin in (foreign, "null", f"{ours}.evil.example"):
            with pytest.raises(InvalidStatus) as refused:
                await line.dialled(origin=origin).__aenter__()
            assert refused.value.response.status_code == 403


async def test_the_older_protocol_is_not_spoken(line: Line) -> None:
    for protocols in (["graphql-ws"], None):
        async with line.dialled(subprotocols=protocols) as talk:
            assert (await talk.closed())[0] == 4406


# The end.


async def test_a_socket_is_told_when_the_process_ends(line: Line) -> None:
    waits = asyncio.Event()
    line.erp.states = {"BILL-1": RecordState.DELETED}
    line.erp.meanwhile = waits.wait  # type: ignore[assignment]
    line.erp.asked.clear()

    async with line.watching() as talk:
        await talk.begin("u", unlink(1))
        await line.until(lambda: line.erp.asked)
        line.draining.say_goodbye()
        waits.set()
        answer = await talk.hear()

        assert answer["payload"]["data"]["unlinkInvoice"]["__typename"] == "Success"
        assert await talk.closed() == (1012, "Service restart")


async def test_an_invoice_of_this_company_is_named_by_its_id(line: Line) -> None:
    query = "subscription($c: ID!) { invoiceChanged(companyId: $c) { at invoice { id } } }"

    async with line.talk() as talk:
        await talk.begin("w", {"query": query, "variables": {"c": HARBOR_ID}})
        await line.until(lambda: line.watchers == 1)
        await line.changing.unlink(3)
        change = await talk.change()

    assert change["invoice"]["id"] == node_id("SubcontractorInvoice", HARBOR, 3)
    assert change["at"].endswith("Z")


@pytest.mark.parametrize("kind", ["sqlite"])  # what is slow here is the socket
async def test_one_who_does_not_read_is_cut_off_and_holds_up_nobody(line: Line) -> None:
    async with line.watching("bob") as bob, line.talk("ann", max_queue=1) as ann:
        for n in range(50):
            await ann.begin(f"w{n}", watch())
        await line.until(lambda: line.watchers == 51)
        ann.socket.transport.pause_reading()

        async with asyncio.timeout(60):
            for n in itertools.count(1000, 100):
                await line.changing.bring(*range(n, n + 100))
                numbers = [(await bob.change())["invoice"]["number"] for _ in range(100)]
                assert sorted(numbers) == list(range(n, n + 100))
                if line.watchers == 1:
                    break
        ann.socket.transport.abort()


async def test_a_machine_is_told_nothing_more_when_its_token_is_revoked(line: Line) -> None:
    tokens = SqlMachineTokens(line.database)
    token = await tokens.make(HARBOR, "nightly export", [Scope.READ], ())

    async with line.dialled() as talk:
        payload = {"Authorization": f"Bearer {token.reveal()}"}
        await talk.say({"type": "connection_init", "payload": payload})
        assert await talk.hear() == {"type": "connection_ack"}
        await talk.begin("w", watch())
        await line.until(lambda: line.watchers == 1)
        await line.changing.unlink(1)
        assert (await talk.change())["invoice"]["number"] == 1
        await tokens.revoke(HARBOR, token.id)
        await asyncio.sleep(1.1)  # longer than a look at a token is good for
        await line.changing.unlink(2)

        assert (await talk.closed())[0] == 4403
