"""Pages of other origins: which may ask, and that none makes a browser ask without leave."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.origins import origins_in
from tests.endpoint.asking import WHO, ask, get, refused
from tests.service import Service, running_service

APP = "https://app.example"
OTHERS = ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]


@pytest.fixture
async def service(demo_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service, which pages of one other origin may ask."""
    async with running_service(demo_url, tmp_path, demo=True, allowed_origins=APP) as started:
        yield started


async def preflight(service: Service, origin: str, method: str = "POST") -> dict[str, str]:
    """What a browser asks before it sends a request of a page elsewhere. Nobody is logged in."""
    answer = await service.http.options(
        "/graphql",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    return dict(answer.headers) if answer.status_code == 200 else {}


async def test_an_allowed_page_may_ask_and_read(service: Service) -> None:
    may = await preflight(service, APP)
    answer = await ask(service, origin=APP, sec_fetch_site="cross-site", sec_fetch_mode="cors")

    assert may["access-control-allow-origin"] == APP
    assert may["access-control-allow-headers"] == "authorization,content-type"
    assert "access-control-allow-credentials" not in may
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == APP
    for name in ("X-Request-Id", "Retry-After", "RateLimit"):
        assert name in answer.headers["access-control-expose-headers"]


async def test_an_allowed_page_may_read_why_it_was_refused(service: Service) -> None:
    for answer in (
        await service.http.post("/graphql", json={"query": WHO}, headers={"Origin": APP}),
        await ask(service, origin=APP, content_type="text/plain"),
    ):
        assert answer.status_code in (401, 415)
        assert answer.headers["access-control-allow-origin"] == APP


@pytest.mark.parametrize("origin", OTHERS)
async def test_no_other_page_may(service: Service, origin: str) -> None:
    assert await preflight(service, origin) == {}
    for answer in (
        await ask(service, origin=origin),
        await get(service, {"query": WHO}, origin=origin),
    ):
        refused(answer, 403, "FORBIDDEN")
        assert "access-control-allow-origin" not in answer.headers


async def test_a_methods_that_is_not_ours_is_not_allowed_to_anyone(service: Service) -> None:
    assert await preflight(service, APP, "DELETE") == {}


async def test_an_image_or_a_link_on_another_site_asks_nothing(service: Service) -> None:
    """Requests that need no preflight, and say no origin."""
    for headers in (
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate"},
    ):
        refused(await get(service, {"query": WHO}, **headers), 403, "FORBIDDEN")


async def test_our_own_pages_and_programs_may_ask(service: Service) -> None:
    for headers in (
        {},
        {"origin": "http://erp-link"},
        {"origin": "https://erp-link", "host": "erp-link:443"},
        {"origin": "https://public.example", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"},
        {"sec_fetch_mode": "cors"},
    ):
        assert (await ask(service, **headers)).status_code == 200, headers


def test_origins_are_listed_with_commas_or_as_json_and_spelled_as_browsers_do() -> None:
    listed = f"{APP}, HTTPS://Other.Example:443/ ,http://localhost:5173"
    told = (APP, "https://other.example", "http://localhost:5173")

    assert origins_in(listed) == told
    assert origins_in('["https://app.example", "http://[::1]:80"]') == (APP, "http://[::1]")
    assert origins_in("") == origins_in("[]") == ()


@pytest.mark.parametrize(
    "value",
    [
        *("*", "https://*.example", "app.example", "https://", "ftp://app.example", "null"),
        *("https://app.example/path", "https://app.example?x", "https://me@app.example"),
        *("https://app.example:port", '["https://app.example"', "[1]", "https://\u00e4pp.example"),
    ],
)
def test_what_is_no_origin_is_not_taken(value: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        origins_in(value)
