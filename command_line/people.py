"""The command that makes tokens for the demo people."""

from typing import Annotated

import typer

from adapters.demo import demo_people
from adapters.tokens import DemoIssuer
from command_line.told import make_data_dir, read_settings, stop, told


def token(
    subject: Annotated[str, typer.Option("--as", help="Who to act as, such as ada.")],
) -> None:
    """Print a token for a demo person, and nothing else."""
    names = [person.subject for person in demo_people()]
    if subject not in names:
        stop(f"there is no demo person {subject!r}: choose one of {', '.join(names)}")
    settings = read_settings()
    if settings.oidc_issuers:
        stop("with ERP_LINK_OIDC_ISSUERS set, demo tokens open nothing: ask that issuer for one")
    if not settings.takes_demo_tokens:
        stop("demo tokens open nothing here: set ERP_LINK_DEMO=true to try it with demo people")
    folder = make_data_dir(settings)
    with told():
        typer.echo(DemoIssuer.open(folder).token(subject))
