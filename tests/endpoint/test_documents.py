"""Which document a request means, whatever carried it here."""

from typing import Any

import pytest

from endpoint.documents import (
    DocumentNotFound,
    DocumentRefused,
    Documents,
    digest_of,
)
from schema.kept import Recent

WHO = "{ viewer { name } }"
OTHER = "{ viewer { companies { name } } }"
HASH = digest_of(WHO)


def persisted(digest: Any = HASH, version: Any = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digest}}}


def documents(*kept: str) -> Documents:
    found = Documents()
    for text in kept:
        found.keep(text)
    return found


NAMED = [
    persisted(),
    persisted(f"sha256:{HASH}"),
    {"documentId": f"sha256:{HASH}"},
    {"documentId": HASH},
    {"documentId": f"sha256:{HASH}", **persisted()},
]

MALFORMED: list[dict[str, Any]] = [
    {"extensions": []},
    {"extensions": "persistedQuery"},
    {"extensions": 1},
    {"extensions": {"persistedQuery": []}},
    {"extensions": {"persistedQuery": True}},
    {"extensions": {"persistedQuery": HASH}},
    {"extensions": {"persistedQuery": {}}},
    {"extensions": {"persistedQuery": {"version": 1}}},
    {"extensions": {"persistedQuery": {"sha256Hash": HASH}}},
    persisted(version=None),
    persisted(version=0),
    persisted(version=2),
    persisted(version="1"),
    persisted(version=1.0),
    persisted(version=True),
    persisted(version=[1]),
    persisted(digest=None),
    persisted(digest=""),
    persisted(digest=12),
    persisted(digest=[HASH]),
    persisted(digest={"sha256": HASH}),
    persisted(digest=HASH.upper()),
    persisted(digest=HASH[:-1]),
    persisted(digest=HASH + "0"),
    persisted(digest=HASH[:-1] + "g"),
    persisted(digest=HASH[:-1] + "\u0661"),
    persisted(digest=f" {HASH}"),
    persisted(digest=f"{HASH}\n"),
    persisted(digest=f"md5:{HASH}"),
    persisted(digest=f"SHA256:{HASH}"),
    {"documentId": 1},
    {"documentId": []},
    {"documentId": ""},
    {"documentId": "sha256:"},
    {"documentId": f"sha256:{HASH.upper()}"},
    {"documentId": f"sha256:sha256:{HASH}"},
    {"documentId": f"x-ours:{HASH}"},
    {"documentId": "d41d8cd98f00b204e9800998ecf8427e"},
    {"documentId": f"sha256:{digest_of(OTHER)}", **persisted()},
    {"query": 1, **persisted()},
    {"query": {}},
    {},
    {"query": None, "documentId": None, "extensions": None},
    {"query": ""},
    {"query": "", "extensions": {}},
    {"query": "", "extensions": {"persistedQuery": None}},
]


@pytest.mark.parametrize("trusted", [None, {HASH: WHO}], ids=["open", "trusted"])
@pytest.mark.parametrize("request_", MALFORMED, ids=repr)
def test_what_names_no_document_is_refused(
    request_: dict[str, Any], trusted: dict[str, str] | None
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        Documents(trusted).text_of(request_)

    assert refused.value.code == "BAD_REQUEST"
    assert HASH not in str(refused.value)


@pytest.mark.parametrize("named", NAMED, ids=repr)
def test_a_hash_stands_for_a_document_that_is_kept(named: dict[str, Any]) -> None:
    assert documents(WHO).text_of(named) == WHO
    assert documents(WHO).text_of({"query": WHO, **named}) == WHO
    assert documents(WHO).text_of({"query": None, **named}) == WHO
    assert documents(WHO).text_of({"query": "", **named}) == WHO


@pytest.mark.parametrize("named", NAMED, ids=repr)
def test_a_hash_of_nothing_that_is_kept_asks_for_the_text(named: dict[str, Any]) -> None:
    with pytest.raises(DocumentNotFound) as refused:
        documents(OTHER).text_of(named)

    assert (refused.value.code, str(refused.value)) == (
        "PERSISTED_QUERY_NOT_FOUND",
        "PersistedQueryNotFound",
    )


@pytest.mark.parametrize("text", [OTHER, WHO + " ", "\ud800"])
@pytest.mark.parametrize("named", NAMED, ids=repr)
def test_a_text_under_the_hash_of_another_is_refused(named: dict[str, Any], text: str) -> None:
    with pytest.raises(DocumentRefused, match=r"^provided sha does not match query$"):
        documents(WHO).text_of({"query": text, **named})


def test_a_text_is_kept_only_when_it_is_said_to_be_valid() -> None:
    found = Documents()

    assert found.text_of({"query": WHO, **persisted()}) == WHO
    with pytest.raises(DocumentNotFound):
        found.text_of(persisted())
    found.keep(WHO)
    assert found.text_of(persisted()) == WHO


def test_the_documents_that_were_asked_for_last_are_kept_up_to_a_number() -> None:
    recent = Recent[str](most=3)
    for text in "abc":
        recent.keep(text, text, 1)
    assert recent.find("a") == "a"

    recent.keep("d", "d", 1)
    recent.keep("c", "c", 1)
    recent.keep("e", "e", 1)

    assert [recent.find(text) for text in "abcde"] == [None, None, "c", "d", "e"]


def test_the_documents_that_were_asked_for_last_are_kept_up_to_a_size() -> None:
    recent = Recent[str](most_size=1_000)
    for number in range(100):
        recent.keep(str(number), "é" * 50, 100)

    assert len(recent) == 10
    assert recent.find("90") == "é" * 50
    recent.keep("long", "x" * 1_001, 1_001)
    assert len(recent) == 0
    recent.keep("short", "x", 1)
    assert recent.find("short") == "x"


@pytest.mark.parametrize("named", [{"query": WHO}, *NAMED], ids=repr)
def test_a_trusted_document_runs_by_its_text_and_by_its_hash(named: dict[str, Any]) -> None:
    assert Documents({HASH: WHO}).text_of(named) == WHO


@pytest.mark.parametrize(
    "named", [{"query": OTHER}, {"query": WHO + "\n"}, {"query": "{ __schema"}, *NAMED], ids=repr
)
def test_nothing_runs_that_is_not_trusted(named: dict[str, Any]) -> None:
    found = Documents({digest_of("{ __typename }"): "{ __typename }"})
    for text in (WHO, OTHER):
        found.keep(text)

    with pytest.raises(DocumentRefused) as refused:
        found.text_of(named)

    assert refused.value.code == "DOCUMENT_NOT_TRUSTED"
