"""Runs the hooks of extensions as Strawberry does, with less ado: it happens in each request.

Strawberry's own runner finds out anew each time what kind of function each hook is, and makes a
context manager of it.
"""

from collections.abc import Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any

from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner


class Hooks(SchemaExtensionsRunner):
    """The hooks around the four stages of an operation. All of ours are generators."""

    def operation(self) -> Any:
        return _Stage(self.extensions, "on_operation")

    def parsing(self) -> Any:
        return _Stage(self.extensions, "on_parse")

    def validation(self) -> Any:
        return _Stage(self.extensions, "on_validate")

    def executing(self) -> Any:
        return _Stage(self.extensions, "on_execute")


class _Stage:
    """Goes through each hook to its `yield`, and in the opposite order to its end."""

    def __init__(self, extensions: Sequence[SchemaExtension], name: str) -> None:
        hooks = ((_hook(_kind_of(each), name), each) for each in extensions)
        self._coming = [hook(each) for hook, each in hooks if hook is not None]
        self._begun: list[Any] = []

    async def __aenter__(self) -> None:
        for hook in self._coming:
            try:
                if hasattr(hook, "asend"):
                    await anext(hook)
                else:
                    next(hook)
            except BaseException as problem:
                raise (await self._end(problem)) or problem from None
            self._begun.append(hook)

    async def __aexit__(
        self, _: object, problem: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        left = await self._end(problem)
        if left is not None and left is not problem:
            raise left
        return left is None

    async def _end(self, problem: BaseException | None) -> BaseException | None:
        """Let each hook see how it ended; what is raised in the end, if anything."""
        while self._begun:
            hook = self._begun.pop()
            try:
                if hasattr(hook, "asend"):
                    await (anext(hook) if problem is None else hook.athrow(problem))
                else:
                    next(hook) if problem is None else hook.throw(problem)
            except (StopIteration, StopAsyncIteration):
                problem = None
            except BaseException as other:
                problem = other
        return problem


def _kind_of(extension: SchemaExtension) -> Any:
    return type(extension)


@lru_cache
def _hook(kind: Any, name: str) -> Any:
    """The hook of an extension; None where it has none of its own."""
    hook: Any = getattr(kind, name)
    return None if hook is getattr(SchemaExtension, name) else hook
