"""What the tests do beside the client they drive: by plain HTTP, and as the accountant."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.browser.erp_link import ErpLink

HELD = {"recordStates": ["DRAFT", "OPEN"]}


@dataclass(frozen=True)
class Held:
    """A synced invoice whose bill the Demo ERP holds."""

    id: str
    record: str


class Books:
    """The service as ada sees it, who may unlink, by the documents of the clients' build."""

    def __init__(self, service: ErpLink, documents: Path) -> None:
        self._service = service
        self._documents = list(json.loads(documents.read_text()).values())
        self.url = f"{service.origin}/graphql"
        self.token = service.token_of("ada")
        (company,) = self.ask("query WhoAmI")["viewer"]["companies"]
        self.company: str = company["id"]
        wanted = {"companyId": self.company, "filter": HELD, "first": 100}
        found = self.ask("query SyncedInvoices", **wanted)["syncedInvoices"]["nodes"]
        self._held = [Held(each["id"], each["erpLink"]["recordId"]) for each in found]

    def take_held(self) -> Held:
        """An invoice for one test, and for no other."""
        return self._held.pop()

    def delete(self, invoice: Held) -> None:
        self._service.run("demo-erp", "delete", invoice.record)

    def unlink(self, invoice: Held) -> str:
        """The type of the answer."""
        answer = self.ask("mutation Unlink", invoiceId=invoice.id)["unlinkInvoice"]
        return str(answer["__typename"])

    def ask(self, operation: str, **variables: object) -> Any:
        (query,) = (text for text in self._documents if operation in text)
        headers = {"authorization": f"Bearer {self.token}"}
        request = {"query": query, "variables": variables}
        answer = httpx2.post(self.url, json=request, headers=headers, timeout=30).json()
        assert "errors" not in answer
        return answer["data"]
