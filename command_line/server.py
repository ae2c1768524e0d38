"""The command that runs the service."""

import socket

import typer
import uvicorn

from adapters.demo import demo_people
from adapters.settings import Settings
from adapters.store.engine import open_database
from adapters.tokens import DemoIssuer
from app import create_app
from command_line.told import make_data_dir, read_settings, require_current, run, stop, told


def serve() -> None:
    """Run the service, and say where to go next."""
    settings = read_settings()
    make_data_dir(settings)
    run(_check(settings))
    with told():
        # The application asks for no other: with issuers configured, no key is made.
        issuer = None if settings.oidc_issuers else DemoIssuer.open(settings.data_dir)
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    typer.echo(welcome(issuer, f"http://{f'[{host}]' if ':' in host else host}:{port}"))
    config = uvicorn.Config(create_app(settings), log_level="info", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


async def _check(settings: Settings) -> None:
    database = open_database(settings.url_of_database)
    try:
        await require_current(database)
    finally:
        await database.engine.dispose()


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as problem:
        stop(
            f"cannot listen on {settings.host}:{settings.port} ({problem.strerror}): "
            "stop what is using it, or choose another with ERP_LINK_PORT"
        )


def welcome(issuer: DemoIssuer | None, address: str) -> str:
    """Where to go next, and a ready token for each demo person while the demo issuer is in use."""
    lines = [
        "",
        f"ERP Link is at {address}",
        f"  GraphiQL  {address}/graphiql",
        f"  GraphQL   {address}/graphql",
        "",
    ]
    if issuer is None:
        return "\n".join(lines)
    lines += [
        "Open GraphiQL as one of the demo people (the link holds a token, good for 12 hours):",
        "",
    ]
    for person in demo_people():
        token = issuer.token(person.subject)
        lines += [
            f"  {person.subject}: {person.name}, {person.remark}",
            f"    link   {address}/graphiql#token={token}",
            f"    token  {token}",
            "",
        ]
    return "\n".join(lines)
