"""Commands about the tokens of machines that call for a company."""

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from adapters.machine_tokens import LARGEST_COMPANY_ID, public_id, read_public_id
from adapters.store.machine_tokens import SqlMachineTokens
from app import open_services
from command_line.told import read_settings, require_current, run, stop
from domain.machines import MachineToken, Scope, with_what_they_need

app = typer.Typer(
    help="The tokens of machines that call for a company; see docs/signing-in.md.",
    no_args_is_help=True,
)
LONGEST_NAME = 100
_LIFETIME = re.compile(r"([1-9][0-9]{0,3})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


@app.command()
def create(
    company: Annotated[
        int,
        typer.Option(help="The one company it is good for.", min=1, max=LARGEST_COMPANY_ID),
    ],
    name: Annotated[str, typer.Option(help="What the audit calls the machine.")],
    scope: Annotated[
        list[Scope],
        typer.Option(help="What it is for. To unlink, name the projects too; reading comes along."),
    ],
    project: Annotated[
        list[int] | None,
        typer.Option(
            help="A project on which it may unlink; once for each.", min=1, max=LARGEST_COMPANY_ID
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(help="How long it is good, such as 90d or 12h; unsaid: until it is revoked."),
    ] = None,
) -> None:
    """Make a token and print it, this once, and nothing else."""
    settings = read_settings()
    _check_name(name)
    scopes, projects = with_what_they_need(scope), project or []
    if (Scope.UNLINK in scopes) is not bool(projects):
        stop("--scope unlink and --project go together: to unlink is granted project by project")
    ends = None if expires is None else datetime.now(UTC) + _lifetime(expires)

    async def work() -> str:
        async with open_services(settings) as (database, _):
            await require_current(database)
            tokens = SqlMachineTokens(database)
            return (await tokens.make(company, name, scopes, projects, ends)).reveal()

    typer.echo(run(work()))


@app.command("list")
def list_tokens(
    company: Annotated[
        int | None, typer.Option(help="Only this company's.", min=1, max=LARGEST_COMPANY_ID)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show all tokens that were made, but for their secrets."""
    settings = read_settings()

    async def work() -> list[MachineToken]:
        async with open_services(settings) as (database, services):
            await require_current(database)
            tokens = SqlMachineTokens(database)
            companies = [each.id for each in await services.directory.companies()]
            wanted = companies if company is None else [company]
            return [token for each in wanted for token in await tokens.of(each)]

    found = run(work())
    if as_json:
        typer.echo(json.dumps([_shown(token) for token in found], indent=2))
    else:
        typer.echo("\n".join(map(_as_text, found)) or "There are no machine tokens.")


@app.command()
def revoke(id: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> None:
    """Let a token in no more, from its next request on."""
    settings = read_settings()
    if (key := read_public_id(id)) is None:
        stop("that is no id of a token: `erp-link tokens list` shows them")

    async def work() -> MachineToken | None:
        async with open_services(settings) as (database, _):
            await require_current(database)
            return await SqlMachineTokens(database).revoke(*key)

    if (token := run(work())) is None:
        stop("there is no such token: `erp-link tokens list` shows them")
    typer.echo(f"{id} ({token.name}) is revoked since {_instant(token.revoked_at)}.")


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        stop(f"--name must be 1 to {LONGEST_NAME} printable characters")


def _lifetime(text: str) -> timedelta:
    parts = _LIFETIME.fullmatch(text)
    if parts is None:
        stop("--expires must be a number of days or hours, such as 90d or 12h")
    return int(parts[1]) * _UNITS[parts[2]]


def _shown(token: MachineToken) -> dict[str, object]:
    return {
        "id": public_id(token.company_id, token.id),
        "companyId": token.company_id,
        "name": token.name,
        "scopes": _words(token.scopes),
        "createdAt": _instant(token.created_at),
        "expiresAt": _instant(token.expires_at),
        "lastUsedAt": _instant(token.last_used_at),
        "revokedAt": _instant(token.revoked_at),
    }


def _as_text(token: MachineToken) -> str:
    """A block of lines: none of them breaks, however long a name is."""
    return "\n".join(
        [
            f"{public_id(token.company_id, token.id)}  {token.name}",
            f"  company    {token.company_id}",
            f"  scopes     {', '.join(_words(token.scopes))}",
            f"  made       {_instant(token.created_at)}",
            f"  expires    {_instant(token.expires_at) or 'never'}",
            f"  last used  {_instant(token.last_used_at) or 'not yet'}",
            f"  revoked    {_instant(token.revoked_at) or 'no'}",
            "",
        ]
    )


def _words(scopes: Collection[Scope]) -> list[str]:
    return [scope.value for scope in Scope if scope in scopes]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
