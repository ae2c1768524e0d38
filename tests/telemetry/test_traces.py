"""Traces: one for each request, down to the statements and the questions to ERPs."""

import threading
from pathlib import Path

import pytest

from telemetry.traces import STANDARD
from tests.service import running_service
from tests.telemetry.collector import Collector, Seen
from tests.telemetry.conftest import COMPANY, Watched

REQUEST = "POST /graphql"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def beneath(collector: Collector, span: Seen) -> list[Seen]:
    """All that was done within a span."""
    children = collector.children(span)
    return children + [below for child in children for below in beneath(collector, child)]


async def test_a_request_is_a_span_with_its_operation_its_resolver_and_its_statements(
    watched: Watched,
) -> None:
    await watched.page()

    collector = watched.collector
    collector.wait_until(lambda spans: any(span.name == REQUEST for span in spans))
    request = collector.named(REQUEST)
    assert request.parent == ""
    assert request.attributes["http.response.status_code"] == 200
    operation = next(span for span in collector.children(request) if span.name == "query")
    assert operation.attributes["erp_link.root_fields"] == ["syncedInvoices"]
    resolvers = collector.children(operation)
    assert {span.name for span in resolvers} == {
        "Query.syncedInvoices",
        "SubcontractorInvoice.unlinkHistory",
    }
    resolver = next(span for span in resolvers if span.name == "Query.syncedInvoices")
    statements = [s for s in beneath(collector, resolver) if "db.query.text" in s.attributes]
    assert any("subcontractor_invoices" in each.attributes["db.query.text"] for each in statements)
    assert not any(span.failed for span in collector.spans)
    assert collector.resource["service.name"] == "erp-link"


async def test_an_unlink_shows_the_question_to_the_erp(watched: Watched) -> None:
    [invoice, _] = await watched.page()

    assert await watched.unlink(invoice) == "StillInErp"

    watched.collector.wait_until(lambda spans: sum(s.name == REQUEST for s in spans) == 2)
    resolver = watched.collector.named("Mutation.unlinkInvoice")
    [question] = [
        span for span in watched.collector.children(resolver) if span.name == "ERP look_up"
    ]
    assert question.attributes["erp_link.erp"] == "demo"


async def test_a_callers_trace_goes_on_and_what_else_they_say_of_it_is_left_behind(
    watched: Watched,
) -> None:
    await watched.page(
        traceparent=f"00-{TRACE}-{CALLER}-01", tracestate="vendor=s3cr3t", baggage="key=s3cr3t"
    )

    watched.collector.wait_until(lambda spans: any(span.name == REQUEST for span in spans))
    request = watched.collector.named(REQUEST)
    assert (request.trace, request.parent) == (TRACE, CALLER)
    assert "s3cr3t" not in "".join(watched.collector.everything)


async def test_no_span_holds_a_parameter_a_variable_or_a_name_that_clients_choose(
    watched: Watched,
) -> None:
    document = """
      query S3cr3tName($c: ID!) {
        s3cr3tAlias: syncedInvoices(companyId: $c, filter: {search: "s3cr3t literal"}) {
          totalCount
        }
      }
    """
    await watched.service.data(document, {"c": COMPANY})

    watched.collector.wait_until(lambda spans: any(span.name == REQUEST for span in spans))
    everything = "".join(watched.collector.everything)
    assert "s3cr3t" not in everything.lower()
    assert COMPANY not in everything


async def test_a_statement_that_fails_marks_its_span_and_none_tells_why_in_words(
    watched: Watched,
) -> None:
    async with watched.service.services.invoices.database.writing() as connection:  # type: ignore[attr-defined]
        await connection.exec_driver_sql("ALTER TABLE erp_links RENAME TO s3cr3t_links")

    answer = await watched.service.post(
        "query($c: ID!) { syncedInvoices(companyId: $c) { nodes { erpLink { recordId } } } }",
        {"c": COMPANY},
    )

    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    watched.collector.wait_until(lambda spans: any(span.name == REQUEST for span in spans))
    [statement] = [
        s for s in watched.collector.spans if s.failed and "db.query.text" in s.attributes
    ]
    assert statement.attributes["error.type"].startswith(("sqlite3.", "asyncpg.", "sqlalchemy."))
    assert all(span.events == 0 for span in watched.collector.spans)


async def test_without_an_endpoint_nothing_is_traced_and_nothing_stands_in_the_way(
    demo_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in STANDARD:
        monkeypatch.delenv(name, raising=False)
    async with running_service(demo_url, tmp_path) as service:
        await service.data("{ viewer { name } }")

        assert not any("Otel" in thread.name for thread in threading.enumerate())


async def test_the_standards_variable_switches_traces_on_too(
    demo_url: str, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    async with running_service(demo_url, tmp_path) as service:
        await service.data("{ viewer { name } }")

    # Not waited for: what was recorded is sent before the application ends.
    assert REQUEST in collector.names()


async def test_a_collector_that_is_not_there_costs_no_request_anything(
    demo_url: str, tmp_path: Path
) -> None:
    async with running_service(demo_url, tmp_path, otlp_endpoint="http://127.0.0.1:1") as service:
        for _ in range(5):
            await service.data("{ viewer { name } }")
