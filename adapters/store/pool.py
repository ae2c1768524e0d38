"""The pool of connections, which also knows how many requests wait for one."""

from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, PoolProxiedConnection


class CountingPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's own, with one figure more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting = 0
        """How many have asked for a connection and have none yet."""

    def connect(self) -> PoolProxiedConnection:
        self.waiting += 1
        try:
            return super().connect()
        finally:
            self.waiting -= 1
