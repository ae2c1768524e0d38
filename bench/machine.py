"""The machine and the versions: figures mean nothing without them."""

import os
import platform
import subprocess
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from sqlite3 import sqlite_version

from tests.servers.postgresql import programs

PACKAGES = (
    "strawberry-graphql",
    "graphql-core",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "sqlmodel",
    "SQLAlchemy",
    "asyncpg",
    "aiosqlite",
)


def described(kinds: Collection[str]) -> dict[str, str]:
    """Line by line, for the report; `kinds` are the databases that were measured."""
    databases = {
        "sqlite": lambda: f"SQLite {sqlite_version}",
        "postgresql": lambda: _said(programs() / "postgres", "--version"),
    }
    return {
        "Measured": datetime.now(UTC).strftime("%d %B %Y"),
        "Machine": f"{os.cpu_count()} cores, {_processor()}, {_memory()}, {platform.platform()}",
        "Python": platform.python_version(),
        "Databases": ", ".join(databases[kind]() for kind in kinds),
        "Packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def as_text(lines: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in lines.items())


def _processor() -> str:
    lines = _lines("/proc/cpuinfo")
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _memory() -> str:
    sizes = (line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    return f"{int(next(sizes, '0')) / 2**20:.0f} GB"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
