"""The command: `python -m bench`, or `make bench`."""

import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Annotated

import typer

from bench.book import SMALL, Book
from bench.cold_starts import cold_starts
from bench.databases import KINDS
from bench.deep_pages import deep_pages
from bench.imports import imports
from bench.isolation import BOOK, SMALL_BOOK, isolation
from bench.lasting import lasting
from bench.machine import as_text, described
from bench.many_processes import many_processes
from bench.operations import MEANING
from bench.report import Report
from bench.rounds import Plan, measure
from bench.stage import Stage, stage
from bench.tables import tables
from bench.targets import peer, service
from tests.servers.parts import PartUnavailable

app = typer.Typer(
    help="Measure this service. Without a command: the table of all operations.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
Small = Annotated[bool, typer.Option("--small", help="A few thousand invoices: a quick look.")]
On = Annotated[str, typer.Option(help="On which databases, with commas between.")]
Seconds = Annotated[float, typer.Option(help="How long each load lasts.")]
Write = Annotated[Path | None, typer.Option(help="The page to put the figures into.")]
Folder = Annotated[Path, typer.Option(help="Where the figures are kept as JSON.")]

BOTH, KEPT = ",".join(KINDS), Path(".cache/bench")


@app.callback(invoke_without_command=True)
def operations(
    context: typer.Context,
    small: Small = False,
    on: On = BOTH,
    seconds: Seconds = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How many; the table has medians.")] = 3,
    connections: Annotated[str, typer.Option(help="How many ask at once.")] = "1,16,64",
    operation: Annotated[str, typer.Option(help="Which.")] = ",".join(MEANING),
    peer_url: Annotated[
        str, typer.Option("--peer", help="A server of others, loaded in the same rounds.")
    ] = "",
    peer_bodies: Annotated[
        Path | None, typer.Option(help="The folder of its request bodies: q1, q2, q3, m1.")
    ] = None,
    peer_header: Annotated[
        list[str] | None, typer.Option(help="A header it wants, as NAME:VALUE.")
    ] = None,
    write: Write = None,
    folder: Folder = KEPT,
) -> None:
    """All operations under load, on each database, beside a peer if there is one."""
    if context.invoked_subcommand is not None:
        return
    if peer_url and peer_bodies is None:
        raise typer.BadParameter("say with --peer-bodies what the peer is asked")
    plan = Plan([int(each) for each in connections.split(",")], _list(operation), seconds, rounds)
    with _stage(small, on) as found, ExitStack() as stack:
        targets = [
            stack.enter_context(service(each, found.bodies, found.beside(f"on-{each.kind}")))
            for each in found.databases
        ]
        if peer_url and peer_bodies:
            headers = dict(each.split(":", 1) for each in peer_header or ())
            targets.append(peer(peer_url, peer_bodies, headers))
        measured = measure(targets, plan)
    machine = described(_list(on))
    text = f"{as_text(machine)}\n\n{tables(measured, 'peer' if peer_url else None)}"
    figures = {"machine": machine, "figures": [each.told() for each in measured]}
    Report("operations", text, figures).tell(folder, write)


@app.command("lasting")
def _lasting(
    minutes: Annotated[int, typer.Option(min=1)] = 10,
    small: Small = False,
    on: On = BOTH,
    write: Write = None,
    folder: Folder = KEPT,
) -> None:
    """Full load for long: memory, errors, connections left open."""
    with _stage(small, on) as found:
        lasting(found, minutes, seconds=6 if small else 60).tell(folder, write)


@app.command("processes")
def _processes(
    workers: Annotated[int, typer.Option(min=2)] = 2,
    seconds: Seconds = 5,
    small: Small = False,
    on: On = BOTH,
    write: Write = None,
    folder: Folder = KEPT,
) -> None:
    """Several processes against one."""
    with _stage(small, on) as found:
        many_processes(found, workers, seconds).tell(folder, write)


@app.command("deep")
def _deep(
    depth: Annotated[int, typer.Option(min=100)] = 50_000,
    seconds: Seconds = 2,
    small: Small = False,
    on: On = BOTH,
    write: Write = None,
    folder: Folder = KEPT,
) -> None:
    """A page far down the list against the first one."""
    with _stage(small, on) as found:
        deep_pages(found, 1_000 if small else depth, seconds).tell(folder, write)


@app.command("cold")
def _cold(small: Small = False, on: On = BOTH, write: Write = None, folder: Folder = KEPT) -> None:
    """From the start of the process to the first answer."""
    with _stage(small, on) as found:
        cold_starts(found).tell(folder, write)


@app.command("imports")
def _imports(on: On = BOTH, write: Write = None, folder: Folder = KEPT) -> None:
    """The import of 100,000 requisitions."""
    imports(_list(on)).tell(folder, write)


@app.command("isolation")
def _isolation(
    seconds: Seconds = 2,
    small: Small = False,
    on: On = BOTH,
    write: Write = None,
    folder: Folder = KEPT,
) -> None:
    """One company's unlinks while another company's ERP is dead."""
    book = SMALL_BOOK if small else BOOK
    with _filled(on, book) as found:
        isolation(found, book, seconds).tell(folder, write)


def _stage(small: bool, on: str) -> AbstractContextManager[Stage]:
    return _filled(on, SMALL if small else Book())


def _filled(on: str, book: Book) -> AbstractContextManager[Stage]:
    if unknown := set(_list(on)) - set(KINDS):
        raise typer.BadParameter(f"there is no database {', '.join(unknown)}: {BOTH}")
    return stage(_list(on), book)


def _list(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


if __name__ == "__main__":
    try:
        app()
    except PartUnavailable as missing:
        sys.exit(str(missing))
