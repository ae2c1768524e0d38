"""Which machine a token lets in, and that it was used."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError

from adapters.machine_tokens import read_token
from adapters.store.directory import COMPANIES, MEMBERSHIPS, PEOPLE
from adapters.store.engine import Database
from adapters.store.machine_tokens import TOKENS, machine_token
from adapters.store.prepared import Prepared, Row
from adapters.store.rows import Values, split
from adapters.store.statements import inside
from adapters.tokens import InvalidToken
from domain.invoices import Company
from domain.machines import MachineToken
from domain.permissions import Viewer
from domain.ports import StoreUnavailable

NOBODY: Any = ({"secret_sha256": bytes(32)}, {}, {})
"""The secret of an unknown token is compared too: to be refused takes as long for any reason."""
ROUGHLY = timedelta(hours=1)
"""How old the last noted use may get before the next one is noted."""
COLUMNS = (*TOKENS.c, *PEOPLE.c, *COMPANIES.c)


class SqlMachines:
    """The machines that have tokens, over SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        dialect = database.engine.dialect
        self._bearer = Prepared(_bearer(), dialect)
        self._reading = [
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in COLUMNS
        ]
        self._noting: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def viewer(self, text: str) -> tuple[Viewer, MachineToken]:
        """The machine that a token lets in now, by one statement.

        Raises InvalidToken, with the same words whether the token is unknown, its secret is
        wrong, or it has expired or was revoked.
        """
        given, now = read_token(text), datetime.now(UTC)
        wanted = {"company_id": given.company_id, "id": given.id}
        found = await self.database.rows(self._bearer, wanted)
        own, person, company = self._read(found[0]) if found else NOBODY
        is_genuine = hmac.compare_digest(given.digest(), own["secret_sha256"])
        if not found or not is_genuine or not machine_token(own).is_good(now):
            raise InvalidToken("the token is unknown, expired or revoked")
        token = machine_token(own)
        self._note_use(token, now)
        companies = (Company(**company),) if company["id"] is not None else ()
        return Viewer(person["id"], person["name"], companies), token

    async def aclose(self) -> None:
        """Wait for the uses that are being noted."""
        await asyncio.gather(*self._noting.values())

    def _read(self, row: Row) -> list[Values]:
        """A row as the driver gives it, each value as its column's type reads it."""
        values = [
            read(value) if read else value for read, value in zip(self._reading, row, strict=True)
        ]
        return split(values, (TOKENS, PEOPLE, COMPANIES))

    def _note_use(self, token: MachineToken, now: datetime) -> None:
        """Aside, and seldom: no request waits for it, for on SQLite an import may be writing."""
        key = (token.company_id, token.id)
        is_recent = token.last_used_at is not None and now - token.last_used_at < ROUGHLY
        if not is_recent and key not in self._noting:
            noting = asyncio.create_task(self._write_use(key, now))
            self._noting[key] = noting
            noting.add_done_callback(lambda _: self._noting.pop(key))

    async def _write_use(self, key: tuple[int, str], now: datetime) -> None:
        company_id, id = key
        use = update(TOKENS).where(inside(company_id, TOKENS), TOKENS.c.id == id)
        with suppress(StoreUnavailable, SQLAlchemyError):  # of little weight: the next use notes it
            async with self.database.writing() as connection:
                await connection.execute(use.values(last_used_at=now))


@asynccontextmanager
async def open_machines(database: Database) -> AsyncIterator[SqlMachines]:
    """The machines of this database, for a process that lets them in."""
    machines = SqlMachines(database)
    try:
        yield machines
    finally:
        await machines.aclose()


def _bearer() -> Select[Any]:
    """A token, its machine, and the company while the machine belongs to it."""
    membership = and_(
        MEMBERSHIPS.c.company_id == TOKENS.c.company_id,
        MEMBERSHIPS.c.person_id == TOKENS.c.person_id,
    )
    source = (
        TOKENS.join(PEOPLE, PEOPLE.c.id == TOKENS.c.person_id)
        .outerjoin(MEMBERSHIPS, membership)
        .outerjoin(COMPANIES, COMPANIES.c.id == MEMBERSHIPS.c.company_id)
    )
    return (
        select(*COLUMNS)
        .select_from(source)
        .where(TOKENS.c.company_id == bindparam("company_id"), TOKENS.c.id == bindparam("id"))
    )
