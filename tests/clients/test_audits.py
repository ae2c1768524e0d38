"""GraphQL over HTTP, by the audits of its working group (the npm package graphql-http)."""

import json

from tests.clients.books import Books
from tests.servers.node import NodeClients


def test_the_service_passes_every_audit(node_clients: NodeClients, books: Books) -> None:
    told = node_clients.run(node_clients.node, "drivers/audits.ts", books.url, books.token)
    audits = json.loads(told)

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) >= 61
