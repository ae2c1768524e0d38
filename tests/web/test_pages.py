"""The pages and their stand-ins, from a folder made up here: no Node, no browser."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from web.pages import graphiql_routes, page_routes

PAGE = "<!doctype html><title>built</title>"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Where a build would leave its files: nothing there yet."""
    return tmp_path / "dist"


@pytest.fixture
def browser(dist: Path) -> TestClient:
    return TestClient(Starlette(routes=[*graphiql_routes(dist), *page_routes(dist)]))


def build(dist: Path, page: str = "graphiql", **assets: bytes) -> None:
    folder = dist / page / "assets"
    folder.mkdir(parents=True)
    (folder.parent / "index.html").write_text(PAGE)
    for name, content in assets.items():
        (folder / name.replace("_", ".")).write_bytes(content)


BOTH = pytest.mark.parametrize(("page", "path"), [("page", "/"), ("graphiql", "/graphiql")])


def policy_of(browser: TestClient, path: str = "/graphiql") -> dict[str, set[str]]:
    policy = browser.get(path).headers["content-security-policy"]
    directives = (directive.split() for directive in policy.split(";"))
    return {name: set(sources) for name, *sources in directives}


@BOTH
def test_the_built_page_is_served_and_asked_for_anew_each_time(
    browser: TestClient, dist: Path, page: str, path: str
) -> None:
    build(dist, page)
    answer = browser.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@BOTH
def test_a_page_that_is_still_the_same_is_not_sent_again(
    browser: TestClient, dist: Path, page: str, path: str
) -> None:
    build(dist, page)
    tag = browser.get(path).headers["etag"]
    for held in (tag, f'"other", W/{tag}'):
        again = browser.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    (dist / page / "index.html").write_text(PAGE + " anew")
    assert browser.get(path, headers={"If-None-Match": tag}).text == PAGE + " anew"


@BOTH
def test_a_build_shows_without_a_restart(
    browser: TestClient, dist: Path, page: str, path: str
) -> None:
    assert browser.get(path).text != PAGE
    assert browser.get(f"/{page}/assets/main.js").status_code == 404
    build(dist, page, main_js=b"1")
    assert browser.get(path).text == PAGE
    assert browser.get(f"/{page}/assets/main.js").status_code == 200


def test_a_slash_too_many_is_forgiven(browser: TestClient, dist: Path) -> None:
    build(dist)
    assert browser.get("/graphiql/").text == PAGE


@BOTH
@pytest.mark.parametrize("built", [True, False])
def test_no_page_runs_foreign_code_or_talks_to_a_foreign_host(
    browser: TestClient, dist: Path, built: bool, page: str, path: str
) -> None:
    if built:
        build(dist, page)
    policy = policy_of(browser, path)
    assert policy["default-src"] == {"'none'"}
    assert policy["connect-src"] == {"'self'"}
    for closed in ("frame-ancestors", "base-uri", "form-action"):
        assert policy[closed] == {"'none'"}
    assert not policy["script-src"] & {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "*"}
    every_source = set().union(*policy.values())
    assert not {source for source in every_source if "//" in source or "*" in source}


def test_the_page_for_people_takes_styles_from_files_alone(browser: TestClient, dist: Path) -> None:
    build(dist, "page")
    assert policy_of(browser, "/")["style-src"] == {"'self'"}


def test_the_page_for_people_also_asks_the_issuers_where_one_signs_in(dist: Path) -> None:
    build(dist, "page", main_js=b"1")
    login, other = "https://login.example", "https://b.example:8443"
    browser = TestClient(Starlette(routes=page_routes(dist, [login, other, login])))
    for path in ("/", "/page/assets/main.js"):
        assert policy_of(browser, path)["connect-src"] == {"'self'", login, other}


@BOTH
@pytest.mark.parametrize("built", [True, False])
def test_every_page_is_guarded_against_sniffing_and_leaking_its_address(
    browser: TestClient, dist: Path, built: bool, page: str, path: str
) -> None:
    if built:
        build(dist, page)
    headers = browser.get(path).headers
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
    build(dist, "graphiql", **{name.replace(".", "_"): b"content"})
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


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("BR;q=0.1, gzip", "br"),
        ("br;q=0, gzip;q=1.0", "gzip"),
        ("br; q=0.000, gzip; q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_an_asset_is_sent_packed_to_who_can_unpack_it(
    browser: TestClient, dist: Path, accepted: str, encoding: str | None
) -> None:
    plain = b"plain " * 100
    packed = {None: plain, "br": b"as Brotli", "gzip": b"as gzip"}
    build(dist, "page", main_js=plain, main_js_br=packed["br"], main_js_gz=packed["gzip"])

    with browser.stream(
        "GET", "/page/assets/main.js", headers={"Accept-Encoding": accepted}
    ) as answer:
        sent = b"".join(answer.iter_raw())

    assert sent == packed[encoding]
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-length"] == str(len(sent))
    assert answer.headers["vary"] == "Accept-Encoding"


def test_each_way_of_packing_is_held_by_itself(browser: TestClient, dist: Path) -> None:
    build(dist, "page", main_js=b"11111", main_js_br=b"111", main_js_gz=b"1111")
    tags = {
        browser.get("/page/assets/main.js", headers={"Accept-Encoding": each}).headers["etag"]
        for each in ("br;q=0", "identity")
    }
    assert len(tags) == 1
    with browser.stream("GET", "/page/assets/main.js", headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["etag"] not in tags


@pytest.mark.parametrize("path", ["missing.js", "../index.html", "%2e%2e/index.html", ""])
def test_what_is_no_asset_is_not_found_and_not_kept(
    browser: TestClient, dist: Path, path: str
) -> None:
    build(dist)
    answer = browser.get(f"/graphiql/assets/{path}")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


def test_a_stand_in_links_to_what_there_is_and_runs_nothing(browser: TestClient) -> None:
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "make run" in answer.text
    assert 'href="/graphiql"' in answer.text
    assert policy_of(browser, "/")["script-src"] == {"'none'"}


@pytest.mark.parametrize("path", ["/", "/graphiql", "/graphiql/assets/main.js"])
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
