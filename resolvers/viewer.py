"""Viewer.grants: what the viewer may do in one company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.invoices import Project
from domain.permissions import AccessLevel, Grants
from resolvers.context import Context


class OnProject(NamedTuple):
    """The level on a project's Commitments tool."""

    project: Project
    level: AccessLevel


@dataclass(frozen=True, slots=True)
class GrantsOnProjects:
    """The grants, with the projects that they name."""

    grants: Grants
    projects: Sequence[OnProject]


async def grants(context: Context, company_id: int) -> GrantsOnProjects:
    """What the viewer may do; nothing at all where the company is unknown or not theirs."""
    if context.viewer.company(company_id) is None:
        return GrantsOnProjects(Grants(), [])
    services = context.services
    found = await services.directory.grants(company_id, context.viewer.id)
    projects: Mapping[int, Project] = {}
    if found.commitments:
        projects = await services.invoices.projects(company_id, list(found.commitments))
    return GrantsOnProjects(
        found,
        [
            OnProject(project, found.on_commitments_of(id))
            for id, project in sorted(projects.items())
        ],
    )
