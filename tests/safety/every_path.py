"""A client that sends its secrets along every path there is, and keeps what it is answered."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from adapters.web_connector.operations import OPERATIONS
from adapters.web_connector.soap import ENVELOPE
from tests.builders import HARBOR, INTEGRATION
from tests.safety.bad_company import MISBEHAVIOURS, BadErp
from tests.safety.canaries import ANSWERS, Net
from tests.schema.conftest import HARBOR_ID, PAGE, UNLINK, an_id

Canaries = Mapping[str, str]
WS = Subprotocol("graphql-transport-ws")
STREAMS = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Client:
    """Somebody careless, with a genuine token."""

    address: str
    token: str
    canaries: Canaries
    net: Net

    def ask(self, query: Any, variables: Any = None, **headers: str) -> int:
        body = {"query": query, "variables": variables or {}, "operationName": None}
        return self.send("POST", "/graphql", json=body, headers=headers)

    def send(self, method: str, path: str, **request: Any) -> int:
        """One request; answers the status, or 0 where the connection broke."""
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        try:
            answer = httpx2.request(
                method, f"{self.address}{path}", headers=headers, timeout=20, **request
            )
        except httpx2.HTTPError:
            return 0
        self.net.catch(ANSWERS, f"{answer.status_code} {answer.headers} {answer.text}")
        return answer.status_code

    def carelessly_named(self) -> str:
        """A document that has a secret wherever a client chooses a word."""
        names = self.canaries
        return (
            f"query {names['operation name']}($c: ID!, $word: String) {{"
            f' {names["alias"]}: syncedInvoices(companyId: $c, filter: {{search: "'
            f'{names["literal"]}"}}) {{ totalCount }}'
            f" more: syncedInvoices(companyId: $c, filter: {{search: $word}}) {{ totalCount }} }}"
        )

    def read(self) -> int:
        variables = {"c": HARBOR_ID, "word": self.canaries["variable"]}
        sent = {f"X-{self.canaries['header name']}": self.canaries["header"]}
        sent |= {"Cookie": self.canaries["cookie"], "X-Request-Id": self.canaries["request id"]}
        sent |= {"traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
        sent |= {"tracestate": f"v={self.canaries['tracestate']}", "baggage": "b=1"}
        return self.ask(self.carelessly_named(), variables, **sent)

    def page(self) -> int:
        return self.ask(PAGE, {"company": HARBOR_ID})

    def unlink_from(self, erp: BadErp, invoice_id: int) -> None:
        invoice = an_id("SubcontractorInvoice", HARBOR, invoice_id)
        for behaviour in MISBEHAVIOURS:
            erp.behaviour = behaviour
            assert self.ask(UNLINK, {"invoice": invoice}) == 200

    def sign_in(self) -> list[int]:
        """With every token, at every place where people put them."""
        found = []
        for name in ("expired token", "foreign token", "malformed token", "machine token"):
            token = self.canaries[name]
            for headers in (
                {"Authorization": f"Bearer {token}"},
                {"Authorization": token},
                {"Authorization": f"Basic {token}"},
                {"X-Api-Key": token, "Authorization": ""},
                {"Authorization": f"Bearer {token}", "X-Request-Id": f"{token}{'=' * 64}"},
            ):
                found.append(self.ask("{ viewer { name } }", **headers))
            found.append(self.send("GET", f"/graphql?access_token={token}&query={{a}}"))
        return found

    def send_nonsense(self) -> list[int]:
        """What is refused before, while, and after it is read as a document."""
        word, name = self.canaries["nonsense"], self.canaries["unknown name"]
        documents = [
            f"{{ viewer {{ {name} }} }}",
            f'{{ node(id: "{word}") {{ id }} }}',
            f"{{ viewer {{ name }} {name}",
            f'query($c: Int = "{word}") {{ viewer {{ name }} }}',
            f"{{ ...{name} }}",
            f"{{ viewer @{name} {{ name }} }}",
            f'{{ syncedInvoices(companyId: "{HARBOR_ID}", first: "{word}") {{ totalCount }} }}',
            f'{{ syncedInvoices(companyId: "{HARBOR_ID}", after: "{word}") {{ totalCount }} }}',
        ]
        found = [self.ask(each) for each in documents]
        found.append(self.ask("query($c: Int) { viewer { name } }", {"c": word}))
        found += [self.ask({word: word}), self.ask([word])]
        found += [self._post(text) for text in (f'"{word}"', f'{{"query": "{word}', f"{word}" * 99)]
        found += [
            self.send("POST", "/graphql", content=b"{}", headers={"Content-Type": word}),
            self.send("POST", "/graphql", content=b"{}", headers={"Content-Encoding": word}),
            self.send("POST", "/graphql", json={"query": "{ a }"}, headers={"Accept": word}),
            self.send("POST", "/graphql", json={"query": "{ a }"}, headers={"Origin": word}),
            self.send("GET", f"/{word}?{word}={word}"),
            self.send("GET", f"/graphql?query={{{word}}}&variables={word}&extensions={word}"),
            self.send("DELETE", f"/graphql?{word}"),
            self.send(word.upper(), "/graphql"),
        ]
        hashed = {"persistedQuery": {"version": 1, "sha256Hash": word}}
        found.append(self.send("POST", "/graphql", json={"extensions": hashed}))
        found.append(self.send("POST", "/graphql", json={"documentId": f"sha256:{word}"}))
        return found

    def call_as_web_connector(self) -> list[int]:
        """Each call of the QuickBooks Web Connector, with a secret for each of its parameters."""
        word, found = self.canaries["nonsense"], []
        for name, operation in OPERATIONS.items():
            for value in (word, f"{HARBOR}-{INTEGRATION}", f"<{word}>", f"&{word};"):
                numbers = operation.whole_numbers
                told = "".join(
                    f"<{each}>{1 if each in numbers else value}</{each}>"
                    for each in operation.parameters
                )
                call = f'<{name} xmlns="http://developer.intuit.com/">{told}</{name}>'
                body = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{call}</s:Body></s:Envelope>'
                headers = {"Content-Type": "text/xml"}
                found.append(self.send("POST", "/web-connector", content=body, headers=headers))
        return found

    def _post(self, text: str) -> int:
        json_type = {"Content-Type": "application/json"}
        return self.send("POST", "/graphql", content=text.encode(), headers=json_type)

    def speak_raw(self) -> None:
        """Bytes that are hardly HTTP."""
        word = self.canaries["raw bytes"]
        for sent in (
            f"{word}\r\n\r\n",
            f"GET /{word} HTTP/1.1\r\n{word}\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: {word}\r\nX: {word * 2_000}\r\n\r\n",
            f"POST /graphql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {word}\r\n\r\n",
            f"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: {word}\r\n\r\n",
        ):
            where = urlsplit(self.address)
            at = (where.hostname or "", where.port)
            with suppress(OSError), socket.create_connection(at, timeout=10) as raw:
                raw.sendall(sent.encode())
                raw.shutdown(socket.SHUT_WR)
                while chunk := raw.recv(65_536):
                    self.net.catch(ANSWERS, chunk.decode("latin-1"))

    def open_sockets(self) -> list[str]:
        """WebSockets: each token in `connection_init`, careless operations, broken frames."""
        word, of_theirs = self.canaries["frame"], self.canaries["operation id"]
        broken = {"type": "subscribe", "id": of_theirs, "payload": {"query": "{ viewer {"}}
        careless = {"type": "subscribe", "id": "1", "payload": self._careless_payload()}
        unheard_of = {"type": word, "payload": word}
        hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}
        found = [self._talk([hello, broken, careless])]
        for token in (self.token, self.canaries["expired token"], self.canaries["malformed token"]):
            for place in ("Authorization", "authorization", "token"):
                hello = {"type": "connection_init", "payload": {place: f"Bearer {token}"}}
                found.append(self._talk([hello, broken, careless, unheard_of], f"?token={token}"))
        found.append(self._talk([word]))
        return found

    def _careless_payload(self) -> dict[str, Any]:
        variables = {"c": HARBOR_ID, "word": self.canaries["variable"]}
        return {"query": self.carelessly_named(), "variables": variables}

    def _talk(self, frames: list[Any], query: str = "") -> str:
        """Say all of it, and listen until the other side hangs up or falls silent."""
        address = f"{self.address.replace('http', 'ws')}/graphql{query}"
        heard = ""
        try:
            with connect(address, subprotocols=[WS], open_timeout=10) as open_socket:
                for frame in frames:
                    open_socket.send(frame if isinstance(frame, str) else json.dumps(frame))
                while True:
                    heard += str(open_socket.recv(timeout=1))
        except (WebSocketException, OSError, TimeoutError) as end:
            heard += f" {getattr(end, 'response', '')} {end}"
        self.net.catch(ANSWERS, heard)
        return heard

    def open_streams(self) -> list[int]:
        """Event streams: of a careless query, and of a subscription that nobody may see."""
        company = self.canaries["stream"]
        subscribe = f'subscription {{ invoiceChanged(companyId: "{company}") {{ __typename }} }}'
        return [self.ask(subscribe, **STREAMS), self.ask(self.carelessly_named(), **STREAMS)]
