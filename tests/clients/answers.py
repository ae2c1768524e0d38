"""What every client can be asked, whatever it is made of, and what it shows."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Told:
    """An error, as far as the client's error object shows it."""

    message: str
    code: str | None = None
    status: int | None = None
    """Of HTTP, or the code with which a WebSocket was closed."""


@dataclass(frozen=True)
class Sent:
    """A request by HTTP: its parameters are those of GraphQL over HTTP."""

    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    data: Any = None
    errors: tuple[Told, ...] = ()
    sent: tuple[Sent, ...] = ()

    @property
    def codes(self) -> list[str | None]:
        return [error.code for error in self.errors]


@dataclass(frozen=True)
class Connection:
    """How a client connects."""

    url: str
    tokens: tuple[str, ...]
    """One for each connection; the last for all that follow."""
    subscriptions: Literal["websocket", "sse"] = "websocket"
    documents: Literal["whole", "automatic", "trusted"] = "whole"


Events = AsyncIterator[Answer]


class Client(Protocol):
    async def ask(self, document: str, **variables: object) -> Answer:
        """Ask a query or a mutation: by its name among `operations`, or by its text."""

    def watch(self, document: str, **variables: object) -> AbstractAsyncContextManager[Events]:
        """Subscribe, for as long as the context lasts."""
