"""What stands between the sockets and the application: limits, draining, and worker processes.

Knows uvicorn, and nothing of GraphQL or of the store.
"""
