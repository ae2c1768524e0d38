"""Who gets in, over HTTP: bearer tokens of an OIDC issuer, and the directory's people."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.oidc_settings import OidcIssuer
from adapters.store.engine import Database
from adapters.store.machine_tokens import SqlMachineTokens
from adapters.tokens import KEY_FILE, DemoIssuer
from command_line.welcome import welcome
from domain.machines import Scope
from tests.adapters.oidc.keys import a_jwk, a_key
from tests.adapters.oidc.server import IssuerServer, running_issuers
from tests.adapters.oidc.tokens import Mint
from tests.builders import HARBOR, a_directory, a_person, bring_in
from tests.service import Service, running_service

WHO = "{ viewer { name companies { name } } }"
GRANTS = "query($id: ID!) { viewer { grants(companyId: $id) { canPushToAccounting } } }"


@pytest.fixture(scope="module")
def shared_login() -> Iterator[IssuerServer]:
    with running_issuers() as started:
        yield started


@pytest.fixture
def login(shared_login: IssuerServer) -> IssuerServer:
    """A real issuer, with one key."""
    shared_login.start()
    shared_login.reset()
    shared_login.keys["harbor"] = [a_jwk(a_key("rsa"), "rsa")]
    return shared_login


@pytest.fixture
def mint(login: IssuerServer) -> Mint:
    return Mint(login.issuer(), now=time.time())


@pytest.fixture
async def service(
    database: Database, database_url: str, login: IssuerServer, tmp_path: Path
) -> AsyncIterator[Service]:
    """The service in production's manner, with Ada in Harbor's directory, known by that issuer."""
    await bring_in(database, a_directory([ada(login)]))
    issuers = (OidcIssuer(issuer=login.issuer()),)
    async with running_service(database_url, tmp_path, oidc_issuers=issuers) as started:
        yield started


def ada(login: IssuerServer, **but: Any) -> dict[str, Any]:
    return a_person("ada", identities=[{"issuer": login.issuer(), "subject": "ada"}], **but)


async def ask(
    service: Service, authorization: str | None, query: str = WHO, **variables: Any
) -> httpx2.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    body = {"query": query, "variables": variables}
    return await service.http.post("/graphql", json=body, headers=headers)


def refused(answer: httpx2.Response) -> str:
    """Why a request was refused, said as GraphQL clients read it."""
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    return str(error["message"])


async def test_a_person_whom_the_issuer_names_gets_in_however_bearer_is_spelled(
    service: Service, mint: Mint
) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "):
        answer = await ask(service, f"{scheme} {mint.token()}")

        assert answer.status_code == 200
        companies = [{"name": "Harbor Builders"}]
        assert answer.json()["data"] == {"viewer": {"name": "Ada", "companies": companies}}


async def test_without_a_bearer_token_one_is_asked_for(service: Service) -> None:
    for authorization in (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOmFkYQ==",
        "Token x",
        "Bearerx y",
    ):
        told = refused(await ask(service, authorization))

        assert told == "send a token: Authorization: Bearer <token>"


async def test_a_token_without_its_scheme_is_not_repeated(service: Service, mint: Mint) -> None:
    answer = await ask(service, mint.token())

    assert refused(answer).startswith("send a token")
    assert mint.token() not in answer.text


async def test_why_a_token_is_refused_is_told_without_the_token(
    service: Service, mint: Mint
) -> None:
    expired = mint.token(exp=int(mint.now) - 31)
    forged = Mint(mint.issuer, owner="attacker", now=mint.now).token()

    assert refused(await ask(service, f"Bearer {expired}")) == "the token has expired"
    assert refused(await ask(service, f"Bearer {forged}")) == "the token's signature is wrong"


async def test_people_are_known_by_issuer_and_subject_and_by_nothing_else(
    service: Service, mint: Mint
) -> None:
    named = {"name": "Ada", "preferred_username": "ada", "email": "ada@harbor.example"}
    for claims in ({"sub": "Ada"}, {"sub": "ada "}, {"sub": "eve"}, {"sub": "eve", **named}):
        told = refused(await ask(service, f"Bearer {mint.token(**claims)}"))
        assert told == "nobody by this token's name is in any company's directory"


async def test_the_same_subject_of_another_issuer_is_somebody_else(
    database: Database, database_url: str, login: IssuerServer, tmp_path: Path
) -> None:
    login.keys["quarry"] = [a_jwk(a_key("rsa", "quarry"), "rsa")]
    await bring_in(database, a_directory([ada(login)]))
    issuers = tuple(OidcIssuer(issuer=login.issuer(name)) for name in ("harbor", "quarry"))
    other = Mint(login.issuer("quarry"), owner="quarry", now=time.time())

    async with running_service(database_url, tmp_path, oidc_issuers=issuers) as service:
        told = refused(await ask(service, f"Bearer {other.token()}"))
    assert told == "nobody by this token's name is in any company's directory"


async def test_a_revoked_grant_counts_at_once_though_the_token_lives_on(
    service: Service, database: Database, login: IssuerServer, mint: Mint
) -> None:
    answer = await ask(service, f"Bearer {mint.token()}", "{ viewer { companies { id } } }")
    [harbor] = (company["id"] for company in answer.json()["data"]["viewer"]["companies"])
    claims_it_all = mint.token(roles=["admin"], canPushToAccounting=True)

    async def may_push() -> bool:
        answer = await ask(service, f"Bearer {claims_it_all}", GRANTS, id=harbor)
        return bool(answer.json()["data"]["viewer"]["grants"]["canPushToAccounting"])

    assert await may_push()

    await bring_in(database, a_directory([ada(login, canPushToAccounting=False)]))
    assert not await may_push()

    await bring_in(database, a_directory([], company_id=HARBOR))
    answer = await ask(service, f"Bearer {claims_it_all}")
    assert answer.json()["data"]["viewer"]["companies"] == []


async def test_with_issuers_configured_demo_tokens_open_nothing_and_no_key_is_made(
    service: Service, tmp_path: Path
) -> None:
    assert not (tmp_path / KEY_FILE).exists()
    demo = DemoIssuer.open(tmp_path / "elsewhere").token("ada")

    assert refused(await ask(service, f"Bearer {demo}")) == (
        "the token is signed with another algorithm"
    )


async def test_a_machine_gets_in_beside_the_issuers_and_whether_they_can_be_asked_or_not(
    service: Service, database: Database, login: IssuerServer, mint: Mint
) -> None:
    machine = await SqlMachineTokens(database).make(HARBOR, "nightly export", [Scope.READ])

    for _ in range(2):
        answer = await ask(service, f"Bearer {machine.reveal()}")
        assert answer.json()["data"]["viewer"]["name"] == "nightly export (machine)"
        assert login.asked.total() == 0
        login.stop()


async def test_no_issuer_can_speak_for_a_machine(
    service: Service, database: Database, mint: Mint
) -> None:
    machine = await SqlMachineTokens(database).make(HARBOR, "nightly export", [Scope.READ])

    for subject in (machine.id, f"{HARBOR}_{machine.id}", "nightly export (machine)"):
        told = refused(await ask(service, f"Bearer {mint.token(sub=subject)}"))
        assert told == "nobody by this token's name is in any company's directory"


async def test_while_the_issuer_cannot_be_asked_clients_are_told_to_come_again(
    service: Service, login: IssuerServer, mint: Mint
) -> None:
    login.stop()
    answer = await ask(service, f"Bearer {mint.token()}")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "www-authenticate" not in answer.headers
    [error] = answer.json()["errors"]
    assert error["message"] == "the keys of the token's issuer cannot be had at the moment"
    assert error["extensions"]["code"] == "ISSUER_UNAVAILABLE"
    assert error["extensions"]["retryAfterSeconds"] == 2


async def test_whoever_was_let_in_before_stays_in_while_the_issuer_is_down(
    service: Service, login: IssuerServer, mint: Mint
) -> None:
    assert (await ask(service, f"Bearer {mint.token()}")).status_code == 200
    login.stop()

    assert (await ask(service, f"Bearer {mint.token()}")).status_code == 200
    for path in ("/livez", "/readyz"):
        assert (await service.http.get(path)).status_code == 200


async def test_the_service_starts_without_asking_anybody(
    service: Service, login: IssuerServer
) -> None:
    assert (await service.http.get("/readyz")).status_code == 200
    assert login.asked.total() == 0


async def test_the_demo_people_get_in_and_nobody_else_when_that_is_asked_for(
    database: Database, database_url: str, tmp_path: Path, mint: Mint
) -> None:
    await bring_in(database, a_directory([a_person("ada")]))

    async with running_service(database_url, tmp_path, demo=True) as demo:
        answer = await ask(demo, f"bearer {demo.issuer.token('ada')}")
        assert answer.json()["data"]["viewer"]["name"] == "Ada"
        told = refused(await ask(demo, f"Bearer {mint.token()}"))
    assert told == "the token is signed with another algorithm"


async def test_without_issuers_and_without_the_demo_nobody_gets_in_and_no_key_is_made(
    database: Database, database_url: str, tmp_path: Path, mint: Mint
) -> None:
    """As when a list of issuers comes out of its template empty."""
    await bring_in(database, a_directory([a_person("ada")]))
    demo = DemoIssuer.open(tmp_path / "elsewhere").token("ada")

    async with running_service(database_url, tmp_path, oidc_issuers="") as service:
        told = [refused(await ask(service, f"Bearer {each}")) for each in (demo, mint.token())]

    assert told == [
        "the token is signed with another algorithm",
        "the token is of another issuer",
    ]
    assert not (tmp_path / KEY_FILE).exists()


def test_the_welcome_offers_demo_tokens_only_where_they_are_good(
    tmp_path: Path, login: IssuerServer
) -> None:
    address = "http://127.0.0.1:8000"
    issuer = OidcIssuer(issuer=login.issuer(), audience="erp-link-at-harbor")

    assert "#token=" in welcome(DemoIssuer.open(tmp_path), [], address)
    for production in (welcome(None, [issuer], address), welcome(None, [], address)):
        assert f"{address}/graphql" in production
        assert "#token=" not in production
        assert "Authorization: Bearer <token>" in production


def test_the_welcome_says_whose_tokens_are_good() -> None:
    issuer = OidcIssuer(issuer="https://login.example", audience="erp-link-at-harbor")

    told = welcome(None, [issuer], "http://127.0.0.1:8000")
    assert "a token of https://login.example, for the audience erp-link-at-harbor" in told
    assert "ERP_LINK_DEMO" not in told
    assert "ERP_LINK_DEMO=true" in welcome(None, [], "http://127.0.0.1:8000")
