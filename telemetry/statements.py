"""A span for each statement that is sent to the database: its text, and never its parameters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import SpanKind
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from telemetry.faults import type_of
from telemetry.traces import Traces, failed

LONGEST_TEXT = 4_000
SPAN = "erp_link_span"


@contextmanager
def statements_traced(engine: Engine, traces: Traces) -> Iterator[None]:
    """Listen to an engine. Its statements are compiled with placeholders for every value."""

    def before(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        verb = statement.lstrip().split(maxsplit=1)[0].upper() if statement.strip() else "SQL"
        attributes = {
            "db.system.name": engine.dialect.name,
            "db.operation.name": verb,
            "db.query.text": statement[:LONGEST_TEXT],
        }
        connection.info[SPAN] = traces.begin(verb, attributes, SpanKind.CLIENT)

    def after(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if span := connection.info.pop(SPAN, None):
            span.end()

    def failing(context: ExceptionContext) -> None:
        if context.connection and (span := context.connection.info.pop(SPAN, None)):
            failed(span, type_of(context.original_exception))
            span.end()

    listeners = (
        ("before_cursor_execute", before),
        ("after_cursor_execute", after),
        ("handle_error", failing),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
