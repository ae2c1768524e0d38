"""JSON objects, read so that nobody else could read them otherwise."""

import json
from typing import Any, Never


def json_object(text: bytes) -> dict[str, Any]:
    """The object in this text, which must be UTF-8 and name no member twice. Raises ValueError."""
    try:
        value = json.loads(
            text.decode(), object_pairs_hook=_no_name_twice, parse_constant=_no_number
        )
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _no_name_twice(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) != len(members):
        raise ValueError("a name twice")
    return read


def _no_number(name: str) -> Never:
    raise ValueError(name)
