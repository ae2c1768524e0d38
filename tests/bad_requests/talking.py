"""Bytes to a socket, and the answer of HTTP that comes back."""

import json
import socket
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any, NamedTuple

from websockets import ConnectionClosed, Subprotocol
from websockets.sync.client import connect

SECONDS = 10
"""How long an answer may take before it counts as none."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def errors(self) -> Any:
        """The errors of an answer that is an error and nothing else."""
        assert self.headers["content-type"].split(";")[0] in (
            "application/json",
            "application/graphql-response+json",
        )
        told = json.loads(self.body)
        assert told.keys() <= {"errors", "extensions"}, told
        return told["errors"]


def ask(address: tuple[str, int], content: bytes) -> Answer:
    """Write bytes, whatever they are, and read one answer."""
    with socket.create_connection(address, timeout=SECONDS) as connection:
        # A server may refuse before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(content)
        with HTTPResponse(connection) as answer:
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read())


def say(address: tuple[str, int], frame: Any) -> int:
    """Send one frame over a WebSocket of its own. Answers the code that it is closed with."""
    host, port = address
    protocols = [Subprotocol("graphql-transport-ws")]
    with connect(f"ws://{host}:{port}/graphql", subprotocols=protocols) as connection:
        try:
            connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))
            while True:
                connection.recv(SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
