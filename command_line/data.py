"""Commands that write the database: migrate, seed, import."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.demo import seed as seed_demo
from adapters.demo.companies import COMPANIES
from adapters.erps.demo import DemoBills
from adapters.imports import (
    DirectoryFile,
    RequisitionsFile,
    import_directory,
    import_requisitions,
    read_file,
)
from adapters.settings import Settings
from adapters.store.engine import open_database
from app import open_services
from command_line.told import make_data_dir, read_settings, require_current, run, stop, told
from domain.erps import AskedLater, ErpTrouble
from resolvers.check_integration import check_integration
from resolvers.context import Services

if TYPE_CHECKING:  # rich takes 5 MB, which serving does without
    from rich.progress import Progress


def migrate(
    revision: Annotated[
        str, typer.Argument(help="Where to: `head`, or `base` for empty.")
    ] = "head",
) -> None:
    """Bring the database's schema to this version."""
    # Serving, which this module comes along with, does without Alembic: adapters.store.revision.
    from adapters.store import migrate as migrations

    settings = read_settings()
    make_data_dir(settings)

    async def work() -> None:
        database = open_database(settings.url_of_database)
        try:
            await migrations.migrate(database, revision)
        finally:
            await database.engine.dispose()

    run(work())


def seed() -> None:
    """Add the demo companies, their people and their ERP, unless they are there already."""
    settings = read_settings()
    make_data_dir(settings)

    async def work() -> None:
        async with open_services(settings) as (database, services):
            await require_current(database)
            await seed_demo(database, DemoBills.of(settings.data_dir))
            for company in COMPANIES:
                for integration in await services.invoices.integrations(company.id):
                    await check_integration(services, integration, only_unseen=True)

    run(work())
    typer.echo("The demo data are in place.")


def import_file(
    file: Annotated[Path, typer.Argument(help="Requisitions or a directory; see docs/import.md.")],
    company: Annotated[
        int | None, typer.Option(help="The company's id; needed when there are several.")
    ] = None,
    integration: Annotated[
        int | None, typer.Option(help="The integration's id; needed when there are several.")
    ] = None,
) -> None:
    """Import requisitions or a company's directory; all of the file, or nothing of it."""
    settings = read_settings()
    make_data_dir(settings)
    with told():
        content = read_file(file)
    if isinstance(content, DirectoryFile):
        run(_import_directory(settings, content))
    else:
        run(_import_requisitions(settings, content, company, integration))


async def _import_directory(settings: Settings, content: DirectoryFile) -> None:
    async with open_services(settings) as (database, _):
        await require_current(database)
        company_id = await import_directory(database, content.document)
    typer.echo(f"Imported the directory of company {company_id}.")


async def _import_requisitions(
    settings: Settings, content: RequisitionsFile, company: int | None, integration: int | None
) -> None:
    async with open_services(settings) as (database, services):
        await require_current(database)
        company_id = company if company is not None else await _only_company(services)
        with _progress() as progress:
            task = progress.add_task("import", total=content.size)
            report = await import_requisitions(
                database,
                content.rows(),
                company_id,
                integration,
                on_row=lambda: progress.update(task, completed=content.bytes_read),
            )
        counts = asdict(report).items()
        typer.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts))
        if report.linked or report.relinked:
            await look_at_new_links(services, company_id)


async def look_at_new_links(services: Services, company_id: int) -> None:
    """See the records that were linked just now, so that their deletion can be told later.

    An ERP that cannot be asked now is no fault of the import: it is said, and that is all.
    """
    for integration in await services.invoices.integrations(company_id):
        try:
            check = await check_integration(services, integration, only_unseen=True)
        except AskedLater:
            typer.echo(f"{integration.name}: its agent looks at the records when it calls.")
        except ErpTrouble as trouble:
            typer.echo(
                f"{integration.name}: the records could not be looked at ({trouble}). "
                "Run `erp-link connections check` when that is mended.",
                err=True,
            )
        else:
            typer.echo(f"{integration.name}: {check}.")


async def _only_company(services: Services) -> int:
    companies = await services.directory.companies()
    if len(companies) == 1:
        return companies[0].id
    if not companies:
        stop("there is no company yet: import its directory first (docs/import.md)")
    listed = ", ".join(f"{each.id} ({each.name})" for each in companies)
    stop(f"say whose requisitions these are with --company: {listed}")


def _progress() -> "Progress":
    """A bar that shows how far it is."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeRemaining

    columns = (TextColumn("Importing"), BarColumn(), TaskProgressColumn(), TimeRemaining())
    return Progress(*columns, transient=True)
