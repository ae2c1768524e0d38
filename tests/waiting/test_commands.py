"""What the command line says where the ERP can only be polled."""

import pytest

from command_line.data import look_at_new_links
from tests.builders import HARBOR
from tests.fakes import contents
from tests.waiting.conftest import Office


async def test_after_an_import_the_records_are_left_to_the_agent(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await contents(office.database, HARBOR)

    await look_at_new_links(office.service.services, HARBOR)

    said = capsys.readouterr()
    assert said.out == "Harbor ledger: its agent looks at the records when it calls.\n"
    assert said.err == ""
    assert await contents(office.database, HARBOR) == before
