"""Reading a connection's settings without their standing in a command that a shell remembers."""

import json
import re
import sys
from pathlib import Path

import typer

from command_line.told import stop

LARGEST = 64 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_WRONG = 'the settings must be a JSON object of texts, such as {"url": "..."}'


def read_connection(file: Path | None) -> dict[str, str]:
    """From a file; from standard input, for `-` and where that is no terminal; or asked for.

    Nothing of what is read is ever repeated.
    """
    if file is None and sys.stdin.isatty():
        return _asked()
    if file is None or str(file) == "-":
        return _settings(sys.stdin.buffer.read(LARGEST + 1))
    with file.open("rb") as opened:
        return _settings(opened.read(LARGEST + 1))


def _settings(read: bytes) -> dict[str, str]:
    if len(read) > LARGEST:
        stop(f"the settings must not be longer than {LARGEST} bytes")
    try:
        settings = json.loads(read)
    except (ValueError, RecursionError):
        stop(_WRONG)
    if not isinstance(settings, dict) or not all(isinstance(v, str) for v in settings.values()):
        stop(_WRONG)
    if not all(map(_NAME.fullmatch, settings)):
        stop("the name of a setting must be letters, digits and _")
    return settings


def _asked() -> dict[str, str]:
    settings = dict[str, str]()
    typer.echo("The settings of the connection, see docs/erps.md. Values are not shown.", err=True)
    while name := typer.prompt("Setting (Enter to end)", default="", show_default=False, err=True):
        if not _NAME.fullmatch(name):
            typer.echo("letters, digits and _, please", err=True)
            continue
        settings[name] = typer.prompt(f"Value of {name}", hide_input=True, err=True)
    return settings
