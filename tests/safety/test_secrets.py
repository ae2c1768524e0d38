"""I8: secrets are sent along every path, and come out nowhere.

Not in logs, at level debug; not in traces; not in metrics; not in what clients are answered; and
of connections, not in the database. The service is a real process, on PostgreSQL, with an ERP that
repeats in each answer the key it got.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest

from adapters.secret_keys import SecretKey
from adapters.store.engine import open_database
from adapters.store.machine_tokens import SqlMachineTokens
from domain.machines import Scope
from tests.adapters.oidc.keys import a_jwk, a_key
from tests.adapters.oidc.server import running_issuers
from tests.adapters.oidc.tokens import Mint
from tests.builders import HARBOR, INTEGRATION, a_directory, a_person, a_requisition, bring_in
from tests.databases import Templates, nothing
from tests.safety.bad_company import BadErp, Relay, bad_erp
from tests.safety.canaries import Net, a_canary
from tests.safety.every_path import Client
from tests.safety.processes import ERP_LINK, environment, erp_link, erp_link_reading
from tests.servers.postgresql import Postgresql
from tests.servers.processes import Server, free_port
from tests.telemetry.collector import Collector, collecting

WORDS = """
    alias, cookie, database error, dsn password, erp key, frame, header, header name, literal,
    malformed token, nonsense, operation id, operation name, raw bytes, stream, tracestate,
    unknown name, variable, told erp key
"""
STORED = ("erp key", *(f"erp setting {number}" for number in range(2, 11)))
"""Ten secrets of a stored connection, the first of which the ERP is told."""
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "tryton": {"key": "{key}", "company": "1"},
    "acumatica": {
        "client_id": "88358B02-A48D-A50E-F710-39C1636C30F6@Harbor",
        "client_secret": "{other}",
        "username": "erp-link",
        "password": "{key}",
    },
    "vista": {"client_id": "erp-link", "client_secret": "{other}", "account_token": "{key}"},
}
"""What reaches each ERP that is held to this, with two of the secrets: by header, and by form."""


@dataclass
class Stage:
    """The service as a process, with all that is around it."""

    client: Client
    process: Server
    settings: dict[str, object]
    erp: BadErp
    relay: Relay
    collector: Collector
    cluster: Postgresql
    database: str
    folder: Path
    erp_name: str
    net: Net = field(default_factory=Net)
    canaries: dict[str, str] = field(default_factory=dict)

    def sql(self, statement: str) -> None:
        self.cluster.sql(statement, self.database)

    def run(self, *command: str, typed: str = "", **but: object) -> str:
        """A command of the operator's, with the same settings; what it says."""
        chosen = self.settings | {"port": 0} | but
        ended = erp_link_reading(typed, *command, cwd=self.folder, **chosen)
        self.net.catch("commands", said := ended.stdout + ended.stderr)
        return said

    def stored(self) -> str:
        """The settings of a connection, as JSON, with all that there is to hide."""
        secrets = {name.replace(" ", "_"): self.canaries[name] for name in STORED}
        return json.dumps(secrets | reaching(self.erp_name, self.erp.url, self.canaries, "erp key"))

    def dump(self) -> None:
        """All that the database holds."""
        self.net.catch("database", self.cluster.run("pg_dump", "--data-only", self.database))

    def end(self) -> str:
        """End the service; its whole log."""
        self.process.end()
        self.net.catch("traces", "".join(self.collector.everything))
        log = self.process.log.read_text()
        self.net.catch("log", log)
        return log

    def scrape(self) -> None:
        answer = httpx2.get(f"http://127.0.0.1:{self.settings['metrics_port']}/metrics")
        assert answer.status_code == 200
        self.net.catch("metrics", answer.text)


def reaching(erp_name: str, url: str, canaries: Mapping[str, str], key: str) -> dict[str, str]:
    words = {"key": canaries[key], "other": canaries["erp setting 2"]}
    return {"url": url} | {
        name: each.format_map(words) for name, each in SETTINGS[erp_name].items()
    }


async def found_harbor(url: str, issuer: str, erp_name: str) -> str:
    """Harbor's books, synced with such an ERP; the text of a machine's token."""
    database = open_database(url)
    ada = a_person("ada", identities=[{"issuer": issuer, "subject": "ada"}])
    directory = a_directory([ada], integration={"erp": erp_name})
    records = {id: str(UUID(int=id)) if erp_name == "vista" else str(id) for id in (1, 2)}
    synced = [a_requisition(id, origin_id=record_id) for id, record_id in records.items()]
    await bring_in(database, directory, synced)
    token = await SqlMachineTokens(database).make(HARBOR, "nightly export", [Scope.READ], [], None)
    await database.engine.dispose()
    return token.reveal()


@pytest.fixture
def erp_name() -> str:
    return "tryton"


@pytest.fixture
def stage(
    postgresql: Postgresql, templates: Templates, tmp_path: Path, erp_name: str
) -> Iterator[Stage]:
    words = [*" ".join(WORDS.split()).split(", "), *STORED]
    canaries = {word: a_canary(word) for word in words}
    url = templates.copy("postgresql", "empty", nothing, tmp_path)
    database, role = urlsplit(url).path.strip("/"), a_canary("role")
    postgresql.sql(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{canaries['dsn password']}'")
    with running_issuers() as login, bad_erp() as erp, collecting() as collector:
        login.keys["harbor"] = [a_jwk(a_key("rsa"), "rsa")]
        mint = Mint(login.issuer(), now=time.time())
        canaries["machine token"] = asyncio.run(found_harbor(url, login.issuer(), erp_name))
        canaries["expired token"] = mint.token(exp=int(mint.now) - 99)
        canaries["foreign token"] = Mint(mint.issuer, owner="attacker", now=mint.now).token()
        token = canaries["token"] = canaries["request id"] = mint.token()
        relay, port = Relay(postgresql.port), free_port()
        key = f"{HARBOR}/{INTEGRATION}"
        connection = reaching(erp_name, erp.url, canaries, "told erp key")
        secret_key = SecretKey("first", token_bytes(32)).reveal()
        canaries["secret key"] = secret_key.partition(":")[2].rstrip("=")
        settings: dict[str, object] = {
            "port": port,
            "data_dir": tmp_path,
            "database_url": f"postgresql+asyncpg://{role}:{canaries['dsn password']}"
            f"@127.0.0.1:{relay.port}/{database}",
            "connections": json.dumps({key: connection}),
            "secret_keys": secret_key,
            "oidc_issuers": json.dumps([{"issuer": login.issuer()}]),
            "log_level": "debug",
            "otlp_endpoint": collector.url,
            "metrics_port": free_port(),
        }
        net, address = Net(), f"http://127.0.0.1:{port}"
        process = Server([ERP_LINK, "serve"], tmp_path, environment=environment(**settings))
        try:
            process.wait_until(lambda: _ready(address), seconds=60)
            client = Client(address, token, canaries, net)
            around = (erp, relay, collector, postgresql, database, tmp_path, erp_name)
            yield Stage(client, process, settings, *around, net, canaries)
        finally:
            if process.log.exists() and process.process.returncode is None:
                process.end()
            relay.cut()
            postgresql.sql(f"DROP ROLE {role}")


def _ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def secrets_in(canaries: dict[str, str]) -> dict[str, str]:
    """What must not come out. Of a token, already its signature or its secret part is too much."""
    parts = {
        f"{name}, its last part": text.rpartition("_" if name == "machine token" else ".")[2]
        for name, text in canaries.items()
        if "token" in name and name != "malformed token"
    }
    return canaries | parts


def talkative(word: str) -> list[str]:
    """What makes the database answer every look at an invoice with an error that holds a word."""
    table = "subcontractor_invoices"
    return [
        f"ALTER TABLE {table} RENAME TO elsewhere",
        "CREATE FUNCTION tell() RETURNS int LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'sorry: {word}' USING DETAIL = '{word}'; END $$",
        f"CREATE VIEW {table} AS SELECT * FROM elsewhere WHERE tell() > 0",
    ]


def manage_connections(stage: Stage) -> None:
    """Every command about connections, as it should be and as it should not."""
    where = ("--company", str(HARBOR), "--integration", str(INTEGRATION))
    stored, file = stage.stored(), stage.folder / "settings.json"
    assert "stored" in stage.run("connections", "add", *where, typed=stored)
    assert "connections check" in stage.run("connections", "add", *where, typed=stored)
    for wrong in (stored[:-1], f"[{stored}]", f'{{"a": {stored}}}', stored.replace('"key"', '"x"')):
        assert "erp-link: " in stage.run("connections", "add", *where, typed=wrong)
        file.write_text(wrong)
        assert "erp-link: " in stage.run("connections", "add", *where, "--settings", str(file))
    assert "no ERP integration" in stage.run("connections", "add", *where[:3], "9", typed=stored)
    for secret_keys in ("", f"first:{stage.canaries['secret key']}", stage.canaries["erp key"]):
        assert "SECRET_KEYS" in stage.run(
            "connections", "add", *where, typed=stored, secret_keys=secret_keys
        )
    assert "encrypted with the key first" in stage.run("connections", "list")
    assert '"keyId": "first"' in stage.run("connections", "list", "--json")
    assert f"{HARBOR}/{INTEGRATION}" in stage.run("connections", "check")


def lose_the_key(stage: Stage) -> None:
    """All is encrypted with a key that the service does not have."""
    next_key = SecretKey("second", token_bytes(32)).reveal()
    stage.canaries["next secret key"] = next_key.partition(":")[2].rstrip("=")
    both = f"{next_key},{stage.settings['secret_keys']}"
    assert "1 of 1 connections" in stage.run("connections", "rotate", secret_keys=both)
    assert "the key second, which is not here" in stage.run("connections", "check")
    assert "the key second, which is not here" in stage.run("connections", "rotate")


def test_no_secret_comes_out_whatever_path_it_went_in_by(stage: Stage) -> None:
    client = stage.client
    manage_connections(stage)
    assert client.read() == 200
    assert 401 in (statuses := client.sign_in())
    assert 200 in statuses
    assert {400, 404, 405, 415} <= set(client.send_nonsense())
    assert {200, 500} <= set(client.call_as_web_connector())
    client.speak_raw()
    client.unlink_from(stage.erp, 1)
    assert any(stage.canaries["erp key"] in heard for heard in stage.erp.heard)
    heard = "".join(client.open_sockets())
    assert all(word in heard for word in ('"next"', '"error"', " 4400 ", " 4401 ", " 4403 "))
    client.open_streams()
    assert not any(stage.canaries["told erp key"] in heard for heard in stage.erp.heard)
    stage.dump()
    lose_the_key(stage)
    stage.dump()

    for statement in talkative(stage.canaries["database error"]):
        stage.sql(statement)
    assert client.read() == 200
    assert client.page() == 200
    client.unlink_from(stage.erp, 2)
    stage.scrape()
    stage.relay.cut()
    where = ("--company", str(HARBOR), "--integration", str(INTEGRATION))
    assert "cannot be used" in stage.run("connections", "add", *where, typed=stage.stored())
    assert client.read() in (500, 503)
    client.sign_in()
    client.open_sockets()
    client.open_streams()
    stage.scrape()
    log = stage.end()

    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    told = {event["event"].partition(" in request")[0] for event in events}
    assert {"started", "stopped", "request", "unlink", "erp trouble", "unexpected error"} <= told
    assert {"POST /graphql", "Mutation.unlinkInvoice", "ERP look_up"} <= {*stage.collector.names()}
    assert stage.net.channels() == {
        "answers",
        "commands",
        "database",
        "log",
        "traces",
        "metrics",
    }
    leaks = stage.net.leaks(secrets_in(stage.canaries))
    assert not leaks, "\n".join(leaks)


@pytest.mark.parametrize("erp_name", ["acumatica", "vista"])
def test_no_secret_of_an_erp_comes_out_whatever_the_erp_does(stage: Stage) -> None:
    where = ("--company", str(HARBOR), "--integration", str(INTEGRATION))
    assert "stored" in stage.run("connections", "add", *where, typed=stage.stored())
    stage.client.unlink_from(stage.erp, 1)
    assert f"{HARBOR}/{INTEGRATION}" in stage.run("connections", "check")
    stage.dump()
    stage.scrape()
    stage.end()

    assert any(stage.canaries["erp key"] in heard for heard in stage.erp.heard)
    assert any(stage.canaries["erp setting 2"] in heard for heard in stage.erp.heard)
    assert not any(stage.canaries["told erp key"] in heard for heard in stage.erp.heard)
    leaks = stage.net.leaks(secrets_in(stage.canaries))
    assert not leaks, "\n".join(leaks)


def test_no_secret_comes_out_of_a_service_that_cannot_start(
    postgresql: Postgresql, tmp_path: Path
) -> None:
    canaries = {"password": a_canary("password"), "key": a_canary("key")}
    password, key = canaries.values()
    net = Net()

    def serve(**settings: object) -> None:
        settings = {"data_dir": tmp_path, "port": 0, "log_level": "debug"} | settings
        ended = erp_link("serve", cwd=tmp_path, **settings)
        assert ended.returncode != 0
        net.catch("start", ended.stdout + ended.stderr)

    at = f"127.0.0.1:{postgresql.port}"
    serve(database_url=f"postgresql+asyncpg://postgres:{password}@{at}/postgres")
    serve(database_url=f"postgresql+asyncpg://postgres:{password}@127.0.0.1:1/x")
    serve(database_url=f"{password}://{password}")
    serve(connections=f'{{"7/71": {{"key": "{key}"')
    serve(connections=json.dumps({"7/71": key}))
    serve(secret_keys=key)
    serve(secret_keys=f"first:{key}")
    serve(oidc_issuers=json.dumps([{"issuer": f"https://{password}@login"}]))
    serve(oidc_issuers=password)
    serve(otlp_endpoint=password)
    serve(metrics_port=password)
    serve(log_level=password)

    assert net.leaks(canaries) == []


def test_the_net_catches_a_secret_in_whatever_form_and_channel(tmp_path: Path) -> None:
    secret = a_canary("token")
    for form in (secret, f"Bearer {secret}", secret.upper(), f"?a={secret}&b"):
        for channel in ("log", "traces", "metrics", "answers"):
            net = Net([(channel, f"before {form} after")])

            assert net.leaks({"token": secret})

    assert Net([("answers", secret)]).leaks({"alias": secret}) == []
    assert Net([("log", secret)]).leaks({"alias": secret})
    assert Net([("log", "nothing")]).leaks({"token": secret}) == []
