"""Operations that were run before, kept with what was made ready for them."""

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.types.graphql import OperationType

from schema.cost import sizing_arguments
from schema.figures import Figures, figures_of, operation_of

T = TypeVar("T")
MOST_DOCUMENTS, MOST_CHARACTERS = 500, 128 * 1024
"""That are kept. What a document is parsed to takes 75 to 275 bytes for each of its characters."""
MOST_FIGURES = 100
"""Of one operation, for as many different sizes."""


class Recent(Generic[T]):
    """What was asked for last, by a text: at most so many, and no bigger together than so."""

    def __init__(self, most: int = 1_000, most_size: int = 4 * 1024 * 1024) -> None:
        self._most = most
        self._most_size = most_size
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: str, value: T, size: int) -> None:
        """`size`: how much of the room it takes."""
        if key not in self._kept:
            self._kept[key] = value, size
            self._size += size
        self._kept.move_to_end(key)
        while len(self) > self._most or self._size > self._most_size:
            _, (_, fewer) = self._kept.popitem(last=False)
            self._size -= fewer

    def find(self, key: str) -> T | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]


class Operation:
    """One operation of a document, with what it comes to and how its parts are read."""

    def __init__(
        self, document: DocumentNode, node: OperationDefinitionNode, schema: GraphQLSchema
    ) -> None:
        self.document = document
        self.node = node
        self._schema = schema
        self._figures: dict[Hashable, Figures] = {}
        self.type = OperationType(node.operation.value)
        self.accepted: dict[Figures, int] = {}
        """The figures that are within the limits, each with the limit of the cost."""
        self.roots: dict[bool, Sequence[Any]] = {}
        """The fields at the top, by whether orjson writes the answer: see `schema.straight`."""
        self.proves_its_reader = False
        """Whether all of these do, see `schema.proving`."""
        self.plans: dict[Any, Any] = {}
        """Selections and compiled functions: see `schema.selecting` and `schema.executor`."""

    def figures(self, variables: Mapping[str, Any] | None) -> Figures:
        """What it comes to with these variables, of which only those of sizes matter."""
        given = variables or {}
        sizes = tuple(_size(given.get(name, ...)) for name in self._sizing)
        if sizes not in self._figures:
            if len(self._figures) >= MOST_FIGURES:
                self._figures.clear()
                self.accepted.clear()
            self._figures[sizes] = figures_of(self.document, self.node, given, self._schema)
        return self._figures[sizes]

    @cached_property
    def fragments(self) -> int:
        """How many fragments the document has."""
        return sum(isinstance(each, FragmentDefinitionNode) for each in self.document.definitions)

    @cached_property
    def has_directives(self) -> bool:
        """Whether what is selected may be other for each request."""
        return self.figures(None).directives > 0

    @cached_property
    def repetitions(self) -> int:
        """How often the most frequent name of the answer is written."""
        names = Counter((each.alias or each.name).value for each in _fields(self.document))
        return max(names.values(), default=0)

    @cached_property
    def root_fields(self) -> tuple[str, ...]:
        """The fields at the top that are asked for and that the schema has, by name."""
        root = self._schema.get_root_type(self.node.operation)
        selected = self.node.selection_set.selections
        asked = {each.name.value for each in selected if isinstance(each, FieldNode)}
        return tuple(sorted(asked & root.fields.keys())) if root else ()

    @cached_property
    def _sizing(self) -> tuple[str, ...]:
        """The variables that stand where a size is asked for."""
        names = sizing_arguments(self._schema)
        return tuple(
            {
                argument.value.name.value: None
                for field in _fields(self.document)
                for argument in field.arguments or ()
                if argument.name.value in names and isinstance(argument.value, VariableNode)
            }
        )


@dataclass
class KeptDocument:
    """A document that is valid, and those of its operations that were run."""

    document: DocumentNode
    operations: dict[str | None, Operation] = field(default_factory=dict)

    def operation(self, name: str | None, schema: GraphQLSchema) -> Operation | None:
        """The operation of that name, or the only one; None where that is not one."""
        if name not in self.operations:
            node = operation_of(self.document, name)
            if node is None:
                return None
            self.operations[name] = Operation(self.document, node, schema)
        return self.operations[name]


def _size(value: Any) -> Hashable:
    """As much of a variable's value as a size is told by."""
    if isinstance(value, list | tuple):
        return ("several", len(value))
    return value if isinstance(value, int | float) else type(value).__name__


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    waiting: list[Any] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            yield node
        selections: SelectionSetNode | None = getattr(node, "selection_set", None)
        waiting.extend(selections.selections if selections else ())
