"""How long a database is waited for, and how it is noticed that PostgreSQL is gone."""

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

PLANNING = {"plan_cache_mode": "force_generic_plan"}
"""PostgreSQL plans each statement once for a connection, whatever its values are: to plan the list
costs three times what to run it does. What only the values tell, such as how rare a text is, a
statement has to find out itself: see `adapters.store.nearest`."""
WRITING = {"datestyle": "ISO"}
"""How days and instants are written that are read as text: see `adapters.store.columns`."""
LEFT_ALONE = {"client_connection_check_interval": "2s"}
"""A statement is given up when nobody waits for it any more: no lock outlives its process."""
BUSY_SECONDS = 15
"""How long a SQLite writer waits for the one before it."""
UNHEARD_SECONDS = 5
"""How long what was sent may go unacknowledged before the connection counts as lost."""
OUT_OF_PATIENCE = {"57014", "55P03", "25P03"}
"""What PostgreSQL says when a time of ours is over: statement, lock, idle transaction.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds; None: for ever. The server ends what takes too long, and says so; the client
    gives up `grace` later, when the server says nothing at all."""

    connecting: float
    place: float
    """How long to wait for a place in the pool."""
    statement: float | None = None
    lock: float | None = None
    idle: float | None = None
    """How long a transaction may do nothing."""
    grace: float = 2

    def connecting_to_postgresql(self) -> dict[str, Any]:
        """The arguments with which a connection is made."""
        bounds = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        told = {name: f"{seconds:g}s" for name, seconds in bounds.items() if seconds is not None}
        return {
            "async_creator_fn": _connect,
            "timeout": self.connecting,
            "command_timeout": None if self.statement is None else self.statement + self.grace,
            "server_settings": PLANNING | LEFT_ALONE | WRITING | told,
        }


SERVING = Patience(connecting=5, place=5, statement=8, lock=4, idle=10)
"""Of requests, behind each of which somebody waits."""
WORKING = Patience(connecting=10, place=30)
"""Of imports and migrations, which take as long as they take."""


def took_too_long(error: object) -> bool:
    """Whether a database, PostgreSQL or SQLite, gave up on what it was asked."""
    return getattr(error, "sqlstate", None) in OUT_OF_PATIENCE or "database is locked" in str(error)


def drop_the_lost(engine: AsyncEngine) -> None:
    """Hand out no connection that is known to be lost, and let go at once of one given up."""
    event.listen(engine.sync_engine, "checkout", _still_there)
    event.listen(engine.sync_engine, "invalidate", _let_go)


async def _connect(*address: Any, **options: Any) -> Any:
    connection = await asyncpg.connect(*address, **options)
    transport: asyncio.Transport = connection._transport
    if (reached := transport.get_extra_info("socket")) is not None:
        _be_told_of_silence(reached)
    return connection


def _be_told_of_silence(reached: socket.socket) -> None:
    if reached.family not in (socket.AF_INET, socket.AF_INET6):
        return
    reached.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Where the kernel has no such option, the statement's own time has to do.
    for name, value in (
        ("TCP_KEEPIDLE", 30),
        ("TCP_KEEPINTVL", UNHEARD_SECONDS),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", UNHEARD_SECONDS * 1000),
    ):
        if hasattr(socket, name):
            reached.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _still_there(connection: Any, record: Any, proxy: Any) -> None:
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _let_go(connection: Any, record: Any, error: BaseException | None) -> None:
    # Else it would be asked to close in good order, and waited for: of what does not answer.
    if connection is not None:
        connection.driver_connection.terminate()
