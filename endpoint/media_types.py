"""Which media type an answer has: what the client accepts, weighed as RFC 9110, 12.5.1 says."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a client reads."""

    json: str | None
    """The one of `GRAPHQL` and `JSON` that it likes better; None: neither."""
    event_stream: bool
    """It names event streams: a subscription may be answered so."""
    prefers_event_stream: bool
    """It likes event streams better than JSON, so that a query is answered so too."""


@lru_cache(maxsize=128)  # a client sends the same in each request
def accepted(header: str | None) -> Accepted:
    """Read an `Accept` header. Without one, `application/json`, as it always was.

    Equally liked types are told apart by which of them is named, not only matched by a `*`, and
    then by the order in which they are named: `*/*` is answered as `application/json`, and what
    urql sends (event streams after JSON, all equally liked) as JSON.
    """
    ranges = list(_ranges(header)) if header and header.strip(" \t,") else [_Range(JSON, 1.0, 0)]
    json, graphql, stream = (_liking(each, ranges) for each in (JSON, GRAPHQL, EVENT_STREAM))
    best = max(json, graphql)
    named = stream[0] > 0 and any(each.media_type == EVENT_STREAM for each in ranges)
    return Accepted(
        json=None if best[0] == 0 else JSON if json == best else GRAPHQL,
        event_stream=named,
        prefers_event_stream=named and stream[0] > best[0],
    )


@dataclass(frozen=True, slots=True)
class _Range:
    media_type: str
    weight: float
    position: int

    @property
    def exactness(self) -> int:
        return 3 - self.media_type.count("*")

    def covers(self, media_type: str) -> bool:
        kind = media_type.partition("/")[0]
        return self.media_type in (media_type, f"{kind}/*", "*/*")


def _liking(media_type: str, ranges: list[_Range]) -> tuple[float, int, int]:
    """How much a type is liked: by its closest range, which is not always its best."""
    covering = [each for each in ranges if each.covers(media_type)]
    if not covering:
        return (0.0, 0, 0)
    closest = max(covering, key=lambda each: (each.exactness, each.weight))
    return (closest.weight, closest.exactness, -closest.position)


def _ranges(header: str) -> Iterator[_Range]:
    """Each range of the header; one that cannot be read, or is of another charset, is left out."""
    for position, part in enumerate(header.split(",")):
        media_type, parameters = media_type_of(part)
        named = dict(parameters)
        if named.get("charset", "utf-8") != "utf-8":
            continue
        try:
            weight = float(named.get("q", "1"))
        except ValueError:
            continue
        if 0 <= weight <= 1:
            yield _Range(media_type, weight, position)


def media_type_of(header: str) -> tuple[str, list[tuple[str, str]]]:
    """A media type and its parameters, in small letters and without quotes."""
    media_type, *parameters = (part.strip().lower() for part in header.split(";"))
    split = (part.partition("=") for part in parameters)
    return media_type, [(name.strip(), _unquoted(value.strip())) for name, _, value in split]


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
