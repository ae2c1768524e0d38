"""How operations are executed: rows by compiled functions, all else as graphql-core does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.rows import Layout, Part, Rows
from schema.rendering import RENDERINGS, Compiler, NotPlain, Render, counted

T = TypeVar("T")
MOST_PLANS = 50
"""Of one operation; each order of a list has its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a field at the top found, or what it raised."""

    value: Any = None
    raised: Exception | None = None

    async def again(self) -> Any:
        if self.raised is not None:
            raise self.raised
        return self.value


class RowExecutor(StrawberryGraphQLCoreExecutionContext):
    """Renders what comes as rows. What was compiled is kept with the request's operation.

    Where a function fails, the value is executed field by field, as if there were none.
    """

    found: Mapping[str, Found] = MappingProxyType({})
    """What fields at the top have been asked for already, by their names in the answer."""

    def execute_field(
        self, parent_type: Any, source: Any, details: Any, path: Any, *rest: Any
    ) -> Any:
        found = self.found.get(path.key) if path.prev is None else None
        if found is None:
            return super().execute_field(parent_type, source, details, path, *rest)
        nodes = [each.node for each in details]
        field = parent_type.fields[nodes[0].name.value]
        info = self.build_resolve_info(field, nodes, parent_type, path)
        return self.complete_awaitable_value(field.type, details, info, path, found.again(), *rest)

    def complete_list_value(
        self, return_type: Any, details: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        if type(result) is Rows:
            type_ = getattr(return_type.of_type, "of_type", return_type.of_type)
            render = self._object(type_, details, result.layout)
            if render is not None:
                try:
                    return counted([render(row) for row in result.rows])
                except Exception:
                    RENDERINGS.executed += 1
        return super().complete_list_value(return_type, details, info, path, result, *rest)

    def complete_object_value(
        self, return_type: Any, details: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        if type(result) is Part:
            layout, row = result.source
            render = self._object(return_type, details, layout)
            if render is not None:
                try:
                    return counted(render(row))
                except Exception:
                    RENDERINGS.executed += 1
        return super().complete_object_value(return_type, details, info, path, result, *rest)

    def execute_fields(
        self, parent_type: Any, source_value: Any, path: Any, fields: Any, *rest: Any
    ) -> Any:
        """Of a part of a row: its plain fields at once, the others in the ordinary way."""
        if type(source_value) is not Part:
            return super().execute_fields(parent_type, source_value, path, fields, *rest)
        layout, row = source_value.source
        nodes = [each.node for details in fields.values() for each in details]
        render, others = self._planned(
            ("fields", parent_type, layout, *map(id, nodes)),
            lambda: Compiler(self).fields(parent_type, fields, layout),
        )
        try:
            found = render(row)
        except Exception:
            RENDERINGS.executed += 1
            return super().execute_fields(parent_type, source_value, path, fields, *rest)
        left = {name: fields[name] for name in others}
        executed: Any = super().execute_fields(parent_type, source_value, path, left, *rest)
        if not self.is_awaitable(executed):
            return {**found, **executed}
        return _merged(found, executed)

    def _object(self, type_: Any, details: Any, layout: Layout) -> Render | None:
        def compiled() -> Render | None:
            try:
                return Compiler(self).object(type_, details, layout)
            except NotPlain:
                return None

        key = ("object", type_, layout, *[id(each.node) for each in details])
        return self._planned(key, compiled)

    def _planned(self, key: Any, compile: Callable[[], T]) -> T:
        plans = self.context_value.operation.plans
        if key not in plans:
            if len(plans) >= MOST_PLANS:
                plans.clear()
            plans[key] = compile()
        planned: T = plans[key]
        return planned


async def _merged(found: dict[str, Any], executed: Any) -> dict[str, Any]:
    return {**found, **await executed}
