"""The service in this process: the real application, its lifespan, and requests over ASGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from adapters.erps.demo import DemoBills
from adapters.settings import Settings
from adapters.tokens import DemoIssuer
from app import create_app
from resolvers.check_integration import check_integration
from resolvers.context import Services


@dataclass(frozen=True, slots=True)
class Service:
    """A running service, asked as its clients ask it."""

    http: httpx2.AsyncClient
    services: Services
    issuer: DemoIssuer
    bills: DemoBills

    async def post(
        self, query: str, variables: dict[str, Any] | None = None, person: str = "ada"
    ) -> httpx2.Response:
        """One GraphQL request as a demo person."""
        return await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {self.issuer.token(person)}"},
        )

    async def data(
        self, query: str, variables: dict[str, Any] | None = None, person: str = "ada"
    ) -> Any:
        """The answer's data; a typed refusal is data too, so there must be no errors."""
        answer = (await self.post(query, variables, person)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def error(
        self, query: str, variables: dict[str, Any] | None = None, person: str = "ada"
    ) -> Any:
        """The one error of an answer, without the request's id, which is the answer's."""
        answer = await self.post(query, variables, person)
        (error,) = answer.json()["errors"]
        assert error["extensions"].pop("requestId") == answer.headers["x-request-id"]
        return error


@asynccontextmanager
async def running_service(url: str, folder: Path, **settings: Any) -> AsyncIterator[Service]:
    """Start the application on a database, with the Demo ERP in a folder, and stop it."""
    settings = {"demo": "oidc_issuers" not in settings} | settings
    chosen = Settings(database_url=SecretStr(url), data_dir=folder, **settings)
    app = create_app(chosen)
    async with app.router.lifespan_context(app) as state:
        assert state is not None

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        transport = httpx2.ASGITransport(app=with_state)
        async with httpx2.AsyncClient(transport=transport, base_url="http://erp-link") as http:
            yield Service(http, state["services"], state["issuer"], DemoBills.of(folder))


@pytest.fixture
async def service(demo_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service with the demo data, every integration checked: as after `make run`."""
    async with running_service(demo_url, tmp_path) as started:
        await check_all(started.services)
        yield started


async def check_all(services: Services) -> None:
    """What `erp-link seed` does after seeding: see the canaries and the linked records."""
    for company in await services.directory.companies():
        for integration in await services.invoices.integrations(company.id):
            await check_integration(services, integration)
