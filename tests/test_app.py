"""The application from outside: who is let in, whether it is ready, and what it never tells."""

import os
import pkgutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest

from adapters.store.engine import open_database
from adapters.store.migrate import migrate
from adapters.tokens import DEMO_ISSUER, DemoIssuer
from tests.builders import a_directory, a_person, bring_in
from tests.fakes import FakeErp, service_asking
from tests.schema.conftest import HARBOR_ID, UNLINK
from tests.servers.postgresql import Postgresql
from tests.service import Service

ROOT = Path(__file__).parents[1]
WHO = "{ viewer { name } }"
PASSWORD = "s3cret-of-the-database"
NOWHERE = f"postgresql+asyncpg://erp_link:{PASSWORD}@127.0.0.1:1/erp_link"
NOBODY = "nobody by this token's name is in any company's directory"


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """A directory with Ann in it, and nothing else."""
    database = open_database(database_url)
    await bring_in(database, a_directory([a_person("ann")]))
    await database.engine.dispose()
    async with service_asking(FakeErp(), database_url, tmp_path) as started:
        yield started


async def ask(service: Service, authorization: str | None) -> httpx2.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await service.http.post("/graphql", json={"query": WHO}, headers=headers)


def refused(answer: httpx2.Response) -> Any:
    """Why a request was refused, in the shape in which GraphQL clients read it."""
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json().keys() == {"errors"}
    (error,) = answer.json()["errors"]
    assert error.keys() == {"message", "extensions"}
    request_id = answer.headers["x-request-id"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "requestId": request_id}
    return error["message"]


async def test_a_good_token_lets_its_person_in(service: Service) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer "):
        answer = await ask(service, f"{scheme} {service.issuer.token('ann')}")

        assert answer.status_code == 200
        assert answer.json()["data"] == {"viewer": {"name": "Ann"}}


async def test_no_token_is_asked_for_one(service: Service) -> None:
    good = service.issuer.token("ann")
    for nothing in (None, "", "Bearer", "Bearer ", good, f"Basic {good}", f"Token {good}"):
        message = refused(await ask(service, nothing))
        assert message == "send a token: Authorization: Bearer <token>"


async def test_a_bad_token_is_refused_with_a_reason_and_never_quoted(
    service: Service, tmp_path: Path
) -> None:
    """I8."""
    ours = service.issuer
    good = ours.token("ann")
    head, claims, signature = good.split(".")
    foreign = DemoIssuer.open(tmp_path / "another").token("ann")
    unsigned = jwt.encode({"sub": "ann", "iss": DEMO_ISSUER}, "", algorithm="none")
    reasons = {
        ours.token("ann", timedelta(hours=-1)): "the token has expired",
        foreign: "the token's signature is wrong",
        f"{head}.{claims}.{signature[::-1]}": None,
        f"{head}.{claims}": "the token is malformed",
        f"{head}.{claims}.": None,
        unsigned: None,
        "nonsense": "the token is malformed",
        "A" * 10_000: "the token is malformed",
    }
    for token, reason in reasons.items():
        answer = await ask(service, f"Bearer {token}")

        message = refused(answer)
        assert reason in (None, message), token
        assert token not in answer.text
        assert signature not in answer.text


async def test_a_good_token_of_someone_unknown_is_refused(service: Service) -> None:
    for stranger in ("mallory", "Ann", "ann ", "' OR 1=1 --", "漢字"):
        assert refused(await ask(service, f"Bearer {service.issuer.token(stranger)}")) == NOBODY


async def test_nothing_is_read_or_changed_without_a_token(service: Service) -> None:
    for query, variables in ((WHO, {}), (UNLINK, {"invoice": "x"}), ("{ __typename }", {})):
        answer = await service.http.post("/graphql", json={"query": query, "variables": variables})
        refused(answer)
    refused(await service.http.get("/graphql", params={"query": WHO}))


async def test_someone_who_left_every_company_sees_none(
    service: Service, database_url: str
) -> None:
    """Their token is still theirs; what it opens is asked of the directory each time."""
    database = open_database(database_url)
    await bring_in(database, a_directory([]))
    await database.engine.dispose()

    data = await service.data(
        "query($c: ID!) { viewer { name companies { name } } company(id: $c) { name } }",
        {"c": HARBOR_ID},
        "ann",
    )

    assert data == {"viewer": {"name": "Ann", "companies": []}, "company": None}


async def test_live_and_ready_need_no_token(service: Service) -> None:
    live, ready = await service.http.get("/livez"), await service.http.get("/readyz")

    assert (live.status_code, live.text) == (200, "live\n")
    assert (ready.status_code, ready.text) == (200, "ready\n")


async def test_it_is_ready_once_the_migrations_have_run(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'erp-link.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    async with service_asking(FakeErp(), url, tmp_path) as service:
        not_yet = await service.http.get("/readyz")
        database = open_database(url)
        await migrate(database)
        await database.engine.dispose()
        ready = await service.http.get("/readyz")

    assert (not_yet.status_code, not_yet.text) == (503, "not ready\n")
    assert (ready.status_code, ready.text) == (200, "ready\n")


@pytest.mark.parametrize("kind", ["nobody listens", "not a database"])
async def test_without_its_database_it_lives_is_not_ready_and_tells_no_secret(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """I8."""
    caplog.set_level("DEBUG")
    junk = tmp_path / "junk.sqlite"
    junk.write_text("These are no pages of a database. " * 100)
    url = NOWHERE if kind == "nobody listens" else f"sqlite+aiosqlite:///{junk}"
    async with service_asking(FakeErp(), url, tmp_path) as service:
        live, ready = await service.http.get("/livez"), await service.http.get("/readyz")
        token = service.issuer.token("ann")
        asked = await ask(service, f"Bearer {token}")

    assert (live.status_code, live.text) == (200, "live\n")
    assert (ready.status_code, ready.text) == (503, "not ready\n")
    assert asked.status_code in (500, 503)
    for told in (ready.text, asked.text, caplog.text):
        assert PASSWORD not in told
        assert token not in told
        assert "junk" not in told


async def test_it_is_not_ready_any_more_when_its_database_is_dropped(
    postgresql: Postgresql, tmp_path: Path
) -> None:
    url = postgresql.new_database()
    database = open_database(url)
    await migrate(database)
    await database.engine.dispose()
    async with service_asking(FakeErp(), url, tmp_path) as service:
        assert (await service.http.get("/readyz")).status_code == 200
        postgresql.drop(url)
        assert (await service.http.get("/readyz")).status_code == 503
        assert (await service.http.get("/livez")).status_code == 200


IMPORT_EVERYTHING = """
import sys

OPENED = []
CONNECTS = {"socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"}


def listen(event, arguments):
    if event in CONNECTS:
        OPENED.append(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        OPENED.append(f"{event} {arguments}")


sys.addaudithook(listen)
for name in sys.argv[1:]:
    __import__(name)
print(*OPENED, sep="\\n", end="")
"""


def modules() -> list[str]:
    """Every module of the product; those that are run, not imported, are left out."""
    packages = ["adapters", "command_line", "domain", "resolvers", "schema", "web"]
    found = [
        each.name
        for package in packages
        for each in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
        if not each.name.endswith("__main__")
    ]
    return ["app", *packages, *found]


def test_importing_anything_opens_nothing(tmp_path: Path) -> None:
    names = modules()
    assert {"app", "adapters.erps.demo", "schema.query", "command_line.server"} <= set(names)

    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, *names],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
