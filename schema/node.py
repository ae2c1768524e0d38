"""The Node interface of Relay: anything that can be asked for again by its id."""

import strawberry


@strawberry.interface(description="Anything that can be asked for again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque, unique over all types and companies, and stable."
    )
