"""A company, what its invoices belong to, and its connections to ERPs."""

from typing import Self

import strawberry

from domain import erps, invoices
from schema.ids import node_id
from schema.node import Node
from schema.request import Info


@strawberry.type(description="A project of a company.")
class Project(Node):
    name: str = strawberry.field(description="The project's name.")
    number: str | None = strawberry.field(description="The project's number, where it has one.")

    @classmethod
    def of(cls, project: invoices.Project) -> Self:
        id = node_id("Project", project.company_id, project.id)
        return cls(id=id, name=project.name, number=project.number)


@strawberry.type(description="A subcontractor who bills.")
class Vendor(Node):
    name: str = strawberry.field(description="The vendor's name.")

    @classmethod
    def of(cls, vendor: invoices.Vendor) -> Self:
        return cls(id=node_id("Vendor", vendor.company_id, vendor.id), name=vendor.name)


@strawberry.type(description="The subcontract or purchase order that an invoice bills against.")
class Commitment(Node):
    title: str = strawberry.field(description="The contract's title.")
    type: str = strawberry.field(
        description="`WorkOrderContract` (a subcontract) or `PurchaseOrderContract`."
    )

    @classmethod
    def of(cls, commitment: invoices.Commitment) -> Self:
        id = node_id("Commitment", commitment.company_id, commitment.id)
        return cls(id=id, title=commitment.title, type=commitment.type)


@strawberry.type(description="A company's connection to its ERP, with its own rules for unlinking.")
class ErpIntegration(Node):
    erp: str = strawberry.field(description="The ERP's short name, such as `tryton`.")
    name: str = strawberry.field(description="What the company calls the connection.")
    unlink_supported: bool = strawberry.field(
        description="Whether invoices can be unlinked at all."
    )
    deletion_required: bool = strawberry.field(
        description="Whether the bill must be gone from the ERP first. If not, it is not asked."
    )
    void_counts_as_gone: bool = strawberry.field(
        description="Whether a voided bill counts as deleted."
    )
    reversal_counts_as_gone: bool = strawberry.field(
        description="Whether a reversed bill counts as deleted."
    )
    notes: str | None = strawberry.field(description="What else to know before unlinking.")
    documentation_url: str | None = strawberry.field(
        description="Where this integration's rules are written down."
    )

    @classmethod
    def of(cls, integration: erps.ErpIntegration) -> Self:
        return cls(
            id=node_id("ErpIntegration", integration.company_id, integration.id),
            erp=integration.erp,
            name=integration.name,
            unlink_supported=integration.unlink_supported,
            deletion_required=integration.deletion_required,
            void_counts_as_gone=integration.void_counts_as_gone,
            reversal_counts_as_gone=integration.reversal_counts_as_gone,
            notes=integration.notes,
            documentation_url=integration.documentation_url,
        )


@strawberry.type(description="A company of the viewer's.")
class Company(Node):
    name: str = strawberry.field(description="The company's name.")
    currency: str = strawberry.field(
        description="ISO 4217, for invoices that say no other currency."
    )
    company_id: strawberry.Private[int]

    @strawberry.field(description="The company's connections to ERPs, each with its rules.")
    async def erp_integrations(self, info: Info) -> list[ErpIntegration]:
        found = await info.context.integrations.load(self.company_id)
        return [ErpIntegration.of(each) for each in found]

    @classmethod
    def of(cls, company: invoices.Company) -> Self:
        return cls(
            id=node_id("Company", company.id, company.id),
            name=company.name,
            currency=company.currency,
            company_id=company.id,
        )
