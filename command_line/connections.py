"""Commands about the connections to ERPs."""

from typing import Annotated

import typer

from app import open_services
from command_line.told import read_settings, require_current, run
from domain.erps import ErpTrouble
from resolvers.check_integration import check_integration

app = typer.Typer(help="The connections to ERPs.", no_args_is_help=True)


@app.callback()
def _connections() -> None:
    """The connections to ERPs."""


@app.command()
def check(
    company: Annotated[int | None, typer.Option(help="Only this company's connections.")] = None,
    new_canary: Annotated[
        bool,
        typer.Option(help="Choose anew the record that must be visible, if the old one is gone."),
    ] = False,
) -> None:
    """Ask every ERP whether we see its records, and in what state the linked ones are."""
    settings = read_settings()

    async def work() -> int:
        wrong = 0
        async with open_services(settings) as (database, services):
            await require_current(database)
            every = [each.id for each in await services.directory.companies()]
            for company_id in every if company is None else [company]:
                for integration in await services.invoices.integrations(company_id):
                    where = f"{company_id}/{integration.id} {integration.name} ({integration.erp})"
                    try:
                        found = await check_integration(
                            services, integration, new_canary=new_canary
                        )
                    except ErpTrouble as trouble:
                        wrong += 1
                        typer.echo(f"{where}: {trouble}")
                        continue
                    typer.echo(f"{where}: ok, {found}")
        return wrong

    if run(work()):
        raise typer.Exit(1)
