"""Fields for which nobody has to look the viewer up: they show a reader only what a statement has
found to be theirs, at that very moment. Their resolvers ask `Context.reader`."""

from strawberry.types.field import StrawberryField


class Proves:
    """Stands in the `metadata` of such a field."""


PROVES_ITS_READER: dict[object, object] = {Proves: True}


def proves_its_reader(field: StrawberryField) -> bool:
    return Proves in field.metadata
