"""The figures as tables: Markdown, which is also fit to be read as it is."""

from collections.abc import Iterator, Sequence

from bench.operations import MEANING
from bench.rounds import Measured


def tables(found: Sequence[Measured], reference: str | None = None) -> str:
    """A table for each operation; the ratios to a reference, if there is one, below each."""
    operations = dict.fromkeys(each.operation for each in found)
    return "\n\n".join(
        "\n".join(_table(name, [each for each in found if each.operation == name], reference))
        for name in operations
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """One table, its columns as wide as what is in them."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    aligned = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    return "\n".join(
        [aligned[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *aligned[1:]]
    )


def _table(operation: str, found: Sequence[Measured], reference: str | None) -> Iterator[str]:
    yield f"**{operation.upper()}**: {MEANING.get(operation, operation)}\n"
    header = (
        "on",
        "connections",
        "req/s",
        "p50 ms",
        "p99 ms",
        "CPU us",
        "database us",
        "MB",
        "errors",
    )
    yield table(header, [_row(each) for each in found])
    yield from (f"\nThe first error: {each.first_error[:200]}" for each in found if each.errors)
    by_key = {(each.target, each.connections): each for each in found}
    others = dict.fromkeys(each.target for each in found if each.target != reference)
    for target in others if reference else ():
        ratios = (
            f"{each.per_second / max(by_key[reference, each.connections].per_second, 1e-9):.2f}"
            f" at {each.connections}"
            for each in found
            if each.target == target and reference is not None
        )
        yield f"\n{target}, in requests a second against the {reference}: {', '.join(ratios)}."


def _row(each: Measured) -> tuple[str, ...]:
    return (
        each.target,
        str(each.connections),
        f"{each.per_second:.0f}",
        f"{each.p50:.2f}",
        f"{each.p99:.1f}",
        f"{each.service_us:.0f}",
        f"{each.database_us:.0f}",
        f"{each.megabytes:.0f}",
        str(each.errors),
    )
