"""Commands about the connections to ERPs."""

import json
from pathlib import Path
from typing import Annotated

import typer

from adapters.imports.fields import LARGEST_ID
from adapters.stored_erps import name_of
from adapters.vault import FRESH_SECONDS
from command_line.agents import CompanyId, IntegrationId, last_visit, write_qwc
from command_line.connection_list import as_text, shown
from command_line.connection_services import named, opened
from command_line.connection_settings import read_connection
from command_line.told import run, stop
from domain.erps import AskedLater, ErpTrouble, Trouble
from resolvers.check_integration import check_integration

app = typer.Typer(help="The connections to ERPs; see docs/erps.md.", no_args_is_help=True)
app.command("qwc")(write_qwc)

OneCompany = Annotated[
    int | None,
    typer.Option("--company", help="Only this company's connections.", min=1, max=LARGEST_ID),
]

WHAT_IS_WRONG = {
    Trouble.NOT_CONFIGURED: "its settings cannot be used",
    Trouble.UNREACHABLE: "its host cannot be reached",
    Trouble.TIMEOUT: "its host does not answer in time",
    Trouble.UNAUTHORIZED: "its token or key is not accepted",
    Trouble.FORBIDDEN: "its user has no right to read bills",
    Trouble.NOT_VISIBLE: "it is another tenant or company there, or its user cannot see the bills",
    Trouble.RATE_LIMITED: "the ERP wants fewer requests: check again later",
    Trouble.SERVER_ERROR: "the ERP has a problem of its own",
    Trouble.UNEXPECTED_ANSWER: "its host does not answer as this ERP does: is its address right?",
    Trouble.STALE: "the ERP answers what it knew before it was asked",
}


@app.command()
def add(
    company: CompanyId,
    integration: IntegrationId,
    file: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            help="A file with the settings as JSON, or - for standard input. Unsaid: they are "
            "asked for, or read from standard input where that is no terminal.",
        ),
    ] = None,
) -> None:
    """Store how to reach an ERP, encrypted, in place of what was stored of it before."""

    async def work() -> None:
        async with opened() as all:
            one = await all.integration(company, integration)
            chosen = read_connection(file)
            all.erps.connection_of(one, chosen)
            await all.vault.put((one.company_id, one.id), chosen)
            typer.echo(f"{named(one)}: stored. Now run `erp-link connections check`.")
            if name_of(one) in all.settings.connections:
                typer.echo("What ERP_LINK_CONNECTIONS says of it does not count any more.")

    run(work())


@app.command()
def check(
    company: OneCompany = None,
    new_canary: Annotated[
        bool,
        typer.Option(help="Choose anew the record that must be visible, if the old one is gone."),
    ] = False,
) -> None:
    """Ask every ERP whether we see its records, and in what state the linked ones are."""

    async def work() -> int:
        wrong = 0
        async with opened() as all:
            for one in await all.integrations(company):
                try:
                    found = await check_integration(all.services, one, new_canary=new_canary)
                except AskedLater:
                    well, told = await last_visit(all, one, new_canary=new_canary)
                    wrong += not well
                    typer.echo(f"{named(one)}: {told}")
                    continue
                except ErpTrouble as trouble:
                    wrong += 1
                    what = WHAT_IS_WRONG[trouble.trouble]
                    typer.echo(f"{named(one)}: {what} ({trouble})")
                    continue
                typer.echo(f"{named(one)}: ok, {found}")
        return wrong

    if run(work()):
        raise typer.Exit(1)


@app.command()
def rotate() -> None:
    """Encrypt all that is stored with the newest key; the embedded default makes one for it."""

    async def work() -> int:
        wrong, done = 0, 0
        async with opened() as all:
            stored = [
                secret
                for each in await all.services.directory.companies()
                for secret in await all.vault.secrets.of(each.id)
            ]
            key = all.vault.keys.next() if stored else None
            for secret in stored:
                assert key is not None
                try:
                    done += await all.vault.reseal(secret, key)
                except ErpTrouble as trouble:
                    wrong += 1
                    typer.echo(f"{secret.company_id}/{secret.integration_id}: {trouble.detail}")
            said = f" now, with {key}" if key else ""
            typer.echo(f"{done} of {len(stored)} connections were encrypted anew{said}.")
        return wrong

    if run(work()):
        raise typer.Exit(1)


@app.command()
def remove(company: CompanyId, integration: IntegrationId) -> None:
    """Delete what is stored of a connection."""

    async def work() -> None:
        async with opened() as all:
            one = await all.integration(company, integration)
            if not await all.vault.secrets.remove((one.company_id, one.id)):
                stop(f"nothing is stored of {named(one)}")
            then = (
                "what ERP_LINK_CONNECTIONS says of it counts again"
                if name_of(one) in all.settings.connections
                else "who runs asks the ERP no more"
            )
            typer.echo(f"{named(one)}: removed. Within {FRESH_SECONDS:g} seconds {then}.")

    run(work())


@app.command("list")
def list_connections(
    company: OneCompany = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show where the settings of each connection are from, and none of them."""

    async def work() -> list[dict[str, object]]:
        async with opened() as all:
            return [await shown(all, one) for one in await all.integrations(company)]

    found = run(work())
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        typer.echo("\n".join(map(as_text, found)) or "There are no ERP integrations.")
