"""The secrets of connections as the database keeps them: it never sees one in clear.

Everything here is a compare-and-set of one statement: nobody holds a connection of the pool, or
a transaction, while an ERP is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from adapters.store.engine import Database
from adapters.store.rows import table
from adapters.store.statements import inside
from adapters.store.tables import ConnectionSecretRow

SECRETS = table(ConnectionSecretRow)
ConnectionKey = tuple[int, int]
"""The ids of a company and of its integration."""


class database_milliseconds(FunctionElement[int]):
    """Now, in milliseconds since 1970, by the one clock that all processes share."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_milliseconds, "postgresql")
def _by_postgresql(element: Any, compiler: Any, **_: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(database_milliseconds, "sqlite")
def _by_sqlite(element: Any, compiler: Any, **_: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS BIGINT)"


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One connection's settings, encrypted, in one of their versions."""

    company_id: int
    integration_id: int
    version: UUID
    entry: UUID
    sealed: bytes = field(repr=False)
    changed_at: datetime

    @property
    def key(self) -> ConnectionKey:
        return self.company_id, self.integration_id


SEEN = [SECRETS.c[name] for name in SealedSecret.__slots__]


@dataclass(frozen=True, slots=True)
class SqlConnectionSecrets:
    """The sealed secrets of companies' connections."""

    database: Database

    async def find(self, key: ConnectionKey) -> SealedSecret | None:
        async with self.database.reading() as connection:
            found = await connection.execute(select(*SEEN).where(_this(key)))
        row = found.one_or_none()
        return None if row is None else SealedSecret(*row)

    async def of(self, company_id: int) -> Sequence[SealedSecret]:
        """All of a company's, by integration."""
        wanted = select(*SEEN).where(inside(company_id, SECRETS))
        async with self.database.reading() as connection:
            found = await connection.execute(wanted.order_by(SECRETS.c.integration_id))
        return [SealedSecret(*row) for row in found]

    async def put(self, key: ConnectionKey, sealed: bytes) -> UUID:
        """Enter settings, in place of those there are, if any; no lease outlives that.

        Answers their version, which is their entry too.
        """
        version = uuid4()
        new = {
            "version": version,
            "entry": version,
            "sealed": sealed,
            "changed_at": datetime.now(UTC),
            "lease_holder": None,
            "lease_ends_at": None,
        }
        where = dict(zip(("company_id", "integration_id"), key, strict=True))
        async with self.database.writing() as connection:
            on_sqlite = connection.dialect.name == "sqlite"
            insert = sqlite.insert if on_sqlite else postgresql.insert
            await connection.execute(
                insert(SECRETS)
                .values(where | new)
                .on_conflict_do_update(index_elements=list(where), set_=new)
            )
        return version

    async def replace(self, old: SealedSecret, sealed: bytes) -> UUID | None:
        """Keep a new version in place of that very one, and end the lease.

        None, and nothing is written, when it is not the newest any more.
        """
        version = uuid4()
        new = {"version": version, "sealed": sealed, "changed_at": datetime.now(UTC)}
        this = and_(_this(old.key), SECRETS.c.version == old.version)
        done = await self._update(this, new | {"lease_holder": None, "lease_ends_at": None})
        return version if done else None

    async def reseal(self, old: SealedSecret, sealed: bytes) -> bool:
        """Keep the same settings under another key; False when they are not the same any more."""
        this = and_(
            _this(old.key), SECRETS.c.version == old.version, SECRETS.c.sealed == old.sealed
        )
        return await self._update(this, {"sealed": sealed})

    async def remove(self, key: ConnectionKey) -> bool:
        """Whether there was something to remove."""
        async with self.database.writing() as connection:
            return (await connection.execute(delete(SECRETS).where(_this(key)))).rowcount == 1

    async def lease(self, key: ConnectionKey, holder: UUID, seconds: float) -> SealedSecret | None:
        """Take the lease of a connection, and answer its newest version.

        None when somebody else holds it, or when there is no such connection.
        """
        now = database_milliseconds()
        free = or_(SECRETS.c.lease_ends_at.is_(None), SECRETS.c.lease_ends_at <= now)
        taking = (
            update(SECRETS)
            .where(_this(key), free)
            .values(lease_holder=holder, lease_ends_at=now + round(seconds * 1000))
            .returning(*SEEN)
        )
        async with self.database.writing() as connection:
            row = (await connection.execute(taking)).one_or_none()
        return None if row is None else SealedSecret(*row)

    async def release(self, key: ConnectionKey, holder: UUID) -> None:
        """Give the lease back, if it is the holder's still."""
        this = and_(_this(key), SECRETS.c.lease_holder == holder)
        await self._update(this, {"lease_holder": None, "lease_ends_at": None})

    async def _update(self, this: ColumnElement[bool], values: dict[str, Any]) -> bool:
        async with self.database.writing() as connection:
            return (
                await connection.execute(update(SECRETS).where(this).values(values))
            ).rowcount == 1


def _this(key: ConnectionKey) -> ColumnElement[bool]:
    company_id, integration_id = key
    return and_(inside(company_id, SECRETS), SECRETS.c.integration_id == integration_id)
