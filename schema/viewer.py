"""Who is asking, and what they may do."""

from typing import Annotated, Self

import strawberry

from domain import permissions
from domain.permissions import AccessLevel
from resolvers import viewer
from schema.company import Company, Project
from schema.ids import company_number
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
    erp_integrations: AccessLevel = strawberry.field(
        description="The level on the company's ERP Integrations tool."
    )
    can_push_to_accounting: bool = strawberry.field(
        description="The privilege Can Push to Accounting of the Company Directory."
    )
    commitments: list[ProjectGrant] = strawberry.field(
        description="The level on each project's Commitments tool. A project that is not "
        "listed: none."
    )

    @classmethod
    def of(cls, found: viewer.GrantsOnProjects) -> Self:
        return cls(
            erp_integrations=found.grants.erp_integrations,
            can_push_to_accounting=found.grants.can_push_to_accounting,
            commitments=[
                ProjectGrant(project=Project.of(project), level=level)
                for project, level in found.projects
            ],
        )


@strawberry.type(description="The person who asks.")
class Viewer:
    name: str = strawberry.field(description="The person's name.")
    companies: list[Company] = strawberry.field(description="The companies they belong to.")

    @strawberry.field(description="What they may do in a company; nothing in one not theirs.")
    async def grants(
        self,
        info: Info,
        company_id: Annotated[strawberry.ID, strawberry.argument(description="The company.")],
    ) -> Grants:
        return Grants.of(await viewer.grants(info.context.context, company_number(company_id)))

    @classmethod
    def of(cls, person: permissions.Viewer) -> Self:
        return cls(name=person.name, companies=[Company.of(each) for each in person.companies])
