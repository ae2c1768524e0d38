"""Prints the contract: what `schema.graphql` holds."""

from schema import schema

print(schema.as_str())
