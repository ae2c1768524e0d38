"""GraphQL over HTTP: Strawberry's own view, with what it leaves open closed."""

from typing import Any

from starlette.authentication import AuthenticationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from domain.budget import Allowance
from domain.permissions import NobodyKnown
from endpoint.answers import Answer, Refused, accept_of
from endpoint.authentication import NOBODY, refuse
from endpoint.body import asked_by_get, body_of, posted
from endpoint.budget import budget_of
from endpoint.event_stream import EventStream, EventStreamResponse, streamed
from endpoint.media_types import EVENT_STREAM, accepted
from endpoint.outcomes import is_request_error, outcome_of
from endpoint.request_id import current_request_id
from endpoint.shared import Shared
from resolvers.context import Context
from schema.errors import unresolved
from schema.keeping import KeepingSchema
from schema.kept import Operation
from schema.request import Request as SchemaRequest

_BY_GET = {OperationType.QUERY}
_BY_POST = {OperationType.QUERY, OperationType.MUTATION}


class GraphQLEndpoint(GraphQL[SchemaRequest, None]):
    """GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/).

    A fault of the request as such is answered with its status in either media type. An error in
    the document is a 400 in `application/graphql-response+json`, and in `application/json`, as
    ever, a 200. Neither has `data`. An answer with `data` is a 200, whatever its errors.
    """

    stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: EventStream}  # noqa: RUF012

    def __init__(self, schema: KeepingSchema, shared: Shared) -> None:
        protocols = (GRAPHQL_SSE_PROTOCOL,)
        super().__init__(schema, graphql_ide=None, subscription_protocols=protocols)
        self._schema, self._shared = schema, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Refused as refusal:
            answer = refusal.told(current_request_id.get())
        except NobodyKnown:
            answer = refuse(request, AuthenticationError(NOBODY))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """A subscription is answered as an event stream where the client takes one, even if it
        likes JSON better for all else. Raises Refused."""
        asked = await self._asked(request)
        accept = accepted(accept_of(request.scope))
        takes_stream = accept.event_stream and self._get_stream_transport("sse") is not None
        prefers_stream = accept.prefers_event_stream and takes_stream
        kept = None if prefers_stream else self._kept(asked)
        context = await self._context(request, kept)
        if prefers_stream:
            return await self._streamed(request, asked, context)
        if accept.json is None:
            raise Refused(406, "BAD_REQUEST", f"only subscriptions are answered as {EVENT_STREAM}")
        try:
            return await self._executed(request, asked, context, kept)
        except InvalidOperationTypeError as wrong:
            if wrong.operation_type is OperationType.MUTATION:
                message = "a mutation must be posted"
                raise Refused(405, "BAD_REQUEST", message, {"Allow": "POST"}) from None
            if not takes_stream:
                message = f"a subscription is answered as {EVENT_STREAM}, or over a WebSocket"
                raise Refused(406, "BAD_REQUEST", message) from None
        return await self._streamed(request, asked, context)

    async def _asked(self, request: Request) -> GraphQLRequestData:
        """Raises Refused for what is no request, or names a document that is not to be had."""
        if request.method == "GET":
            members = asked_by_get(request.scope["query_string"])
        else:
            members = posted(await body_of(request, self._shared.body_seconds))
        return GraphQLRequestData(
            query=self._shared.documents.text_of(members),
            variables=members["variables"],
            operation_name=members["operationName"],
            extensions=members["extensions"],
        )

    def _kept(self, asked: GraphQLRequestData) -> Operation | None:
        return self._schema.kept(asked.query, asked.variables, asked.operation_name)

    async def _context(self, request: Request, kept: Operation | None) -> SchemaRequest:
        """Who is only remembered is looked up, unless what is asked does without.

        Raises NobodyKnown.
        """
        context = Context(request.user.viewer, request.state.services, request.user.reader)
        if context.reader is not None and not (kept and kept.proves_its_reader):
            context = await context.looked_up()
        return SchemaRequest(
            context,
            keep_document=self._shared.documents.keep,
            request_id=current_request_id.get(),
            written_by_orjson=True,
        )

    async def _executed(
        self,
        request: Request,
        asked: GraphQLRequestData,
        context: SchemaRequest,
        kept: Operation | None,
    ) -> Response:
        running = self._schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=_BY_GET if request.method == "GET" else _BY_POST,
            operation_extensions=asked.extensions,
            kept=kept,
        )
        try:
            if kept is not None and kept.type is OperationType.QUERY:
                result = await running  # whoever leaves: nothing is being changed
            else:
                result = await self._shared.operations.complete(running, context.changing.is_set)
        except (CannotGetOperationTypeError, MissingQueryError) as problem:
            result = PreExecutionError(None, [unresolved(problem, context.request_id)])
        status, headers = outcome_of(result, request.scope, changed=context.changing.is_set())
        headers |= budget_of(result, _allowance(context))
        return Answer(_told(result), status, headers)

    async def _streamed(
        self, request: Request, asked: GraphQLRequestData, context: SchemaRequest
    ) -> Response:
        transport: Any = self._get_stream_transport("sse")
        by_method = OperationType.from_http("GET" if request.method == "GET" else "POST")
        source: Any = await self.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            operation_extensions=asked.extensions,
            allowed_operation_types=transport.allowed_operation_types(by_method),
        )
        shared = self._shared
        results: Any = streamed(request, source, context, shared.operations, shared.request_seconds)
        chunks = self._stream_result(request, results, transport)
        return EventStreamResponse(request, chunks(), transport.headers, context, shared.open_ones)

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """For each result of a stream."""
        return _told(result)


def _told(result: ExecutionResult) -> GraphQLHTTPResponse:
    told = process_result(result)
    if is_request_error(result):
        del told["data"]
    return told


def _allowance(context: SchemaRequest) -> Allowance | None:
    budget = context.context.services.budget
    return budget.allowance if budget else None
