"""Requests to /graphql as a demo person, by whatever headers and bytes a test wants."""

import json
from typing import Any

import httpx2

from tests.service import Service

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
WHO = "{ viewer { name } }"


async def post(service: Service, content: bytes | str, **headers: str) -> httpx2.Response:
    """Post bytes as they are. Headers are given in words: `content_type`; "" leaves one out."""
    return await service.http.post(
        "/graphql", content=content, headers=_headers(service, {"content_type": JSON} | headers)
    )


async def ask(service: Service, query: str = WHO, **headers: str) -> httpx2.Response:
    return await post(service, json.dumps({"query": query}), **headers)


async def get(service: Service, params: Any, **headers: str) -> httpx2.Response:
    return await service.http.get("/graphql", params=params, headers=_headers(service, headers))


def refused(answer: httpx2.Response, status: int, code: str = "BAD_REQUEST") -> str:
    """What is told of a request that was refused: one error with its code and id, and no data."""
    assert answer.status_code == status, answer.text
    assert answer.json().keys() <= {"errors", "extensions"}
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    return str(error["message"])


def _headers(service: Service, headers: dict[str, str]) -> dict[str, str]:
    bearer = {"authorization": f"Bearer {service.issuer.token('ada')}"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in (bearer | named).items() if value}
