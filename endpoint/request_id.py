"""Every request has an id: the caller's own if it is a sane one, else a new one."""

from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""The id of the request that is being answered; empty outside of one."""
