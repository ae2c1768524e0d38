"""Machines get in by their tokens, see one company, and do what their scopes say."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import httpx2
import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine
from starlette.authentication import AuthenticationError
from starlette.datastructures import State

from adapters.machine_tokens import TokenText
from adapters.store import machines
from adapters.store.machine_tokens import TOKENS
from adapters.store.machines import SqlMachines
from domain.erps import RecordState
from domain.machines import Scope
from endpoint.authentication import viewer_of
from tests.builders import DOCKS, HARBOR, QUARRY, SHEDS, a_directory, a_person, bring_in
from tests.endpoint.machines import (
    ON_DOCKS,
    ON_SHEDS,
    READ,
    UNLINK,
    WHO,
    Desk,
    a_desk,
    forged,
    invoice,
    malformed,
)
from tests.fakes import contents
from tests.schema.conftest import HARBOR_ID, an_id

TRY = """mutation($id: ID!) { unlinkInvoice(input: {invoiceId: $id}) { __typename
  ... on PermissionDenied { missing { permission current } }
  ... on Success { invoice { unlinkHistory { by outcome } } } } }"""
LOOK = """query($id: ID!, $company: ID!) {
  node(id: $id) { id } subcontractorInvoice(id: $id) { number }
  company(id: $company) { name } syncedInvoices(companyId: $company) { nodes { number } }
  viewer { grants(companyId: $company) { canPushToAccounting } } }"""
NOT_GOOD = "the token is unknown, expired or revoked"
MACHINE = "nightly export (machine)"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, tmp_path) as at_work:
        yield at_work


def refused(answer: httpx2.Response) -> str:
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    return str(error["message"])


async def test_a_machine_gets_in_and_has_one_company(desk: Desk) -> None:
    data = await desk.ask(await desk.token())

    assert data == {"viewer": {"name": MACHINE, "companies": [{"name": "Harbor Builders"}]}}


async def test_a_machine_that_reads_sees_the_companys_invoices(desk: Desk) -> None:
    query = "query($id: ID!) { syncedInvoices(companyId: $id) { nodes { number } } }"

    data = await desk.ask(await desk.token(), query, id=HARBOR_ID)

    assert sorted(node["number"] for node in data["syncedInvoices"]["nodes"]) == [1, 2]


async def test_a_machine_that_only_reads_is_told_all_that_it_lacks_to_unlink(desk: Desk) -> None:
    token = await desk.token(READ)
    desk.erp.states["BILL-1"] = RecordState.ABSENT

    data = await desk.ask(token, TRY, id=invoice(HARBOR, ON_DOCKS))

    assert data["unlinkInvoice"] == {
        "__typename": "PermissionDenied",
        "missing": [
            {"permission": "COMMITMENTS_ADMIN", "current": "NONE"},
            {"permission": "ERP_INTEGRATIONS_STANDARD", "current": "NONE"},
            {"permission": "CAN_PUSH_TO_ACCOUNTING", "current": None},
        ],
    }
    assert desk.erp.asked == []


async def test_the_audit_names_the_machine(desk: Desk) -> None:
    """I2, of an unlink and of an attempt."""
    desk.erp.states["BILL-1"] = RecordState.ABSENT
    await desk.ask(await desk.token(READ), TRY, id=invoice(HARBOR, ON_DOCKS))

    data = await desk.ask(await desk.token(UNLINK, DOCKS), TRY, id=invoice(HARBOR, ON_DOCKS))

    assert data["unlinkInvoice"] == {
        "__typename": "Success",
        "invoice": {
            "unlinkHistory": [
                {"by": MACHINE, "outcome": "UNLINKED"},
                {"by": MACHINE, "outcome": "PERMISSION_DENIED"},
            ]
        },
    }


async def test_a_machine_unlinks_on_the_projects_that_were_named_and_on_no_other(
    desk: Desk,
) -> None:
    desk.erp.states |= {"BILL-1": RecordState.ABSENT, "BILL-2": RecordState.ABSENT}
    token = await desk.token(UNLINK, SHEDS)

    denied = await desk.ask(token, TRY, id=invoice(HARBOR, ON_DOCKS))
    done = await desk.ask(token, TRY, id=invoice(HARBOR, ON_SHEDS))

    missing = [{"permission": "COMMITMENTS_ADMIN", "current": "NONE"}]
    assert denied["unlinkInvoice"] == {"__typename": "PermissionDenied", "missing": missing}
    assert done["unlinkInvoice"]["__typename"] == "Success"


async def test_a_machine_that_may_not_read_sees_nothing_and_so_unlinks_nothing(
    desk: Desk,
) -> None:
    """The command line makes no such token; the directory would be safe with it all the same."""
    desk.erp.states["BILL-1"] = RecordState.ABSENT
    token = await desk.token([Scope.UNLINK], DOCKS)

    looked = await desk.ask(token, LOOK, id=invoice(HARBOR, ON_DOCKS), company=HARBOR_ID)
    tried = await desk.ask(token, TRY, id=invoice(HARBOR, ON_DOCKS))

    assert looked["subcontractorInvoice"] is looked["company"] is None
    assert tried == {"unlinkInvoice": {"__typename": "InvoiceNotFound"}}
    assert (await desk.ask(token))["viewer"]["companies"] == []
    assert desk.erp.asked == []


async def test_nothing_of_another_company_reaches_a_machine(desk: Desk) -> None:
    """I5: what is Quarry's answers as what does not exist."""
    token = await desk.token(UNLINK, DOCKS, SHEDS)
    before = await contents(desk.database, QUARRY)

    async def told(company_id: int) -> list[Any]:
        whose = an_id("Company", company_id, company_id)
        answers = [
            await desk.answer(token, LOOK, id=invoice(company_id, 1), company=whose),
            await desk.answer(token, TRY, id=invoice(company_id, 1)),
        ]
        return [answer.json()["data"] for answer in answers]

    foreign, nothing = await told(QUARRY), await told(999)

    assert foreign == nothing
    assert foreign[0]["subcontractorInvoice"] is foreign[0]["company"] is None
    assert foreign[1] == {"unlinkInvoice": {"__typename": "InvoiceNotFound"}}
    assert desk.erp.asked == []
    assert await contents(desk.database, QUARRY) == before


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(desk: Desk) -> None:
    token, another = await desk.token(), await desk.token()
    await desk.ask(token)

    await desk.tokens.revoke(HARBOR, token.id)

    assert refused(await desk.answer(token)) == NOT_GOOD
    await desk.ask(another)


async def test_a_token_cannot_be_revoked_for_another_company(desk: Desk) -> None:
    token = await desk.token()

    assert await desk.tokens.revoke(QUARRY, token.id) is None
    assert await desk.ask(token)


async def test_an_expired_token_opens_nothing(desk: Desk) -> None:
    now = datetime.now(UTC)
    ended = await desk.token(expires_at=now)
    lasting = await desk.token(expires_at=now + timedelta(hours=1))

    assert refused(await desk.answer(ended)) == NOT_GOOD
    assert await desk.ask(lasting)


async def test_a_forged_token_is_refused_in_the_words_for_every_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """I8: and its secret is in no answer and in no log."""
    caplog.set_level("DEBUG")
    good = await desk.token()
    for name, text in forged(good).items():
        answer = await desk.answer(text)

        assert refused(answer) == NOT_GOOD, name
        secret = text.rpartition("_")[2][:43]
        assert secret not in answer.text + str(answer.headers) + caplog.text, name
    assert await desk.ask(good)


async def test_a_malformed_token_is_refused_without_a_look_at_the_database(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """I8."""
    caplog.set_level("DEBUG")
    good = await desk.token()
    asked: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        for name, text in malformed(good).items():
            answer = await desk.answer(text)

            assert refused(answer) == "the token is malformed", name
            assert good.secret not in answer.text + caplog.text, name
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert asked == []
    assert await desk.ask(good)


async def test_to_let_a_machine_in_takes_one_statement(desk: Desk) -> None:
    token = (await desk.token()).reveal()
    asked: list[str] = []
    ours = SqlMachines(desk.database)
    await ours.viewer(token)
    await ours.aclose()

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        await ours.viewer(token)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(asked) == 1
    assert "machine_tokens.company_id =" in asked[0]


async def test_every_well_formed_token_is_compared_once_and_in_constant_time(desk: Desk) -> None:
    """So that the time of a refusal says nothing about an id or about a secret."""
    good, revoked = await desk.token(), await desk.token()
    await desk.tokens.revoke(HARBOR, revoked.id)
    for text in (good.reveal(), revoked.reveal(), *forged(good).values()):
        compared: list[str] = []

        def watch(frame: FrameType, what: str, it: Any, seen: list[str] = compared) -> None:
            if what == "c_call" and frame.f_code.co_filename == machines.__file__:
                seen.append(it.__name__)

        sys.setprofile(watch)
        try:
            await desk.answer(text)
        finally:
            sys.setprofile(None)
        assert len([name for name in compared if name.endswith("compare_digest")]) == 1


def files_of_sqlite(folder: Path) -> list[Path]:
    """The database and its write-ahead log; none with PostgreSQL."""
    return sorted(folder.glob("erp-link.sqlite*"))


async def test_the_secret_is_nowhere_in_the_database(desk: Desk, kind: str, tmp_path: Path) -> None:
    """I8: only its hash is kept."""
    token = await desk.token()
    await desk.ask(token)

    held = repr(await contents(desk.database, HARBOR))
    files = b"".join(map(Path.read_bytes, files_of_sqlite(tmp_path)))

    assert token.id in held
    assert repr(token.digest()) in held
    assert token.secret not in held
    assert token.secret.encode() not in files
    assert (token.digest() in files) is (kind == "sqlite")


async def test_a_machine_stays_when_its_companys_directory_is_imported(desk: Desk) -> None:
    """A directory lists people. It neither ends a machine nor gives it anything."""
    reader, unlinker = await desk.token(READ), await desk.token(UNLINK, DOCKS)
    before = await contents(desk.database, HARBOR)

    await bring_in(desk.database, a_directory([a_person("ann")]))
    assert await contents(desk.database, HARBOR) == before
    await bring_in(desk.database, a_directory([]))

    for token in (reader, unlinker):
        assert (await desk.ask(token))["viewer"]["companies"] == [{"name": "Harbor Builders"}]
    query = "query($id: ID!) { viewer { grants(companyId: $id) { canPushToAccounting } } }"
    data = [await desk.ask(token, query, id=HARBOR_ID) for token in (reader, unlinker)]
    may = [each["viewer"]["grants"]["canPushToAccounting"] for each in data]
    assert may == [False, True]


async def test_that_a_token_is_used_is_noted_and_not_at_every_request(desk: Desk) -> None:
    token = (await desk.token()).reveal()
    ours = SqlMachines(desk.database)

    async def noted() -> list[datetime | None]:
        async with desk.database.reading() as connection:
            wanted = select(TOKENS.c.last_used_at).where(TOKENS.c.company_id == HARBOR)
            return list((await connection.execute(wanted)).scalars())

    assert await noted() == [None]
    began = datetime.now(UTC)
    await ours.viewer(token)
    await ours.aclose()
    [first] = await noted()
    assert first is not None
    assert began <= first <= datetime.now(UTC)

    await ours.viewer(token)
    await ours.aclose()
    assert await noted() == [first]


async def test_no_request_waits_until_its_token_can_be_noted_to_be_used(desk: Desk) -> None:
    """I6: on SQLite an import may be writing for long."""
    token = await desk.token()
    ours = SqlMachines(desk.database)
    held = update(TOKENS).where(TOKENS.c.company_id == HARBOR).values(name="held")

    async with asyncio.timeout(10), desk.database.writing() as connection:
        await connection.execute(held)
        for _ in range(3):
            viewer, seen = await ours.viewer(token.reveal())
    await ours.aclose()

    assert (viewer.name, seen.last_used_at) == (MACHINE, None)
    [noted] = await desk.tokens.of(HARBOR)
    assert noted.last_used_at is not None


async def test_a_socket_learns_when_the_token_ends(desk: Desk) -> None:
    machines = SqlMachines(desk.database)
    state = State({"machines": machines})
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)

    limited = await viewer_of(state, (await desk.token(expires_at=ends)).reveal())
    unlimited = await viewer_of(state, (await desk.token()).reveal())
    with pytest.raises(AuthenticationError, match=NOT_GOOD):
        await viewer_of(state, TokenText.new(HARBOR).reveal())
    await machines.aclose()

    assert (limited.viewer.name, limited.expires_at) == (MACHINE, ends)
    assert unlimited.expires_at is None


async def test_a_person_and_a_machine_each_get_in_by_their_own_kind_of_token(desk: Desk) -> None:
    machine = await desk.token()

    person = await desk.service.data(WHO, person="ann")

    assert person["viewer"]["name"] == "Ann"
    assert (await desk.ask(machine))["viewer"]["name"] == MACHINE
