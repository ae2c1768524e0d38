"""The file of the only documents that are run: read once, and wrong in no part of it.

It is what the clients' builds write: `persisted-documents.json` of graphql-codegen's client preset
with `hashAlgorithm: 'sha256'`, or Relay's `persistConfig` with `algorithm: 'SHA256'`.
"""

import json
from pathlib import Path
from typing import Any, NoReturn

from graphql import GraphQLError, OperationDefinitionNode, parse, specified_rules
from strawberry.schema.schema import validate_document

from endpoint.documents import Documents, digest_in, digest_of
from schema.keeping import KeepingSchema
from schema.kept import KeptDocument
from schema.limits import Limits


class TrustedDocumentsUnusable(Exception):
    """The file cannot be used; the message is one line that names it, and the wrong entry."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"the trusted documents in {path} cannot be used: {problem}")


def read_trusted_documents(path: Path, schema: KeepingSchema) -> dict[str, str]:
    """The documents by their SHA-256, each one parsed and validated, and kept so by the schema.

    Raises TrustedDocumentsUnusable.
    """
    try:
        entries = json.loads(path.read_text("utf-8"), object_pairs_hook=_object)
    except OSError as problem:
        raise TrustedDocumentsUnusable(path, problem.strerror or "it cannot be read") from None
    except (ValueError, RecursionError) as problem:
        raise TrustedDocumentsUnusable(path, f"no JSON ({_first_line(problem)})") from None
    if not isinstance(entries, dict) or not entries:
        raise TrustedDocumentsUnusable(path, "it must be a JSON object of documents by hash")
    try:
        return dict(_checked(key, text, schema) for key, text in entries.items())
    except ValueError as problem:
        raise TrustedDocumentsUnusable(path, str(problem)) from None


def open_documents(path: Path | None, schema: KeepingSchema, own: Path) -> Documents:
    """What may be run: the trusted documents in a file, or without one, anything.

    `own`: those of our own page, as its build leaves them; they are trusted with any others.
    Raises TrustedDocumentsUnusable.
    """
    if path is None:
        return Documents()
    trusted = read_trusted_documents(path, schema)
    return Documents(trusted | (read_trusted_documents(own, schema) if own.exists() else {}))


def _checked(key: str, text: Any, schema: KeepingSchema) -> tuple[str, str]:
    """One entry. Raises ValueError, which names it."""

    def wrong(problem: str) -> NoReturn:
        raise ValueError(f"entry {key[:80]!r} {problem}")

    digest = digest_in(key)
    if digest is None:
        wrong("is no SHA-256: have the client's build hash with sha256")
    if not isinstance(text, str):
        wrong("is no text")
    if digest != digest_of(text):
        wrong("is not the SHA-256 of its document")
    if len(text) > Limits().characters:
        wrong(f"is over the limit of {Limits().characters} characters")
    try:
        document = parse(text, max_tokens=Limits().tokens)
    except (GraphQLError, RecursionError) as problem:
        wrong(f"cannot be parsed: {_first_line(problem)}")
    if not any(isinstance(each, OperationDefinitionNode) for each in document.definitions):
        wrong("holds no operation")
    if errors := validate_document(schema._schema, document, tuple(specified_rules)):
        wrong(f"is not valid: {_first_line(errors[0])}")
    schema.documents.keep(text, KeptDocument(document), len(text))
    return digest, text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is given twice")
    return members


def _first_line(problem: Exception) -> str:
    said = problem.message if isinstance(problem, GraphQLError) else str(problem)
    return said.partition("\n")[0] or type(problem).__name__
