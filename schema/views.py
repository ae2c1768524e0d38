"""Domain values as the nodes of the schema."""

from domain import erps, invoices
from resolvers.nodes import Found
from schema.company import Commitment, Company, ErpIntegration, Project, Vendor
from schema.invoice import SubcontractorInvoice
from schema.link import ErpLink
from schema.node import Node


def node_of(found: Found | None) -> Node | None:
    """The view of what an id named; None for what it did not."""
    match found:
        case invoices.SubcontractorInvoice():
            return SubcontractorInvoice.of(found)
        case invoices.Company():
            return Company.of(found)
        case invoices.Project():
            return Project.of(found)
        case invoices.Vendor():
            return Vendor.of(found)
        case invoices.Commitment():
            return Commitment.of(found)
        case erps.ErpIntegration():
            return ErpIntegration.of(found)
        case erps.ErpLink():
            return ErpLink.of(found)
        case None:
            return None
