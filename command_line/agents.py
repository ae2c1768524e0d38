"""What an administrator sees and sets up of agents: here, of the QuickBooks Web Connector."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from adapters.imports.fields import LARGEST_ID
from adapters.store.agents import SqlAgentSessions
from adapters.web_connector.qwc import ERP, UnusableUrl, qwc
from command_line.connection_services import Everything, named, opened
from command_line.told import run, stop
from domain.erps import ErpIntegration

CompanyId = Annotated[int, typer.Option("--company", help="Whose.", min=1, max=LARGEST_ID)]
IntegrationId = Annotated[
    int, typer.Option("--integration", help="Of which ERP integration.", min=1, max=LARGEST_ID)
]


def write_qwc(
    company: CompanyId,
    integration: IntegrationId,
    url: Annotated[
        str,
        typer.Option(
            help="Where this service is reached from outside, as https://erp-link.example."
        ),
    ],
    every: Annotated[
        int, typer.Option(help="How often the Web Connector calls, in minutes.", min=1, max=1440)
    ] = 5,
    file: Annotated[
        Path | None, typer.Option("--file", help="Where to write it; unsaid: standard output.")
    ] = None,
) -> None:
    """Make the .qwc file of a connection to QuickBooks Desktop, for its Web Connector."""

    async def work() -> ErpIntegration:
        async with opened() as all:
            one = await all.integration(company, integration)
            if one.erp != ERP:
                stop(f"{named(one)} is no QuickBooks Desktop")
            await all.erps.connected(one)  # an unusable connection is told now, not by "nvu"
            return one

    one = run(work())
    try:
        written = qwc(one, url, every)
    except UnusableUrl as problem:
        stop(f"--url {problem}")
    if file is None:
        sys.stdout.write(written.decode())
    else:
        file.write_bytes(written)
        typer.echo(
            f"{named(one)}: written to {file}. The password is typed into the Web Connector."
        )


async def last_visit(all: Everything, one: ErpIntegration, *, new_canary: bool) -> tuple[bool, str]:
    """Whether the agent of an ERP that can only be polled comes and is answered; in words."""
    sessions = SqlAgentSessions(all.vault.secrets.database)
    if new_canary:
        await sessions.forget_canary(one)
    visit = await sessions.visit(one)
    if visit is None:
        return False, "its agent has never called: is it set up as docs/erps.md says?"
    called = f"its agent called last on {visit.called_at.isoformat(timespec='seconds')}"
    if visit.trouble is not None:
        return False, f"{called}: {visit.trouble}"
    if new_canary or one.canary is None:
        return True, f"{called}; its next visit chooses a record that must be visible"
    return True, f"ok, {called}"
