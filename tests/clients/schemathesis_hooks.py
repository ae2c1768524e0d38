"""What Schemathesis sends, and looks at in every answer. Runs in its environment, never in ours."""

from typing import Any
from zlib import crc32

import schemathesis  # type: ignore[import-not-found]  # not ours to install
from graphql import REMOVE, ArgumentNode, DocumentNode, Visitor, parse, print_ast, visit

from tests.clients.fitting import Fitting


@schemathesis.hook  # type: ignore[untyped-decorator]
def map_body(context: Any, body: DocumentNode) -> DocumentNode:
    """Three in four keep but one way to page: it gives them all at once, which is refused."""
    return visit(body, _FromTheStart()) if crc32(print_ast(body).encode()) % 4 else body


@schemathesis.check  # type: ignore[untyped-decorator]
def answer_fits_the_schema(context: Any, response: Any, case: Any) -> None:
    """No server error, and nothing in the answer that the schema does not allow."""
    assert response.status_code < 500, response.text[:2000]
    fitting = Fitting(case.operation.schema.client_schema, parse(case.body))
    problems = list(fitting.problems(response.json()))
    assert not problems, problems


class _FromTheStart(Visitor):
    def enter_argument(self, argument: ArgumentNode, *_: Any) -> Any:
        return REMOVE if argument.name.value in ("after", "last", "before", "filter") else None
