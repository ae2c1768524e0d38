"""What a bad request is, and how it must be answered."""

import json
from dataclasses import dataclass, field
from typing import Any

GOOD = "{ viewer { name } }"
PREFERRED = "application/graphql-response+json"


@dataclass(frozen=True, slots=True)
class Bad:
    """A request over HTTP, and the status and code of its refusal."""

    name: str
    status: int
    code: str
    method: str = "POST"
    target: str = "/graphql"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    """Beside a good token, `Accept` and `Content-Type: application/json`; empty: leave it out."""

    def bytes(self, token: str) -> bytes:
        """The request as it goes over the wire."""
        headers = {
            "Host": "127.0.0.1",
            "Authorization": f"Bearer {token}",
            "Accept": PREFERRED,
            "Content-Type": "application/json" if self.method == "POST" else "",
            "Content-Length": str(len(self.body)) if self.method == "POST" else "",
        } | self.headers
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def as_json(request: Any) -> bytes:
    return json.dumps(request).encode()


def a_document(name: str, code: str, query: str, **others: Any) -> Bad:
    """A well-formed request with a document, variables or a name that cannot be used."""
    return Bad(name, 400, code, body=as_json({"query": query} | others))
