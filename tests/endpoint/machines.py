"""Machines that call the service: two companies' books, and all the ways to forge a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from adapters.machine_tokens import TokenText, checksum
from adapters.store.engine import Database, open_database
from adapters.store.machine_tokens import SqlMachineTokens
from domain.machines import Scope
from tests.builders import (
    HARBOR,
    QUARRY,
    SHEDS,
    a_directory,
    a_person,
    a_requisition,
    bring_in,
)
from tests.fakes import FakeErp, check, service_asking
from tests.schema.conftest import an_id
from tests.service import Service

ON_DOCKS, ON_SHEDS = 1, 2
"""An invoice on either project, of either company."""
READ, UNLINK = [Scope.READ], [Scope.READ, Scope.UNLINK]
WHO = "{ viewer { name companies { name } } }"


@dataclass(frozen=True)
class Desk:
    """The service, and the tokens that its operator makes."""

    service: Service
    erp: FakeErp
    database: Database

    @property
    def tokens(self) -> SqlMachineTokens:
        return SqlMachineTokens(self.database)

    async def token(self, scopes: list[Scope] = READ, *projects: int, **but: Any) -> TokenText:
        """A token for Harbor's nightly export."""
        return await self.tokens.make(HARBOR, "nightly export", scopes, projects, **but)

    async def ask(self, token: TokenText | str, query: str = WHO, **variables: Any) -> Any:
        answer = await self.answer(token, query, **variables)
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def answer(
        self, token: TokenText | str, query: str = WHO, **variables: Any
    ) -> httpx2.Response:
        text = token if isinstance(token, str) else token.reveal()
        return await self.service.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={b"Authorization": f"Bearer {text}".encode()},
        )


@asynccontextmanager
async def a_desk(url: str, folder: Path, **settings: Any) -> AsyncIterator[Desk]:
    database = open_database(url)
    for company_id in (HARBOR, QUARRY):
        invoices = [a_requisition(ON_DOCKS), a_requisition(ON_SHEDS, project_id=SHEDS)]
        await bring_in(database, a_directory([a_person("ann")], company_id), invoices)
    erp = FakeErp()
    async with service_asking(erp, url, folder, **settings) as service:
        for company_id in (HARBOR, QUARRY):
            await check(service, company_id)
        erp.asked.clear()
        yield Desk(service, erp, database)
    await database.engine.dispose()


def invoice(company_id: int, number: int) -> str:
    return an_id("SubcontractorInvoice", company_id, number)


def sealed(text: str) -> str:
    """With the checksum that belongs to it: anybody can reckon that."""
    return text + checksum(text)


def forged(good: TokenText) -> dict[str, str]:
    """Tokens that are well-formed, and not ours."""
    other = TokenText.new(good.company_id)
    return {
        "another secret": replace(good, secret=other.secret).reveal(),
        "another id": replace(good, id=other.id).reveal(),
        "another company's": replace(good, company_id=QUARRY).reveal(),
        "of no company": replace(good, company_id=999).reveal(),
        "of the last company": replace(good, company_id=2**63 - 1).reveal(),
        "made up": other.reveal(),
        "the secret in other case": replace(good, secret=good.secret.swapcase()).reveal(),
        "the id in other case": replace(good, id=good.id.swapcase()).reveal(),
        "the secret backwards": replace(good, secret=good.secret[::-1]).reveal(),
        "a secret of zeros": replace(good, secret="0" * 43).reveal(),
        "the hash for the secret": replace(good, secret=good.digest().hex()[:43]).reveal(),
    }


def malformed(good: TokenText) -> dict[str, str]:
    """Tokens that cannot be ours, though each begins as if it were."""
    text = good.reveal()
    whole, secret = text[:-6], good.secret
    head = f"erplink_{good.company_id}_{good.id}"
    return {
        "the prefix": "erplink_",
        "no id": f"erplink_{good.company_id}",
        "no secret": head,
        "an empty secret": sealed(f"{head}_"),
        "no checksum": whole,
        "another checksum": whole + "000000",
        "a checksum too long": f"{text}0",
        "one character short": text[:-1],
        "the checksum in other case": whole + text[-6:].swapcase() + "_",
        "twice": text + text,
        "twice, with a blank": f"{text} {text}",
        "a blank inside": f"{head}_ {secret}",
        "a tab inside": sealed(f"{head}_{secret[:20]}\t{secret[21:]}"),
        "the prefix in capitals": sealed(f"erplink_ERPLINK_{good.id}_{secret}"),
        "company nought": sealed(f"erplink_0_{good.id}_{secret}"),
        "a company below nought": sealed(f"erplink_-7_{good.id}_{secret}"),
        "a company with a nought before": sealed(f"erplink_07_{good.id}_{secret}"),
        "a company with a sign": sealed(f"erplink_+7_{good.id}_{secret}"),
        "a company with a point": sealed(f"erplink_7.0_{good.id}_{secret}"),
        "a company in hexadecimal": sealed(f"erplink_0x7_{good.id}_{secret}"),
        "a company beyond 64 bits": sealed(f"erplink_{2**63}_{good.id}_{secret}"),
        "a company of 5000 digits": sealed(f"erplink_{'7' * 5000}_{good.id}_{secret}"),
        "no company": sealed(f"erplink__{good.id}_{secret}"),
        "an id too short": sealed(f"erplink_7_{good.id[1:]}_{secret}"),
        "an id too long": sealed(f"erplink_7_{good.id}x_{secret}"),
        "an id to match all": sealed(f"erplink_7_{'%' * 10}_{secret}"),
        "an id that ends the statement": sealed(f"erplink_7_' OR 1=1 -_{secret}"),
        "a secret too short": sealed(f"{head}_{secret[1:]}"),
        "a secret too long": sealed(f"{head}_{secret}x"),
        "a secret of underscores": sealed(f"{head}_{'_' * 43}"),
        "a secret in base 64": sealed(f"{head}_{'+/' * 21}="),
        "parts exchanged": sealed(f"erplink_{good.id}_7_{secret}"),
        "another separator": sealed(f"erplink_7-{good.id}-{secret}"),
        "like a JWT": f"erplink_{good.id}.{secret}.{secret}",
        "digits of another script": "erplink_\N{ARABIC-INDIC DIGIT SEVEN}" + text[9:],
        "a letter that looks the same": text[:-1] + "\N{CYRILLIC SMALL LETTER A}",
        "ten thousand characters": sealed(f"{head}_{'A' * 10_000}"),
        "a path": "erplink_../../etc/passwd",
        "JSON": 'erplink_{"company":7}',
    }
