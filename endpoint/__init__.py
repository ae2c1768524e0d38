"""How GraphQL travels: HTTP, WebSocket and event streams, and who is let in. Knows Starlette."""
