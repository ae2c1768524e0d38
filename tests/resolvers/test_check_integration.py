"""The check of an integration: what is seen, what is in doubt, and how often the ERP is asked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.settings import Settings
from adapters.store.engine import Database
from app import open_services
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble
from resolvers.check_integration import QUESTIONS, check_integration
from tests.builders import CANARY, HARBOR, a_directory, a_person, a_requisition, bring_in
from tests.databases import Templates
from tests.fakes import FakeErp
from tests.resolvers.conftest import Desk

INVOICES = 100


async def fill(database: Database) -> None:
    rows = [a_requisition(n, origin_id=f"BILL-{n}") for n in range(1, INVOICES + 1)]
    await bring_in(database, a_directory([a_person("ann")]), rows)


@dataclass
class FussyErp(FakeErp):
    """One that says nothing of a whole batch when one of these is in it."""

    spoilers: Sequence[str] = ()
    trouble: Trouble = Trouble.NOT_VISIBLE
    provisional: set[str] = field(default_factory=set)

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        answer = await super().look_up(record_ids)
        if {*self.spoilers} & {*record_ids}:
            raise ErpTrouble(self.trouble, "so it goes")
        return [replace(each, provisional=each.record_id in self.provisional) for each in answer]


@pytest.fixture
def erp() -> FussyErp:
    return FussyErp()


@pytest.fixture
async def books(
    kind: str, templates: Templates, tmp_path: Path, erp: FussyErp
) -> AsyncIterator[Desk]:
    """A hundred synced invoices, and an ERP that was never checked."""
    settings = Settings(
        database_url=SecretStr(templates.copy(kind, "hundred", fill, tmp_path)), data_dir=tmp_path
    )
    async with open_services(settings) as (database, services):
        yield Desk(database, replace(services, erps=erp), erp)


async def checked(books: Desk) -> str:
    (integration,) = await books.services.invoices.integrations(HARBOR)
    return str(await check_integration(books.services, integration))


async def test_a_batch_is_one_question(books: Desk, erp: FussyErp) -> None:
    erp.states["BILL-7"] = RecordState.ABSENT

    assert await checked(books) == "99 records seen, 1 not there"
    assert len(erp.asked) == 1


@pytest.mark.parametrize("trouble", [Trouble.NOT_VISIBLE, Trouble.UNEXPECTED_ANSWER])
@pytest.mark.parametrize(
    ("spoilers", "most"), [((1,), 15), ((100,), 15), ((13, 50, 88), QUESTIONS)], ids=str
)
async def test_what_spoils_a_batch_is_found_by_halves(
    books: Desk, erp: FussyErp, trouble: Trouble, spoilers: Sequence[int], most: int
) -> None:
    erp.spoilers, erp.trouble = [f"BILL-{n}" for n in spoilers], trouble
    seen = INVOICES - len(spoilers)

    assert await checked(books) == f"{seen} records seen, 0 not there, {len(spoilers)} in doubt"
    assert len(erp.asked) <= most


async def test_an_erp_that_answers_nothing_is_not_asked_about_each(
    books: Desk, erp: FussyErp
) -> None:
    erp.spoilers = [f"BILL-{n}" for n in range(1, INVOICES + 1)]

    assert await checked(books) == "0 records seen, 0 not there, 100 in doubt"
    assert len(erp.asked) == QUESTIONS


async def test_another_trouble_ends_the_check(books: Desk, erp: FussyErp) -> None:
    erp.spoilers, erp.trouble = ["BILL-7"], Trouble.RATE_LIMITED

    with pytest.raises(ErpTrouble):
        await checked(books)
    assert len(erp.asked) == 1


async def test_what_was_seen_for_now_alone_does_not_count_as_seen(
    books: Desk, erp: FussyErp
) -> None:
    erp.provisional = {"BILL-1"}
    await checked(books)

    draft, posted = (await books.invoice(1)).link, (await books.invoice(2)).link

    assert draft is not None
    assert draft.record_state is RecordState.OPEN
    assert draft.seen_at is None
    assert posted is not None
    assert posted.seen_at == posted.checked_at


async def test_a_canary_that_was_deleted_is_not_seen_whatever_is_told_of_it(
    books: Desk, erp: FussyErp
) -> None:
    await checked(books)
    erp.states[CANARY.record_id] = RecordState.DELETED

    with pytest.raises(ErpTrouble, match="must be visible, was not seen"):
        await checked(books)
