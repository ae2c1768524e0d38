"""GraphQL over HTTP: Strawberry's own view, with what it leaves open closed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cross_web import StarletteRequestAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult, SubscriptionExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from endpoint.answers import Answer, Refused, accept_of
from endpoint.body import asked_by_get, body_of, posted
from endpoint.budget import tell_budget
from endpoint.event_stream import EventStream, EventStreamResponse, streamed
from endpoint.media_types import EVENT_STREAM, accepted
from endpoint.outcomes import is_request_error, tell_outcome
from endpoint.request_id import current_request_id
from endpoint.shared import Shared
from resolvers.context import Context
from schema.errors import unresolved
from schema.request import Request as SchemaRequest

_BY_GET = {OperationType.QUERY}
_BY_POST = {OperationType.QUERY, OperationType.MUTATION}


class Asked(StarletteRequestAdapter):
    """A request as Strawberry reads it; and the request itself, whose body we read."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.request = request


class GraphQLEndpoint(GraphQL[SchemaRequest, None]):
    """GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/).

    A fault of the request as such is answered with its status in either media type. An error in
    the document is a 400 in `application/graphql-response+json`, and in `application/json`, as
    ever, a 200. Neither has `data`. An answer with `data` is a 200, whatever its errors.
    """

    request_adapter_class = Asked
    stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: EventStream}  # noqa: RUF012

    def __init__(self, schema: Schema, shared: Shared) -> None:
        protocols = (GRAPHQL_SSE_PROTOCOL,)
        super().__init__(schema, graphql_ide=None, subscription_protocols=protocols)
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except Refused as refusal:
            await refusal.told(current_request_id.get())(scope, receive, send)

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Never: the explorer is a page of its own."""
        return False

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> SchemaRequest:
        return SchemaRequest(
            Context(request.user.viewer, request.state.services),
            keep_document=self._shared.documents.keep,
            request_id=current_request_id.get(),
        )

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Raises Refused for what is no request, or names a document that is not to be had."""
        asked: Request = request.request
        if asked.method == "GET":
            members = asked_by_get(asked.scope["query_string"])
        else:
            members = posted(await body_of(asked, self._shared.body_seconds))
        likes_stream = accepted(accept_of(asked.scope)).prefers_event_stream
        return GraphQLRequestData(
            query=self._shared.documents.text_of(members),
            variables=members["variables"],
            operation_name=members["operationName"],
            extensions=members["extensions"],
            protocol="sse" if likes_stream and self._get_stream_transport("sse") else "http",
        )

    async def execute_operation(
        self,
        request: Request,
        request_adapter: Any,
        request_data: Any,
        context: SchemaRequest,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        """A subscription is answered as an event stream where the client takes one, even if it
        likes JSON better for all else."""
        accept = accepted(accept_of(request.scope))
        if request_data.protocol == "http" and accept.json is None:
            raise Refused(406, "BAD_REQUEST", f"only subscriptions are answered as {EVENT_STREAM}")
        execute = partial(
            super().execute_operation,
            request,
            request_adapter,
            request_data,
            context,
            root_value,
            sub_response,
        )
        try:
            return self._streamed(request, request_data, context, await execute())
        except InvalidOperationTypeError as wrong:
            if wrong.operation_type is OperationType.MUTATION:
                message = "a mutation must be posted"
                raise Refused(405, "BAD_REQUEST", message, {"Allow": "POST"}) from None
            if not (accept.event_stream and self._get_stream_transport("sse")):
                message = f"a subscription is answered as {EVENT_STREAM}, or over a WebSocket"
                raise Refused(406, "BAD_REQUEST", message) from None
            request_data.protocol = "sse"
            return self._streamed(request, request_data, context, await execute())

    def _streamed(
        self, http: Request, asked: Any, context: SchemaRequest, result: Any
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        if asked.protocol != "sse":
            whole: ExecutionResult | list[ExecutionResult] = result
            return whole
        http.state.asked = context
        results: Any = streamed(
            http, result, context, self._shared.operations, self._shared.request_seconds
        )
        stream: SubscriptionExecutionResult = results
        return stream

    async def create_streaming_response(
        self,
        request: Any,
        stream: Callable[[], Any],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        return EventStreamResponse(
            request, stream(), headers, request.state.asked, self._shared.open_ones
        )

    async def execute_single(
        self,
        request: Request,
        request_adapter: Any,
        sub_response: Response,
        context: SchemaRequest,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        operation = self.schema.execute(
            request_data.query,
            root_value=root_value,
            variable_values=request_data.variables,
            context_value=context,
            operation_name=request_data.operation_name,
            allowed_operation_types=_BY_GET if request.method == "GET" else _BY_POST,
            operation_extensions=request_data.extensions,
        )
        try:
            result = await self._shared.operations.complete(operation, context.changing.is_set)
        except (CannotGetOperationTypeError, MissingQueryError) as problem:
            result = PreExecutionError(None, [unresolved(problem, context.request_id)])
        tell_outcome(sub_response, result, request.scope, changed=context.changing.is_set())
        tell_budget(sub_response, result, _allowance(context))
        return result

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        told = process_result(result)
        if is_request_error(result):
            del told["data"]
        return told

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        return Answer(response_data, sub_response.status_code or 200, dict(sub_response.headers))


def _allowance(context: SchemaRequest) -> Any:
    budget = context.context.services.budget
    return budget.allowance if budget else None
