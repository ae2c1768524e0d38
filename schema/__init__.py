"""What the world sees: the GraphQL schema. The only room that knows Strawberry."""

from strawberry.schema.config import StrawberryConfig

from schema.budget import Budgeted
from schema.enums import ENUMS
from schema.errors import Told
from schema.executor import RowExecutor
from schema.keeping import KeepingSchema
from schema.limits import Limited
from schema.link import ErpLink
from schema.mutation import Mutation
from schema.operations import OneOperation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

schema = KeepingSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[ErpLink, *ENUMS],
    execution_context_class=RowExecutor,
    extensions=[Told, OneOperation, Limited, Budgeted],
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)
