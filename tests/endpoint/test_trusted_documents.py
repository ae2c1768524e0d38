"""The mode in which nothing runs but what the clients' build has listed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query

from endpoint.documents import digest_of
from endpoint.trusted_documents import TrustedDocumentsUnusable, read_trusted_documents
from schema import schema
from tests.databases import Templates
from tests.endpoint.test_persisted_documents import fill, get, is_answered, named, post, refused
from tests.fakes import FakeErp, service_asking
from tests.safety.processes import erp_link, serving
from tests.service import Service

WHO = "query Who { viewer { name } }"
CHANGE = """mutation Change($id: ID!) {
  unlinkInvoice(input: {invoiceId: $id}) { ... on Success { message } }
}
"""
OTHER = "{ viewer { name } }"


def listed(*texts: str) -> str:
    return json.dumps({digest_of(text): text for text in texts})


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "persisted-documents.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
async def service(kind: str, templates: Templates, tmp_path: Path) -> AsyncIterator[Service]:
    url = templates.copy(kind, "two people", fill, tmp_path)
    trusted = written(tmp_path, listed(WHO, CHANGE))
    async with service_asking(FakeErp(), url, tmp_path, trusted_documents=trusted) as started:
        yield started


async def test_a_trusted_document_is_run_whichever_way_it_is_named(service: Service) -> None:
    by_id = {"documentId": f"sha256:{digest_of(WHO)}"}
    for body in ({"query": WHO}, named(WHO), {"query": WHO, **named(WHO)}, by_id):
        assert is_answered(await post(service, body))
        assert is_answered(await get(service, body))
    changed = await post(service, {**named(CHANGE), "variables": {"id": "x"}})
    assert "data" in changed.json() or refused(changed) == "BAD_USER_INPUT"


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize(
    "text",
    [
        OTHER,
        WHO + "\n",
        f"{WHO} query Other {{ __typename }}",
        get_introspection_query(),
        "{ no",
        "",
    ],
)
async def test_nothing_else_is_run(service: Service, text: str, accept: str) -> None:
    bodies: list[dict[str, Any]] = [named(text), {"documentId": f"sha256:{digest_of(text)}"}]
    if text:
        bodies += [{"query": text}, {"query": text, **named(text)}]
    for body in bodies * 2:
        answer = await post(service, body, accept=accept)

        assert answer.status_code == 403
        assert refused(answer) == "DOCUMENT_NOT_TRUSTED"
        assert "cost" not in answer.text


async def test_a_trusted_mutation_is_not_run_by_get(service: Service) -> None:
    answer = await get(service, {**named(CHANGE), "variables": {"id": "x"}})

    assert answer.status_code == 405


WRONG: dict[str, tuple[str | bytes, str]] = {
    "no json": ("{", "no JSON"),
    "not utf-8": (b'{"\xff": ""}', "no JSON"),
    "deeply nested": ("[" * 100_000, "no JSON"),
    "a list": ("[]", "JSON object"),
    "nothing": ("{}", "JSON object"),
    "a name twice": (f'{{"{digest_of(WHO)}": "a", "{digest_of(WHO)}": "b"}}', "twice"),
    "sha1": (json.dumps({"ab" * 20: WHO}), "ab" * 20),
    "capitals": (json.dumps({digest_of(WHO).upper(): WHO}), digest_of(WHO).upper()),
    "no text": (json.dumps({digest_of(WHO): {"text": WHO}}), digest_of(WHO)),
    "the hash of another": (json.dumps({digest_of(WHO): OTHER}), digest_of(WHO)),
    "cannot be parsed": (listed(WHO, "{ viewer {"), digest_of("{ viewer {")),
    "not of this schema": (listed(WHO, "{ unknown }"), digest_of("{ unknown }")),
    "no operation": (
        listed(WHO, "fragment F on Viewer { name }"),
        digest_of("fragment F on Viewer { name }"),
    ),
    "too long": (listed(WHO.ljust(20_001)), digest_of(WHO.ljust(20_001))),
    "too many tokens": (listed("#\n" * 1_001 + WHO), digest_of("#\n" * 1_001 + WHO)),
}


@pytest.mark.parametrize("kind_of_fault", WRONG)
def test_a_file_with_anything_wrong_in_it_is_not_used(kind_of_fault: str, tmp_path: Path) -> None:
    content, named_in_message = WRONG[kind_of_fault]
    path = written(tmp_path, content)

    with pytest.raises(TrustedDocumentsUnusable) as refusal:
        read_trusted_documents(path, schema)

    [line] = str(refusal.value).splitlines()
    assert str(path) in line
    assert named_in_message in line


def test_the_hashes_may_say_what_they_are(tmp_path: Path) -> None:
    """As graphql-codegen's client preset writes them from its version 6 on."""
    path = written(tmp_path, json.dumps({f"sha256:{digest_of(WHO)}": WHO}))

    assert read_trusted_documents(path, schema) == {digest_of(WHO): WHO}


@pytest.mark.parametrize("kind_of_fault", ["no file", "a folder", "no json", "not of this schema"])
def test_the_service_does_not_start_on_such_a_file(
    kind_of_fault: str, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere.json"
    if kind_of_fault == "a folder":
        path.mkdir()
    elif kind_of_fault in WRONG:
        path = written(tmp_path, WRONG[kind_of_fault][0])

    ended = erp_link(
        "serve",
        cwd=tmp_path,
        data_dir=tmp_path,
        port=0,
        database_url=database_url,
        trusted_documents=path,
    )

    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith(f"erp-link: the trusted documents in {path} cannot be used: ")


def test_the_command_serves_trusted_documents_and_no_others(demo_url: str, tmp_path: Path) -> None:
    path = written(tmp_path, listed(WHO))
    with serving(
        demo_url, tmp_path, tmp_path / "log", trusted_documents=path, demo="true"
    ) as address:
        token = erp_link("token", "--as", "ada", cwd=tmp_path, data_dir=tmp_path, demo="true")
        headers = {"Authorization": f"Bearer {token.stdout.strip()}"}
        answers = [
            httpx2.post(f"{address}/graphql", json={"query": text}, headers=headers)
            for text in (WHO, OTHER)
        ]

    assert [answer.status_code for answer in answers] == [200, 403]
