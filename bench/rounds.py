"""Rounds: every target in turn, each round the other way around, and the medians of all."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.operations import MEANING
from bench.targets import Figures, Target

CHANGES = ("m1",)
"""What cannot be asked twice, and so is not warmed up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and for how long each time."""

    connections: Sequence[int] = (1, 16, 64)
    operations: Sequence[str] = tuple(MEANING)
    seconds: float = 2.0
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The median of each figure over all rounds; latencies in ms, CPU in us a request."""

    target: str
    operation: str
    connections: int
    per_second: float
    p50: float
    p99: float
    service_us: float
    database_us: float
    megabytes: float
    errors: int
    first_error: str

    @classmethod
    def over(
        cls, target: str, operation: str, connections: int, rounds: Sequence[Figures]
    ) -> "Measured":
        def middle(name: str) -> float:
            return float(median(getattr(each, name) for each in rounds))

        return cls(
            target,
            operation,
            connections,
            middle("per_second"),
            middle("p50"),
            middle("p99"),
            middle("service_us"),
            middle("database_us"),
            middle("megabytes"),
            sum(each.errors for each in rounds),
            next((each.first_error for each in rounds if each.errors), ""),
        )

    def told(self) -> dict[str, Any]:
        return asdict(self)


def measure(targets: Sequence[Target], plan: Plan) -> list[Measured]:
    """Put the load on all targets, and say which is on, since it takes a while."""
    found: dict[tuple[str, str, int], list[Figures]] = {}
    for number in range(plan.rounds):
        for target in targets[:: -1 if number % 2 else 1]:
            print(f"round {number + 1} of {plan.rounds}: {target.name}", flush=True)
            for operation in plan.operations:
                if operation not in CHANGES:
                    target.load(operation, plan.connections[0], min(1.0, plan.seconds))
                for connections in plan.connections:
                    figures = target.load(operation, connections, plan.seconds)
                    key = (target.name, operation, connections)
                    found.setdefault(key, []).append(figures)
    return [Measured.over(*key, rounds) for key, rounds in found.items()]
