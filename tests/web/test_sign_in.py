"""Signing in on the page: which ways there are, and to whom a demo token is handed out."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.demo import demo_people
from tests.endpoint.asking import WHO, refused
from tests.service import Service, running_service

HERE = {"host": "127.0.0.1:8000"}
ISSUER = {"issuer": "https://login.example/realms/x/", "audience": "erp-link"}
CLIENT = ISSUER | {"client_id": "erp-link-page"}


async def ways(service: Service, **headers: str) -> Any:
    answer = await service.http.get("/sign-in.json", headers=HERE | headers)
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def sign_in(service: Service, person: object = "ada", **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await service.http.post("/sign-in/demo", json={"person": person}, headers=HERE | named)


async def test_the_demo_offers_its_people_and_says_who_may_what(service: Service) -> None:
    offered = await ways(service)

    assert offered["kind"] == "demo"
    assert [(each["id"], each["name"], each["may"]) for each in offered["people"]] == [
        (person.subject, person.name, person.may) for person in demo_people()
    ]


async def test_a_demo_person_is_let_in_for_an_hour(service: Service) -> None:
    began = time.time()
    answer = await sign_in(service)
    session = answer.json()
    bearer = {"Authorization": f"Bearer {session['token']}"}
    let_in = await service.http.post("/graphql", json={"query": WHO}, headers=bearer)

    assert answer.headers["cache-control"] == "no-store"
    assert session["name"] == "Ada Whitfield"
    assert let_in.json()["data"] == {"viewer": {"name": "Ada Whitfield"}}
    assert session["expiresIn"] == 3600
    refused_from = service.issuer.verify(session["token"]).expires_at.timestamp()
    assert refused_from >= began + session["expiresIn"]


@pytest.mark.parametrize("person", ["eve", "", None, 1, ["ada"]])
async def test_nobody_else_is(service: Service, person: object) -> None:
    refused(await sign_in(service, person), 400)


@pytest.mark.parametrize("body", [b"", b"ada", b'"ada"', b"[]", b"\xff", b'{"person":"ada"'])
async def test_what_names_nobody_is_told_so(service: Service, body: bytes) -> None:
    json = {"Content-Type": "application/json"}
    refused(await service.http.post("/sign-in/demo", content=body, headers=HERE | json), 400)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "http://127.0.0.1:9000", "sec_fetch_site": "same-site"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_mode": "navigate"},
    ],
)
async def test_a_page_of_another_origin_gets_no_token(
    service: Service, headers: dict[str, str]
) -> None:
    refused(await sign_in(service, **headers), 403, "FORBIDDEN")


async def test_our_own_page_gets_one(service: Service) -> None:
    ours = await sign_in(service, origin="http://127.0.0.1:8000", sec_fetch_site="same-origin")

    assert ours.status_code == 200


async def test_a_form_gets_none(service: Service) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        refused(await sign_in(service, content_type=content_type), 415)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_link_gets_none(service: Service, method: str) -> None:
    refused(await service.http.request(method, "/sign-in/demo", headers=HERE), 405)


@pytest.mark.parametrize("host", ["evil.example:8000", "127.0.0.1.evil.example", "[", ""])
async def test_a_name_made_to_point_here_gets_none(service: Service, host: str) -> None:
    origin = f"http://{host}"

    answer = await sign_in(service, host=host, origin=origin, sec_fetch_site="same-origin")

    refused(answer, 403, "FORBIDDEN")
    assert await ways(service, host=host) == {"kind": "none"}


async def test_who_asks_for_the_demo_elsewhere_gets_it_by_any_name(
    demo_url: str, tmp_path: Path
) -> None:
    async with running_service(demo_url, tmp_path, demo=True, host="0.0.0.0") as service:
        answer = await sign_in(service, host="demo.example")

        assert answer.status_code == 200


@pytest.mark.parametrize("settings", [{"demo": False}, {"oidc_issuers": [CLIENT]}])
async def test_where_no_demo_token_is_accepted_none_is_made(
    demo_url: str, tmp_path: Path, settings: dict[str, Any]
) -> None:
    async with running_service(demo_url, tmp_path, **settings) as service:
        refused(await sign_in(service), 403, "FORBIDDEN")


async def test_the_issuers_are_offered_at_which_the_page_is_known(
    demo_url: str, tmp_path: Path
) -> None:
    other = {"issuer": "https://other.example"}
    async with running_service(demo_url, tmp_path, oidc_issuers=[CLIENT, other]) as service:
        offered = await ways(service)

    assert offered == {
        "kind": "oidc",
        "issuers": [
            {
                "issuer": "https://login.example/realms/x/",
                "clientId": "erp-link-page",
                "name": "login.example/realms/x",
                "audience": "erp-link",
                "scope": "openid profile",
                "parameters": {},
            }
        ],
    }


async def test_without_any_way_the_page_is_told_so(demo_url: str, tmp_path: Path) -> None:
    async with running_service(demo_url, tmp_path, oidc_issuers=[ISSUER]) as service:
        assert await ways(service) == {"kind": "none"}
    async with running_service(demo_url, tmp_path, demo=False) as service:
        assert await ways(service) == {"kind": "none"}
