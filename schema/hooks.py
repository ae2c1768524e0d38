"""Runs the hooks of extensions as Strawberry does, and looks only once at which there are."""

from collections.abc import Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from functools import lru_cache
from inspect import isasyncgenfunction
from typing import Any

from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner

Opening = Callable[..., Any]


class Hooks(SchemaExtensionsRunner):
    """Strawberry's own runner finds out for each request what kind of function each hook is."""

    def operation(self) -> Any:
        return _around(self.extensions, "on_operation")

    def parsing(self) -> Any:
        return _around(self.extensions, "on_parse")

    def validation(self) -> Any:
        return _around(self.extensions, "on_validate")

    def executing(self) -> Any:
        return _around(self.extensions, "on_execute")


def _around(extensions: Sequence[SchemaExtension], name: str) -> AbstractAsyncContextManager[None]:
    return _Stage(
        [
            (opening, is_async, extension)
            for extension in extensions
            for opening, is_async in _hooks(_kind_of(extension), name)
        ]
    )


class _Stage:
    def __init__(self, hooks: Sequence[tuple[Opening, bool, SchemaExtension]]) -> None:
        self._hooks = hooks
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        for opening, is_async, extension in self._hooks:
            if is_async:
                await self._stack.enter_async_context(opening(extension))
            else:
                self._stack.enter_context(opening(extension))

    async def __aexit__(self, *problem: Any) -> bool | None:
        return await self._stack.__aexit__(*problem)


def _kind_of(extension: SchemaExtension) -> Any:
    return type(extension)


@lru_cache
def _hooks(kind: Any, name: str) -> Sequence[tuple[Opening, bool]]:
    """The hook of an extension, as what opens a context, and whether that is waited for."""
    hook: Any = getattr(kind, name)
    if hook is getattr(SchemaExtension, name):
        return ()
    if isasyncgenfunction(hook):
        return ((asynccontextmanager(hook), True),)
    return ((contextmanager(hook), False),)
