"""The numbers by which a connection is bounded, before and after the application sees it."""

import resource
from dataclasses import dataclass, replace
from typing import Self

SPARE_FILES = 512
"""Open files of no client that is served: the database's, the ERPs', logs, refused clients'."""


@dataclass(frozen=True, slots=True)
class Limits:
    """All times are in seconds; a sweep looks once in `sweep_seconds`, so they are met that late.

    A body's size and time, and a request's own deadline, are the application's to bound.
    """

    connections: int = 10_000
    """How many one process holds; a further one is answered 503."""
    refused: int = 128
    """How many further ones are told so at one time; beyond that they are just closed."""
    head_bytes: int = 32 * 1024
    """A request's line and headers, all in all."""
    url_bytes: int = 8 * 1024
    headers: int = 100
    framing_bytes: int = 1024 * 1024
    """What a chunked body may cost above its content: sizes, extensions, trailers."""
    pipelined: int = 8
    """Requests that wait on one connection while another is answered."""
    head_seconds: float = 10
    """From the first byte of a request to the end of its headers; also how long a new connection
    may say nothing."""
    idle_seconds: int = 75
    """How long a connection is kept for a next request. Longer than the 60 seconds after which
    load balancers let go of theirs, so that it is never we who close one that is being used."""
    stalled_seconds: float = 30
    """How long a client may leave a part of its answer unread, whether it reads a little or not."""
    farewell_seconds: float = 2
    """How long a refused client's bytes are read and thrown away, so that it sees the refusal: a
    socket that is closed with unread bytes takes back what was written to it."""
    half_sent_seconds: float = 2
    """How long a request may take to arrive whole once the process is told to end."""
    last_word_seconds: float = 0.5
    """How long a connection that is not being used is then kept, for a request on its way."""
    goodbye_seconds: float = 10
    """How long a WebSocket may take to end by itself then, before it is closed with 1012."""
    sweep_seconds: float = 1

    def within_open_files(self) -> Self:
        """Raise the process's limit of open files as far as needed, and stay below what it may."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = self.connections + SPARE_FILES
        if hard != resource.RLIM_INFINITY:
            needed = min(needed, hard)
        if soft != resource.RLIM_INFINITY and soft < needed:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return replace(self, connections=max(1, needed - SPARE_FILES))
