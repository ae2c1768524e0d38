"""What is known of a request while it is answered: the endpoint's side and the schema's."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

from telemetry.names import NONE


@dataclass(slots=True)
class Operation:
    """One GraphQL operation, in words of closed lists."""

    began: float = field(default_factory=perf_counter)
    kind: str = NONE
    name: str = NONE
    fields: tuple[str, ...] = ()
    """The root fields that are asked for and that the schema has."""
    viewer: int | None = None
    cost: int | None = None
    codes: tuple[str, ...] = ()

    def told(self) -> dict[str, object]:
        """As a log line tells it."""
        return {
            "operation": self.name,
            "kind": self.kind,
            "fields": list(self.fields),
            "viewer": self.viewer,
            "cost": self.cost,
            "errors": list(self.codes),
        }


@dataclass(slots=True)
class Exchange:
    """One HTTP request, or one WebSocket and all that is asked over it."""

    request_id: str | None = None
    over_socket: bool = False
    operation: Operation | None = None
    """Of an HTTP request, once it has been executed."""
    operations: int = 0


current_exchange: ContextVar[Exchange | None] = ContextVar("current_exchange", default=None)


def milliseconds_since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 1)
