"""How operations are executed: rows by compiled functions, all else as graphql-core does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.rows import Layout, Part, Rows
from schema.rendering import Compiler, NotPlain, Render

T = TypeVar("T")
MOST_PLANS = 50
"""Of one operation; each order of a list has its own."""


@dataclass(slots=True)
class Renderings:
    """How often values were rendered, and how often that failed and they were executed."""

    rendered: int = 0
    executed: int = 0


RENDERINGS = Renderings()


class RowExecutor(StrawberryGraphQLCoreExecutionContext):
    """Renders what comes as rows. What was compiled is kept with the request's operation.

    Where a function fails, the value is executed field by field, as if there were none.
    """

    def complete_list_value(
        self, return_type: Any, details: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        if type(result) is Rows:
            type_ = getattr(return_type.of_type, "of_type", return_type.of_type)
            render = self._object(type_, details, result.layout)
            if render is not None:
                try:
                    return self._counted([render(row) for row in result.rows])
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
                    return self._counted(render(row))
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

    def _counted(self, rendered: T) -> T:
        RENDERINGS.rendered += 1
        return rendered


async def _merged(found: dict[str, Any], executed: Any) -> dict[str, Any]:
    return {**found, **await executed}
