"""What every answer says beside its content: its id, and what browsers must not do with it."""

import pytest

from tests.endpoint.asking import ask, refused
from tests.service import Service

PATHS = ["/graphql", "/livez", "/readyz", "/graphiql", "/graphiql/assets/none.js", "/", "/secret"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_an_id_and_is_taken_for_what_it_is(
    service: Service, path: str
) -> None:
    first, second = await service.http.get(path), await service.http.get(path)

    assert first.headers["x-content-type-options"] == "nosniff"
    assert "server" not in first.headers
    assert len(first.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_caller_may_bring_an_id(service: Service) -> None:
    for sane in ("a", "0193f0c2-1c7e-7b1a-9d52-5ad3f6f1a001", "A.b_c-9", "x" * 64):
        assert (await ask(service, x_request_id=sane)).headers["x-request-id"] == sane


@pytest.mark.parametrize(
    "id", ["x" * 65, "a b", "a;b", "<script>", "a/b", "%0d%0a", "a\tb", "\u00e9"]
)
async def test_an_id_that_could_do_harm_in_a_log_is_replaced(service: Service, id: str) -> None:
    answer = await service.http.get("/livez", headers=[(b"X-Request-Id", id.encode("latin-1"))])

    assert answer.headers["x-request-id"] != id
    assert len(answer.headers["x-request-id"]) == 32


async def test_an_id_that_is_sent_twice_is_none(service: Service) -> None:
    headers = [("X-Request-Id", "one"), ("X-Request-Id", "two")]

    answer = await service.http.get("/livez", headers=headers)

    assert answer.headers["x-request-id"] not in ("one", "two", "one, two")


async def test_what_there_is_not_is_said_in_json_and_not_repeated(service: Service) -> None:
    for path in ("/secret-path", "/graphql/secret-path", "/%2e%2e/secret-path"):
        answer = await service.http.get(path)

        assert refused(answer, 404, "NOT_FOUND") == "Not Found"
        assert "secret" not in answer.text
