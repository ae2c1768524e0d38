"""What the world sees: the GraphQL schema. The only room that knows Strawberry."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.enums import ENUMS
from schema.errors import Masked
from schema.limits import Limited
from schema.link import ErpLink
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[ErpLink, *ENUMS],
    extensions=[Masked, Limited],
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)
