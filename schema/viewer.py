"""Who is asking, and what they may do."""

from typing import Annotated

import strawberry

from domain.permissions import AccessLevel
from resolvers import viewer
from schema.company import Company, Project
from schema.ids import company_number
from schema.reading import read
from schema.request import Info


@strawberry.type(description="What the viewer may do in the Commitments tool of a project.")
class ProjectGrant:
    project: Project = strawberry.field(description="The project.")
    level: AccessLevel = strawberry.field(description="The level on its Commitments tool.")


@strawberry.type(
    description="What the viewer may do in one company. To unlink takes all three: Admin on the "
    "project's Commitments tool, Standard or Admin on the company's ERP Integrations tool, and "
    "the privilege Can Push to Accounting."
)
class Grants:
    erp_integrations: AccessLevel = read(
        "grants.erp_integrations",
        description="The level on the company's ERP Integrations tool.",
    )
    can_push_to_accounting: bool = read(
        "grants.can_push_to_accounting",
        description="The privilege Can Push to Accounting of the Company Directory.",
    )
    commitments: list[ProjectGrant] = read(
        "projects",
        description="The level on each project's Commitments tool. A project that is not "
        "listed: none.",
    )


@strawberry.type(description="The person who asks.")
class Viewer:
    name: str = strawberry.field(description="The person's name.")
    companies: list[Company] = strawberry.field(description="The companies they belong to.")

    @strawberry.field(
        description="What they may do in a company; nothing in one not theirs.",
        graphql_type=Grants,
    )
    async def grants(
        self,
        info: Info,
        company_id: Annotated[strawberry.ID, strawberry.argument(description="The company.")],
    ) -> viewer.GrantsOnProjects:
        return await viewer.grants(info.context.context, company_number(company_id))
