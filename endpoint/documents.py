"""Which document a request means: the text it holds, or the one that it names by its hash.

Two ways to name one: Apollo's automatic persisted queries
(https://www.apollographql.com/docs/apollo-server/performance/apq), and the `documentId` of GraphQL
over HTTP (https://graphql.github.io/graphql-over-http/draft/, appendix "Persisted Documents").
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from graphql import OperationDefinitionNode, parse
from starlette.types import Receive, Scope, Send

from endpoint.answers import Answer, Refused, accept_of
from endpoint.media_types import GRAPHQL, accepted
from schema.kept import Recent

_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.ASCII)


class DocumentRefused(Refused):
    """The document cannot be had, or must not be run. `code` and the message are for clients."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.code = code


class DocumentNotFound(DocumentRefused):
    """No document of this hash is kept: its sender has to send the text with it once.

    Nothing was wrong with the request, so that `application/json` says 200, as Apollo Server does.
    """

    def __init__(self) -> None:
        super().__init__(404, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")

    def told(self, request_id: str) -> Answer:
        extensions = {"code": self.code, "requestId": request_id}
        return _NotFound({"errors": [{"message": str(self), "extensions": extensions}]}, 404)


class _NotFound(Answer):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.status_code = 404 if accepted(accept_of(scope)).json == GRAPHQL else 200
        await super().__call__(scope, receive, send)


class Documents:
    """What may be run: anything, or only what is trusted."""

    def __init__(
        self, trusted: Mapping[str, str] | None = None, recent: Recent[str] | None = None
    ) -> None:
        """`trusted` holds texts by their SHA-256; None: any document may be run."""
        self._trusted = trusted
        self._recent = Recent() if recent is None else recent

    def operation_names(self) -> frozenset[str]:
        """What the trusted documents call their operations; none where anything may be run."""
        return frozenset(
            operation.name.value
            for text in (self._trusted or {}).values()
            for operation in parse(text).definitions
            if isinstance(operation, OperationDefinitionNode) and operation.name
        )

    def text_of(self, request: Mapping[str, Any]) -> str:
        """The document that a request means, by its members as JSON has them.

        Looks at `query`, `documentId` and `extensions.persistedQuery`; null stands for absent, and
        so does an empty text: graphql-transport-ws has clients always send one.
        Raises DocumentRefused.
        """
        text = _string(request, "query")
        digest = _named(request)
        if text and digest not in (None, digest_of(text)):
            raise _bad("provided sha does not match query")
        if self._trusted is not None:
            return self._trusted_text(text, digest)
        if text:
            return text
        if digest is None:
            raise _bad("no document: send its text as query, or its hash")
        recent = self._recent.find(digest)
        if recent is None:
            raise DocumentNotFound
        return recent

    def keep(self, text: str) -> None:
        """Remember a valid document, so that its hash alone stands for it from now on."""
        if self._trusted is None:
            self._recent.keep(digest_of(text), text, len(text.encode("utf-8", "surrogatepass")))

    def _trusted_text(self, text: str | None, digest: str | None) -> str:
        assert self._trusted is not None
        if digest is None and not text:
            raise _bad("no document: send the hash of a trusted one")
        found = self._trusted.get(digest or digest_of(text or ""))
        if found is None:
            message = "only trusted documents are run here, and this is none of them"
            raise DocumentRefused(403, "DOCUMENT_NOT_TRUSTED", message)
        return found


def digest_of(text: str) -> str:
    """The SHA-256 of a document's UTF-8, in small hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_in(value: object) -> str | None:
    """The hash that a value writes, as 64 small hexadecimal digits after `sha256:` or alone."""
    found = _HASH.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def _named(request: Mapping[str, Any]) -> str | None:
    """The hash that a request names, in either way or in both; None: it names none."""
    if request.get("documentId") is None and request.get("extensions") is None:
        return None
    digests = {each for each in (_document_id(request), _persisted_query(request)) if each}
    if len(digests) > 1:
        raise _bad("documentId and persistedQuery name two documents")
    return next(iter(digests), None)


def _document_id(request: Mapping[str, Any]) -> str | None:
    value = _string(request, "documentId")
    digest = digest_in(value)
    if value is not None and digest is None:
        raise _bad("documentId must be sha256: and 64 small hexadecimal digits")
    return digest


def _persisted_query(request: Mapping[str, Any]) -> str | None:
    extensions = request.get("extensions")
    if not isinstance(extensions, dict | None):
        raise _bad("extensions must be an object, or null")
    named = (extensions or {}).get("persistedQuery")
    if named is None:
        return None
    if not isinstance(named, dict):
        raise _bad("extensions.persistedQuery must be an object")
    version = named.get("version")
    if type(version) is not int or version != 1:
        raise _bad("extensions.persistedQuery.version must be 1")
    digest = digest_in(named.get("sha256Hash"))
    if digest is None:
        raise _bad("extensions.persistedQuery.sha256Hash must be 64 small hexadecimal digits")
    return digest


def _string(request: Mapping[str, Any], name: str) -> str | None:
    value = request.get(name)
    if not isinstance(value, str | None):
        raise _bad(f"{name} must be a string, or null")
    return value


def _bad(message: str) -> DocumentRefused:
    return DocumentRefused(400, "BAD_REQUEST", message)
