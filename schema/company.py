"""A company, what its invoices belong to, and its connections to ERPs."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from domain import erps, invoices
from domain.capabilities import Rule
from resolvers import company_lists
from schema.capabilities import (
    ErpCapabilities,
    capability_record,
    counting,
    documentation_url,
)
from schema.errors import BadUserInput
from schema.node import Node, identified, shows
from schema.request import Info
from schema.synced_invoices import check_search

MOST_LISTED = 100
Search = Annotated[
    str | None,
    strawberry.argument(description="Words that must all occur in the name, in any case."),
]
First = Annotated[int, strawberry.argument(description="How many at most: 1 to 100.")]


@strawberry.type(description="A project of a company.")
class Project(Node):
    is_type_of = shows(invoices.Project)

    id: strawberry.ID = identified("Project")
    name: str = strawberry.field(description="The project's name.")
    number: str | None = strawberry.field(description="The project's number, where it has one.")


@strawberry.type(description="A subcontractor who bills.")
class Vendor(Node):
    is_type_of = shows(invoices.Vendor)

    id: strawberry.ID = identified("Vendor")
    name: str = strawberry.field(description="The vendor's name.")


@strawberry.type(description="The subcontract or purchase order that an invoice bills against.")
class Commitment(Node):
    is_type_of = shows(invoices.Commitment)

    id: strawberry.ID = identified("Commitment")
    title: str = strawberry.field(description="The contract's title.")
    type: str = strawberry.field(
        description="`WorkOrderContract` (a subcontract) or `PurchaseOrderContract`."
    )


@strawberry.type(description="A company's connection to its ERP, with its own rules for unlinking.")
class ErpIntegration(Node):
    is_type_of = shows(erps.ErpIntegration)

    id: strawberry.ID = identified("ErpIntegration")
    erp: str = strawberry.field(description="The ERP's short name, such as `tryton`.")
    name: str = strawberry.field(description="What the company calls the connection.")
    unlink_supported: bool = counting(
        Rule.UNLINK_SUPPORTED, description="Whether invoices can be unlinked at all."
    )
    deletion_required: bool = counting(
        Rule.DELETION_REQUIRED,
        description="Whether the bill must be gone from the ERP first. If not, it is not asked.",
    )
    void_counts_as_gone: bool = counting(
        Rule.VOID_COUNTS_AS_GONE, description="Whether a voided bill counts as deleted."
    )
    reversal_counts_as_gone: bool = counting(
        Rule.REVERSAL_COUNTS_AS_GONE, description="Whether a reversed bill counts as deleted."
    )
    notes: str | None = strawberry.field(description="What else to know before unlinking.")
    documentation_url: str | None = documentation_url(
        description="Where this integration's rules are written down."
    )
    capabilities: ErpCapabilities = capability_record(
        description="The same rules, and what else is known of this ERP, with whose word each is."
    )


@strawberry.type(description="A company of the viewer's.")
class Company(Node):
    is_type_of = shows(invoices.Company)

    id: strawberry.ID = identified("Company")
    name: str = strawberry.field(description="The company's name.")
    currency: str = strawberry.field(
        description="ISO 4217, for invoices that say no other currency."
    )

    @strawberry.field(
        description="The company's connections to ERPs, each with its rules.",
        graphql_type=list[ErpIntegration],
    )
    async def erp_integrations(
        self, info: Info, company: strawberry.Parent[invoices.Company]
    ) -> list[erps.ErpIntegration]:
        return await info.context.integrations.load(company.id)

    @strawberry.field(
        description="Its projects, by name; a search finds them by their number too.",
        graphql_type=list[Project],
    )
    async def projects(
        self,
        info: Info,
        company: strawberry.Parent[invoices.Company],
        search: Search = None,
        first: First = 20,
    ) -> Sequence[invoices.Project]:
        _check(search, first)
        return await company_lists.projects(info.context.context, company, search, first)

    @strawberry.field(
        description="The subcontractors who bill, by name.",
        graphql_type=list[Vendor],
    )
    async def vendors(
        self,
        info: Info,
        company: strawberry.Parent[invoices.Company],
        search: Search = None,
        first: First = 20,
    ) -> Sequence[invoices.Vendor]:
        _check(search, first)
        return await company_lists.vendors(info.context.context, company, search, first)


def _check(search: str | None, first: int) -> None:
    """Raises BadUserInput for what cannot be used."""
    if not 1 <= first <= MOST_LISTED:
        raise BadUserInput("first", f"must be from 1 to {MOST_LISTED}")
    check_search("search", search)
