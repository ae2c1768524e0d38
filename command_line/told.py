"""What every command shares: settings, waiting, and trouble told in one line."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import DBAPIError, OperationalError

from adapters.erps.demo import DemoErpError
from adapters.imports import ImportRefused
from adapters.secret_keys import SecretKeyError
from adapters.settings import Settings
from adapters.store.engine import Database
from adapters.store.machine_tokens import UnknownToMachines
from adapters.store.revision import (
    CannotMigrate,
    DatabaseFromTheFuture,
    is_current,
    require_known,
)
from adapters.tokens import SigningKeyError
from domain.erps import ErpTrouble
from domain.ports import StoreUnavailable
from endpoint.trusted_documents import TrustedDocumentsUnusable

T = TypeVar("T")


def stop(message: str) -> NoReturn:
    """End with one line that says what to do."""
    typer.echo(f"erp-link: {message}", err=True)
    raise typer.Exit(1)


@contextmanager
def told() -> Iterator[None]:
    """Turn the trouble that a person can mend into one line; anything else is a bug, and shows."""
    try:
        yield
    except (
        ImportRefused,
        DatabaseFromTheFuture,
        CannotMigrate,
        SigningKeyError,
        SecretKeyError,
        ErpTrouble,
        DemoErpError,
        UnknownToMachines,
        TrustedDocumentsUnusable,
    ) as it:
        stop(str(it))
    except StoreUnavailable as problem:
        stop(f"the database cannot be used: {_first_line(problem.__cause__)}")
    except DBAPIError as problem:
        if problem.statement is not None and not isinstance(problem, OperationalError):
            raise
        stop(f"the database cannot be used: {_first_line(problem)}")
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        stop(f"{problem.strerror or problem}{where}")


def _first_line(problem: BaseException | None) -> str:
    if isinstance(problem, DBAPIError):
        problem = problem.orig
    if isinstance(problem, TimeoutError):
        return "it does not answer"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return str(problem).partition("\n")[0] or type(problem).__name__


def run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for a command's work, and tell its trouble."""
    with told():
        return asyncio.run(work)


def read_settings() -> Settings:
    """The settings, or one line that names the variable that is wrong, never its value."""
    try:
        return Settings()
    except SettingsError as wrong:
        stop(f"ERP_LINK_*: {wrong}")
    except ValidationError as wrong:
        first = wrong.errors(include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        stop(f"ERP_LINK_{name}: {first['msg']}")


def make_data_dir(settings: Settings) -> Path:
    """The data folder, made if need be and writable; or one line that says what to do."""
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as problem:
        stop(
            f"the data folder {folder} cannot be written ({problem.strerror}): "
            "make it writable, or choose another with ERP_LINK_DATA_DIR"
        )
    return folder


async def require_current(database: Database) -> None:
    """Stop unless the database's schema is the one that this code was written for.

    Raises DatabaseFromTheFuture when it is one that this code does not know.
    """
    if not await is_current(database):
        await require_known(database)
        stop("the database's schema is not this version's: run `erp-link migrate` first")
