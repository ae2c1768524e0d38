"""Values as a document writes them."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)


def literal(value: Any, type_: GraphQLInputType) -> str:
    """A value as a document writes it."""
    if isinstance(type_, GraphQLNonNull):
        return literal(value, type_.of_type)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLList):
        return f"[{', '.join(literal(each, type_.of_type) for each in value)}]"
    if isinstance(type_, GraphQLInputObjectType):
        parts = (f"{name}: {literal(value[name], type_.fields[name].type)}" for name in value)
        return f"{{{', '.join(parts)}}}"
    if isinstance(type_, GraphQLEnumType) or not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{value}"'
