"""One line for each request and each unlink: what an operator needs, and nothing of a client's."""

import logging
from typing import Any

import pytest

from tests.telemetry.conftest import COMPANY, Watched

Line = dict[str, Any]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "erp_link")
    return caplog


def lines(told: pytest.LogCaptureFixture, event: str) -> list[Line]:
    return [vars(record) for record in told.records if record.msg == event]


async def test_a_request_is_told_in_one_line(
    watched: Watched, told: pytest.LogCaptureFixture
) -> None:
    await watched.page()

    [line] = lines(told, "request")
    expected = {
        "route": "/graphql",
        "method": "POST",
        "status": 200,
        "kind": "query",
        "operation": "other",
        "fields": ["syncedInvoices"],
        "errors": [],
    }
    assert {name: line[name] for name in expected} == expected
    assert line["viewer"] > 0
    assert line["cost"] > 1
    assert 0 < line["ms"] < 60_000


async def test_a_refused_request_is_told_with_its_codes(
    watched: Watched, told: pytest.LogCaptureFixture
) -> None:
    await watched.service.post("{ viewer { nope } }")
    await watched.service.http.post("/s3cr3t?token=s3cr3t")

    refused, unknown = lines(told, "request")
    assert refused["errors"] == ["GRAPHQL_VALIDATION_FAILED"]
    assert (unknown["route"], unknown["status"]) == ("other", 404)


async def test_nothing_that_a_client_chooses_is_told(
    watched: Watched, told: pytest.LogCaptureFixture
) -> None:
    document = """
      query S3cr3t($c: ID!) {
        s3cr3t: syncedInvoices(companyId: $c, filter: {search: "s3cr3t"}) { totalCount }
      }
    """
    await watched.service.data(document, {"c": COMPANY})
    await watched.service.http.request("S3CR3T", "/graphql")
    await watched.service.post("{ s3cr3t }")

    assert len(lines(told, "request")) == 3
    everything = "".join(
        str(vars(record)) for record in told.records if record.name.startswith("erp_link")
    )
    assert "s3cr3t" not in everything.lower()
    assert COMPANY not in everything


async def test_an_unlink_is_told_in_one_line_with_its_outcome(
    watched: Watched, told: pytest.LogCaptureFixture
) -> None:
    [invoice, _] = await watched.page()

    assert await watched.unlink(invoice) == "StillInErp"

    [line] = lines(told, "unlink")
    assert (line["company"], line["outcome"], line["erp"]) == (4101, "still_in_erp", "demo")
    assert line["invoice"] > 0


async def test_trouble_with_an_erp_is_told_in_one_line_beside_the_unlink(
    watched: Watched, told: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    [invoice, _] = await watched.page()
    (tmp_path / "demo-erp.sqlite").unlink()

    assert await watched.unlink(invoice) == "ErpUnavailable"

    [trouble], [unlink] = lines(told, "erp trouble"), lines(told, "unlink")
    assert (trouble["erp"], trouble["integration"]) == ("demo", 71)
    assert trouble["trouble"] == unlink["trouble"] == "unreachable"


async def test_probes_are_told_only_at_debug(
    watched: Watched, told: pytest.LogCaptureFixture
) -> None:
    await watched.service.http.get("/livez")
    assert lines(told, "request") == []

    told.set_level(logging.DEBUG, "erp_link")
    await watched.service.http.get("/livez")
    assert len(lines(told, "request")) == 1
