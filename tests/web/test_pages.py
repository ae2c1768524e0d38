"""The GraphiQL page and its stand-in, from a folder made up here: no Node, no browser."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from web.pages import graphiql_routes

PAGE = "<!doctype html><title>built</title>"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Where a build would leave its files: nothing there yet."""
    return tmp_path / "dist"


@pytest.fixture
def browser(dist: Path) -> TestClient:
    return TestClient(Starlette(routes=graphiql_routes(dist)))


def build(dist: Path, **assets: bytes) -> None:
    folder = dist / "graphiql" / "assets"
    folder.mkdir(parents=True)
    (folder.parent / "index.html").write_text(PAGE)
    for name, content in assets.items():
        (folder / name.replace("_", ".")).write_bytes(content)


def policy_of(browser: TestClient, path: str = "/graphiql") -> dict[str, set[str]]:
    policy = browser.get(path).headers["content-security-policy"]
    directives = (directive.split() for directive in policy.split(";"))
    return {name: set(sources) for name, *sources in directives}


def test_the_built_page_is_served_and_asked_for_anew_each_time(
    browser: TestClient, dist: Path
) -> None:
    build(dist)
    answer = browser.get("/graphiql")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_build_shows_without_a_restart(browser: TestClient, dist: Path) -> None:
    assert browser.get("/graphiql").text != PAGE
    assert browser.get("/graphiql/assets/main.js").status_code == 404
    build(dist, main_js=b"1")
    assert browser.get("/graphiql").text == PAGE
    assert browser.get("/graphiql/assets/main.js").status_code == 200


def test_a_slash_too_many_is_forgiven(browser: TestClient, dist: Path) -> None:
    build(dist)
    assert browser.get("/graphiql/").text == PAGE


@pytest.mark.parametrize("built", [True, False])
def test_no_page_runs_foreign_code_or_talks_to_a_foreign_host(
    browser: TestClient, dist: Path, built: bool
) -> None:
    if built:
        build(dist)
    policy = policy_of(browser)
    assert policy["default-src"] == {"'none'"}
    assert policy["connect-src"] == {"'self'"}
    for closed in ("frame-ancestors", "base-uri", "form-action"):
        assert policy[closed] == {"'none'"}
    assert not policy["script-src"] & {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "*"}
    every_source = set().union(*policy.values())
    assert not {source for source in every_source if "//" in source or "*" in source}


@pytest.mark.parametrize("built", [True, False])
def test_every_page_is_guarded_against_sniffing_and_leaking_its_address(
    browser: TestClient, dist: Path, built: bool
) -> None:
    if built:
        build(dist)
    headers = browser.get("/graphiql").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("main.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("icons.ttf", "font/ttf"),
        ("text.woff2", "font/woff2"),
    ],
)
def test_assets_say_what_they_are_whatever_the_machine_believes_and_keep_for_good(
    browser: TestClient, dist: Path, name: str, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starlette.responses.guess_type", lambda path: ("text/plain", None))
    build(dist, **{name.replace(".", "_"): b"content"})
    answer = browser.get(f"/graphiql/assets/{name}")
    assert (answer.status_code, answer.content) == (200, b"content")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_worker_is_under_the_same_policy_as_the_page(browser: TestClient, dist: Path) -> None:
    build(dist, worker_js=b"1")
    assert policy_of(browser, "/graphiql/assets/worker.js") == policy_of(browser)


def test_an_asset_already_held_is_not_sent_again(browser: TestClient, dist: Path) -> None:
    build(dist, main_js=b"1")
    etag = browser.get("/graphiql/assets/main.js").headers["etag"]
    again = browser.get("/graphiql/assets/main.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["missing.js", "../index.html", "%2e%2e/index.html", ""])
def test_what_is_no_asset_is_not_found_and_not_kept(
    browser: TestClient, dist: Path, path: str
) -> None:
    build(dist)
    answer = browser.get(f"/graphiql/assets/{path}")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/assets/main.js"])
def test_pages_are_only_read(browser: TestClient, dist: Path, path: str) -> None:
    build(dist, main_js=b"1")
    assert browser.head(path).status_code == 200
    assert browser.post(path).status_code == 405


def test_without_a_build_a_small_page_stands_in_and_says_how_to_get_the_explorer(
    browser: TestClient,
) -> None:
    answer = browser.get("/graphiql")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "make run" in answer.text
    assert "npm" in answer.text
    for box in ("token", "query", "variables", "answer"):
        assert f'id="{box}"' in answer.text


def test_the_stand_in_needs_nothing_but_itself_and_its_policy_allows_exactly_that(
    browser: TestClient,
) -> None:
    html = browser.get("/graphiql").text
    assert not re.search(r"https?://|<script [^>]|<[^>]+ (style|on\w+)=", html)
    policy = policy_of(browser)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        [part] = re.findall(f"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        digest = b64encode(sha256(part.encode()).digest()).decode()
        assert policy[directive] == {f"'sha256-{digest}'"}
