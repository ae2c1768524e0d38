"""What the builds of front ends make of `schema.graphql`: lint, typed documents, artifacts."""

from tests.servers.environments import ROOT
from tests.servers.node import NodeClients


def test_the_schema_keeps_the_rules_of_graphql_eslint(node_clients: NodeClients) -> None:
    config = node_clients.folder / "eslint.config.js"

    node_clients.run(
        "eslint", "--config", config, "--max-warnings", "0", "schema.graphql", folder=ROOT
    )


def test_typed_documents_compile_strictly(built: NodeClients) -> None:
    built.run("tsc", "--project", ".")


def test_relay_compiles_a_list_that_loads_more(node_clients: NodeClients) -> None:
    artifacts = node_clients.folder / "generated" / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)

    told = node_clients.run("relay-compiler", "relay.config.json")

    assert "Compilation completed" in told
    assert (artifacts / "InvoiceListPageQuery.graphql.ts").exists()
