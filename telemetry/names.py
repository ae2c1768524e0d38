"""Which words of a request may stand in a log line, a span or a label: those of closed lists.

Whatever a client chooses could be a secret, and each new word would be a new series of metrics.
"""

from collections.abc import Collection, Iterable

OTHER = "other"
NONE = "none"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ROUTES = frozenset(
    {
        *("/", "/graphql", "/graphiql", "/livez", "/readyz"),
        *("/sign-in.json", "/sign-in/demo", "/web-connector"),
    }
)
PROBES = frozenset({"/livez", "/readyz"})
KINDS = frozenset({"query", "mutation", "subscription"})
CODES = frozenset(
    {
        "BAD_REQUEST",
        "BAD_USER_INPUT",
        "DEADLINE_EXCEEDED",
        "DOCUMENT_NOT_TRUSTED",
        "FORBIDDEN",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "INTERNAL_SERVER_ERROR",
        "ISSUER_UNAVAILABLE",
        "LIMIT_EXCEEDED",
        "NOT_FOUND",
        "OPERATION_RESOLUTION_FAILURE",
        "OUTCOME_UNKNOWN",
        "PERSISTED_QUERY_NOT_FOUND",
        "RATE_LIMITED",
        "SERVICE_UNAVAILABLE",
        "SUBSCRIPTION_BEHIND",
        "UNAUTHENTICATED",
    }
)


def known(word: object, words: Collection[str]) -> str:
    """The word if it is one of the list, else `other`."""
    return word if isinstance(word, str) and word in words else OTHER


def codes_of(extensions: Iterable[object]) -> tuple[str, ...]:
    """The codes of errors, each once, from their extensions."""
    found = (each.get("code") if isinstance(each, dict) else None for each in extensions)
    return tuple(sorted({known(code, CODES) for code in found}))
