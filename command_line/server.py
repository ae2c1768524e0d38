"""The command that runs the service."""

import gc
import socket
import sys
from typing import Annotated

import typer
import uvicorn

from adapters.settings import Settings
from adapters.store.engine import open_database
from adapters.tokens import DemoIssuer
from app import PAGE_DOCUMENTS, create_app
from command_line.told import make_data_dir, read_settings, require_current, run, stop, told
from command_line.welcome import welcome
from endpoint.trusted_documents import open_documents
from schema import schema
from serving.draining import Draining
from serving.limits import Limits
from serving.protocol import GuardedHttp
from serving.server import DrainingServer, Ending
from serving.websocket import GuardedWebSocket
from serving.workers import Workers
from telemetry.logs import configure_logging

LIMITS = Limits()


def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes share the address.")
    ] = 1,
) -> None:
    """Run the service, and say where to go next."""
    settings = read_settings()
    make_data_dir(settings)
    run(_check(settings))
    with told():
        # Told before there is a process that cannot start.
        open_documents(settings.trusted_documents, schema, PAGE_DOCUMENTS)
        # The application asks for no other: where demo tokens open nothing, no key is made.
        demo = DemoIssuer.open(settings.data_dir) if settings.takes_demo_tokens else None
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    typer.echo(welcome(demo, settings.oidc_issuers, address))
    if workers == 1:
        serve_on(settings, listening)
        return
    configure_logging(settings.log_level, settings.log_format)
    if not Workers([sys.executable, "-P", "-m", "command_line.worker"], listening, workers).run():
        raise typer.Exit(1)


def serve_on(
    settings: Settings,
    listening: socket.socket,
    lifeline: int | None = None,
    limits: Limits = LIMITS,
) -> None:
    """Serve in this process until told to end, or until `lifeline` (a pipe) falls silent."""
    configure_logging(settings.log_level, settings.log_format)
    draining = Draining()
    config = uvicorn.Config(
        create_app(settings, draining),
        loop="uvloop",
        http=GuardedHttp,
        ws=GuardedWebSocket,
        ws_max_size=128 * 1024,
        ws_per_message_deflate=False,  # a compressed message grows only after it is measured
        timeout_keep_alive=limits.idle_seconds,
        # uvicorn's own lines name the path with its query, which is nobody's business.
        log_config=None,
        access_log=False,
        server_header=False,
    )
    ending = Ending(notice_seconds=settings.ending_notice_seconds)
    server = DrainingServer(config, draining, limits.within_open_files(), ending, lifeline)
    spare_the_collector()
    server.run(sockets=[listening])


def spare_the_collector() -> None:
    """Have the garbage collector look rarely, and never at what is there now, which stays.

    A look at everything stops every request for 0.1 s (`bench/abuse.py`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


async def _check(settings: Settings) -> None:
    database = open_database(settings.url_of_database)
    try:
        await require_current(database)
    finally:
        await database.engine.dispose()


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=4096)
    except OSError as problem:
        stop(
            f"cannot listen on {settings.host}:{settings.port} ({problem.strerror}): "
            "stop what is using it, or choose another with ERP_LINK_PORT"
        )
