"""One connection over WebSocket, which speaks graphql-transport-ws.

How a socket is closed, and what the client graphql-ws makes of it:

    4400  a frame that is no message of the protocol             gives up
    4401  no token, or an operation before `connection_ack`      gives up
    4403  a token that is refused, or has expired: get another   connects anew
    4406  another protocol                                       gives up
    4408  no `connection_init` in time                           connects anew
    4409  an id that is in use                                   gives up
    4429  a second `connection_init`                             gives up
    4500  something went wrong here                              gives up
    1009  a frame that is too big                                gives up
    1012  this process ends                                      connects anew
    1013  it cannot be told now who is calling                   connects anew
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing, suppress
from typing import Any

from graphql import GraphQLError
from starlette.authentication import AuthenticationError
from starlette.websockets import WebSocket
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.execution import PreExecutionError

from domain.ports import StoreUnavailable
from endpoint.answers import Refused
from endpoint.authentication import CannotAuthenticate
from endpoint.caller import Caller, bearer
from endpoint.frames import fault_in
from endpoint.lasting import Results, results_of
from endpoint.request_id import current_request_id
from endpoint.shared import Shared
from resolvers.context import Context
from schema.limits import LimitExceeded
from schema.request import Request as SchemaRequest

MOST_OPERATIONS = 50
"""At once, on one socket."""
GOODBYE_SECONDS = 8.0
"""How long what runs may take to be answered, before a socket is closed that must be."""

_logger = logging.getLogger("erp_link")


class Running(Operation[WebSocket, None]):
    """One operation on a socket, and what it has at hand once it has begun."""

    request: SchemaRequest | None = None

    @property
    def may_wait(self) -> bool:
        """It is a subscription, which has no end of its own."""
        return self.request is not None and self.request.watching.is_set()


class Socket(BaseGraphQLTransportWSHandler[WebSocket, None]):
    """One connection. Whoever is on the other side, nothing that they send crashes it."""

    shared: Shared
    caller: Caller
    _expiry: asyncio.Task[None] | None = None
    _leaving = False

    def __init__(self, view: Any, *others: Any, **more: Any) -> None:
        super().__init__(view, *others, **more)
        self.shared = view.shared

    async def handle(self) -> None:
        self.shared.open_ones.add(self)
        try:
            await super().handle()
        finally:
            self.shared.open_ones.discard(self)
            if self._expiry is not None:
                self._expiry.cancel()

    async def handle_message(self, message: Any) -> None:
        fault = fault_in(message)
        if fault is not None:
            await self.handle_invalid_message(fault)
            return
        with suppress(WebSocketDisconnected):
            await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        if self.connection_init_received:
            await self.websocket.close(4429, "Too many initialisation requests")
            return
        self.connection_init_received = True
        assert self.connection_init_timeout_task is not None
        self.connection_init_timeout_task.cancel()
        payload = message.get("payload") or {}
        said = payload.get("Authorization", payload.get("authorization"))
        token = bearer(said) or bearer(self.context.headers.get("Authorization"))
        if token is None:
            why = "Unauthorized: send a token in the payload, Authorization: Bearer <token>"
            await self.websocket.close(4401, why)
            return
        self.caller = Caller(self.context, token)
        if await self._is_let_in():
            self.connection_acknowledged = True
            self._expiry = asyncio.create_task(self._end_when_expired())
            await self.send_message({"type": "connection_ack"})

    async def _is_let_in(self) -> bool:
        """Whether the token still opens anything; if not, the socket is closed."""
        try:
            await self.caller.check()
        except Exception as problem:
            await self._close_for(problem)
            return False
        return True

    async def _close_for(self, problem: Exception) -> None:
        if isinstance(problem, CannotAuthenticate | StoreUnavailable):
            await self.websocket.close(1013, str(problem))
        elif isinstance(problem, AuthenticationError):
            await self.websocket.close(4403, f"Forbidden: {problem}")
        else:
            await self.handle_task_exception(problem)
            await self.websocket.close(4500, "Internal server error")

    async def handle_subscribe(self, message: Any) -> None:
        id, payload = message["id"], message["payload"]
        if not self.connection_acknowledged:
            await self.websocket.close(4401, "Unauthorized")
        elif id in self.operations:
            await self.websocket.close(4409, "Subscriber for this id already exists")
        elif not self._leaving:
            too_many = len(self.operations) >= MOST_OPERATIONS
            operation = Running(
                self, id, "", payload.get("variables"), payload.get("operationName")
            )
            self.operations[id] = operation
            operation.task = asyncio.create_task(self._run(operation, payload, too_many))
            operation.task.add_done_callback(self._task_done)

    async def _run(self, operation: Running, payload: dict[str, Any], too_many: bool) -> None:
        try:
            if too_many:
                raise LimitExceeded("operations", MOST_OPERATIONS, MOST_OPERATIONS + 1)
            async with aclosing(await self._results(operation, payload)) as results:
                await self._send(operation, results)
        except WebSocketDisconnected:
            pass
        except GraphQLError as refusal:
            await self._refuse(operation, refusal.message, refusal.extensions or {})
        except Refused as refusal:
            await self._refuse(operation, str(refusal), refusal.extensions)
        except Exception as problem:
            await self._close_for(problem)

    async def _results(self, operation: Running, payload: dict[str, Any]) -> Results:
        """Begin an operation, as the person whom the directory knows now."""
        text = self.shared.documents.text_of(payload)
        request = operation.request = SchemaRequest(
            Context(await self.caller.viewer(), self.context.state.services),
            keep_document=self.shared.documents.keep,
            request_id=current_request_id.get(),
        )
        source: Any = await self.schema.stream(
            text,
            variable_values=operation.variables,
            context_value=request,
            operation_name=operation.operation_name,
            operation_extensions=payload.get("extensions"),
        )
        return results_of(source, request, self.shared.operations, self.shared.request_seconds)

    async def _send(self, operation: Running, results: Results) -> None:
        async for result in results:
            if operation.may_wait and not await self._is_let_in():
                return
            if isinstance(result, PreExecutionError):
                await operation.send_initial_errors(result.errors or [])
                return
            await operation.send_next(result)
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _refuse(
        self, operation: Running, message: str, extensions: Mapping[str, Any]
    ) -> None:
        told = {**extensions, "requestId": current_request_id.get()}
        with suppress(WebSocketDisconnected):
            await operation.send_initial_errors([GraphQLError(message, extensions=told)])

    def forget_id(self, id: str) -> None:
        self.operations.pop(id, None)

    async def handle_task_exception(self, error: Exception) -> None:
        request_id = current_request_id.get()
        where = {"request_id": request_id}
        _logger.error("unexpected error in request %s", request_id, exc_info=error, extra=where)

    async def _end_when_expired(self) -> None:
        await self.caller.expired()
        await self._wind_up(4403, "Forbidden: the token has expired")

    async def goodbye(self) -> None:
        """See `endpoint.lasting.Lasting`."""
        await self._wind_up(1012, "Service restart")

    async def _wind_up(self, code: int, reason: str) -> None:
        """Begin nothing more and end what waits; answer what runs; then close."""
        self._leaving = True
        running = []
        for operation in list(self.operations.values()):
            if operation.task is None:
                continue
            if isinstance(operation, Running) and operation.may_wait:
                operation.task.cancel()
            else:
                running.append(operation.task)
        if running:
            await asyncio.wait(running, timeout=GOODBYE_SECONDS)
        await self.websocket.close(code, reason)
