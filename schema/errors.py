"""Errors that are told to the client. Expected answers are not errors: they are union members."""

from typing import Any

from graphql import GraphQLError
from strawberry.extensions import MaskErrors


class BadUserInput(GraphQLError):
    """An argument that cannot be used; the message names it."""

    def __init__(self, argument: str, reason: str) -> None:
        extensions: dict[str, Any] = {"code": "BAD_USER_INPUT", "argument": argument}
        super().__init__(f"{argument}: {reason}", extensions=extensions)


def _is_unexpected(error: GraphQLError) -> bool:
    cause = error.original_error
    return cause is not None and not isinstance(cause, GraphQLError)


class Masked(MaskErrors):
    """Nothing of an unexpected error is told; Strawberry logs it all the same."""

    def __init__(self) -> None:
        super().__init__(_is_unexpected, "Something went wrong here. Nothing was said to be done.")

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        masked = super().anonymise_error(error)
        masked.extensions = {"code": "INTERNAL_SERVER_ERROR"}
        return masked
