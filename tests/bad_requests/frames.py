"""What a WebSocket of graphql-transport-ws is not to be sent, and the code that closes it then."""

from typing import Any

WHO = {"query": "{ viewer { name } }"}


def subscribe(**but: Any) -> dict[str, Any]:
    message = {"id": "1", "type": "subscribe", "payload": WHO} | but
    return {name: value for name, value in message.items() if value is not ...}


def payload(**but: Any) -> dict[str, Any]:
    return subscribe(payload=WHO | but)


BEFORE_INIT: dict[str, tuple[Any, int]] = {
    "binary": (b'{"type": "ping"}', 4400),
    "empty": ("", 4400),
    "no JSON": ("ping", 4400),
    "half a JSON": ('{"type": "pi', 4400),
    "NaN": ('{"type": "ping", "payload": {"a": NaN}}', 4400),
    "name twice": ('{"type": "ping", "type": "pong"}', 4400),
    "null": ("null", 4400),
    "number": ("7", 4400),
    "string": ('"ping"', 4400),
    "array": ('[{"type": "ping"}]', 4400),
    "empty object": ({}, 4400),
    "type null": ({"type": None}, 4400),
    "type number": ({"type": 1}, 4400),
    "type array": ({"type": ["ping"]}, 4400),
    "type object": ({"type": {"ping": 1}}, 4400),
    "type unknown": ({"type": "start"}, 4400),
    "type of a server": ({"type": "next", "id": "1", "payload": {}}, 4400),
    "type empty": ({"type": ""}, 4400),
    "huge type": ({"type": "x" * 100_000}, 4400),
    "deep": ("[" * 50_000 + "]" * 50_000, 4400),
    "deep payload": ('{"type":"ping","payload":' + '{"a":' * 10_000 + "1" + "}" * 10_001, 4400),
    "5,000 digits": ('{"type": "ping", "payload": {"a": ' + "9" * 5000 + "}}", 4400),
    "lone surrogate": (r'{"type": "ping", "payload": {"a": "\ud800"}}', 4400),
    "init with a string": ({"type": "connection_init", "payload": "Bearer"}, 4400),
    "init with an array": ({"type": "connection_init", "payload": []}, 4400),
    "init with a number": ({"type": "connection_init", "payload": 0}, 4400),
    "ping with a string": ({"type": "ping", "payload": "x"}, 4400),
    "pong with an array": ({"type": "pong", "payload": [1]}, 4400),
    "too early": (subscribe(), 4401),
    "huge": ('"' + "x" * 200_000 + '"', 1009),
    "huge in characters of 4 bytes": ('"' + "🦀" * 40_000 + '"', 1009),
}
AFTER_ACK: dict[str, tuple[Any, int]] = {
    "no id": (subscribe(id=...), 4400),
    "id null": (subscribe(id=None), 4400),
    "id empty": (subscribe(id=""), 4400),
    "id number": (subscribe(id=1), 4400),
    "id array": (subscribe(id=["1"]), 4400),
    "id object": (subscribe(id={"a": 1}), 4400),
    "id huge": (subscribe(id="x" * 10_000), 4400),
    "no payload": (subscribe(payload=...), 4400),
    "payload null": (subscribe(payload=None), 4400),
    "payload string": (subscribe(payload="{ viewer { name } }"), 4400),
    "payload array": (subscribe(payload=[WHO]), 4400),
    "query number": (payload(query=1), 4400),
    "query object": (payload(query={}), 4400),
    "variables string": (payload(variables="{}"), 4400),
    "variables array": (payload(variables=[]), 4400),
    "operationName number": (payload(operationName=1), 4400),
    "extensions array": (payload(extensions=[]), 4400),
    "complete without id": ({"type": "complete"}, 4400),
    "complete of an array": ({"type": "complete", "id": []}, 4400),
    "init again": ({"type": "connection_init"}, 4429),
}
