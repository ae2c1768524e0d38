"""What errors of GraphQL's own say to a client: names of the schema, but nothing it has sent.

Literals and the values of variables may be secret, and what is repeated ends in logs and pages.
graphql-core quotes them in a few kinds of messages; each kind is said here without the quotation.
Names that a document defines or selects are kept, and so are lines and columns.
"""

import re

from graphql import GraphQLError, GraphQLSyntaxError, ValueNode, VariableNode

_SUGGESTION = re.compile(r"[.,]? Did you mean .*", re.DOTALL | re.IGNORECASE)

_KINDS = "Name|Int|Float|String|BlockString|Comment|<EOF>|'[^\\w\\s]{1,3}'"
_EXPECTED = re.compile(rf"(Expected (?:'\w+'|{_KINDS}), found|Unexpected) ({_KINDS})")
_FIRST_WORDS = re.compile(r"[\w ]*\w")

_VARIABLE = re.compile(r"(Variable '\$\w+' has invalid (?:default )?value(?: at [\w.\[\]]+)?): ")

# Each says what was expected, up to where the value itself would follow.
_VALUES = (
    re.compile(r"((?:Enum '\w+'|\w+) cannot represent [a-z0-9 -]*value): .*", re.DOTALL),
    re.compile(r"(Expected value of type '[\w!\[\]]+' to be an object), found: .*", re.DOTALL),
    re.compile(
        r"(Expected value of type '[\w!\[\]]+' to include required field '\w+'), found: .*",
        re.DOTALL,
    ),
    re.compile(
        r"(Expected value of type '[\w!\[\]]+' not to include unknown field)s? '.*", re.DOTALL
    ),
    re.compile(r"(Expected value of type '[\w!\[\]]+'), (?:found: |but ).*", re.DOTALL),
    re.compile(r"(Expected (?:a )?value of non-null type '[\w!\[\]]+' .*)\."),
    re.compile(r"(Within OneOf Input Object type '\w+', exactly one field must be .*)\."),
    re.compile(r"(Expected variable '\$\w+' provided to .*)\."),
)
_NO_SUCH_VALUE = re.compile(r"Value '.*' does not exist in '(\w+)' enum\.?", re.DOTALL)
_UNKNOWN = "The value does not fit its type"


def message_without_values(error: GraphQLError) -> str:
    """The message of a parse, validation or coercion error, without what the client sent."""
    if isinstance(error, GraphQLSyntaxError):
        return _of_syntax(error.message.removeprefix("Syntax Error: "))
    if variable := _VARIABLE.match(error.message):
        inner = error.original_error or error
        rest = error.message[variable.end() :]
        return f"{variable[1]}: {rest if _is_ours(inner) else _of_value(rest)}"
    if _is_ours(error):
        return error.message
    if not error.nodes or any(_is_value(node) for node in error.nodes):
        return _of_value(error.message)
    told = _SUGGESTION.sub("", error.message).rstrip(".")
    found = _known_value(told)
    return f"{found or told}."


def _of_syntax(message: str) -> str:
    if expected := _EXPECTED.match(message):
        return f"Syntax Error: {expected[1]} {expected[2]}."
    words = _FIRST_WORDS.match(message)
    return f"Syntax Error: {words[0]}." if words else "Syntax Error."


def _of_value(message: str) -> str:
    return f"{_known_value(message) or _UNKNOWN}."


def _known_value(message: str) -> str | None:
    for kind in _VALUES:
        if found := kind.fullmatch(message):
            return found[1]
    no_such = _NO_SUCH_VALUE.fullmatch(_SUGGESTION.sub(".", message))
    return f"No such value in enum '{no_such[1]}'" if no_such else None


def _is_ours(error: Exception) -> bool:
    """An error of this schema's own, which quotes nothing, carries its code."""
    return isinstance(error, GraphQLError) and "code" in (error.extensions or {})


def _is_value(node: object) -> bool:
    return isinstance(node, ValueNode) and not isinstance(node, VariableNode)
