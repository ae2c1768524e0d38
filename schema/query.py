"""The root of queries."""

from typing import Annotated

import strawberry

from domain import invoices, permissions
from domain.pages import SyncedInvoiceFilter as Filter
from domain.pages import SyncedInvoiceOrder as Order
from resolvers.nodes import Found, find_invoice
from resolvers.nodes import nodes as find_nodes
from resolvers.synced_invoices import synced_invoices
from schema.company import Company
from schema.connection import (
    BIGGEST_PAGE,
    DEFAULT_SIZE,
    Listed,
    PageArguments,
    SubcontractorInvoiceConnection,
    of_each_invoice,
)
from schema.cost import costs
from schema.errors import BadUserInput
from schema.ids import company_number, node_key
from schema.invoice import SubcontractorInvoice
from schema.node import Node
from schema.proving import PROVES_ITS_READER
from schema.request import Info
from schema.selecting import selected
from schema.synced_invoices import SyncedInvoiceFilter, SyncedInvoiceOrder
from schema.viewer import Viewer

MOST_NODES = 100


@strawberry.type(description="What can be asked.")
class Query:
    @strawberry.field(description="Who is asking.", graphql_type=Viewer | None)
    async def viewer(self, info: Info) -> permissions.Viewer:
        return info.context.context.viewer

    @strawberry.field(
        description="Anything by its id; null when unknown or not the viewer's.",
        graphql_type=Node | None,
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id.")],
    ) -> Found | None:
        (found,) = await find_nodes(info.context.context, [node_key(id)])
        return found

    @strawberry.field(
        description="Anything by ids, in the order asked; null as for `node`.",
        metadata=costs(sized_by=("ids",), most=MOST_NODES),
        graphql_type=list[Node | None],
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="The ids: at most 100.")
        ],
    ) -> list[Found | None]:
        if len(ids) > MOST_NODES:
            raise BadUserInput("ids", f"must be at most {MOST_NODES}")
        return await find_nodes(info.context.context, [node_key(id) for id in ids])

    @strawberry.field(
        description="A company; null when unknown or not the viewer's.", graphql_type=Company | None
    )
    async def company(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The company's id.")],
    ) -> invoices.Company | None:
        return info.context.context.viewer.company(company_number(id))

    @strawberry.field(
        description="An invoice; null when unknown or not the viewer's.",
        metadata=PROVES_ITS_READER,
        graphql_type=SubcontractorInvoice | None,
    )
    async def subcontractor_invoice(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The invoice's id.")],
    ) -> invoices.SubcontractorInvoice | None:
        return await find_invoice(info.context.context, node_key(id), selected(info))

    @strawberry.field(
        description="The invoices that are synced with the company's ERP, newest sync first; "
        "null when the company is unknown or not the viewer's.",
        metadata=costs(unsaid=DEFAULT_SIZE, most=BIGGEST_PAGE) | PROVES_ITS_READER,
        graphql_type=SubcontractorInvoiceConnection | None,
    )
    async def synced_invoices(
        self,
        info: Info,
        company_id: Annotated[strawberry.ID, strawberry.argument(description="The company.")],
        filter: Annotated[
            SyncedInvoiceFilter | None, strawberry.argument(description="What to keep.")
        ] = None,
        order_by: Annotated[
            SyncedInvoiceOrder | None, strawberry.argument(description="How to order.")
        ] = None,
        first: Annotated[
            int | None,
            strawberry.argument(description="How many from the start: 1 to 100; 25 if not said."),
        ] = None,
        after: Annotated[
            str | None, strawberry.argument(description="Begin after this cursor.")
        ] = None,
        last: Annotated[
            int | None, strawberry.argument(description="How many from the end: 1 to 100.")
        ] = None,
        before: Annotated[
            str | None, strawberry.argument(description="End before this cursor.")
        ] = None,
    ) -> Listed | None:
        order = order_by.order() if order_by else Order()
        request = PageArguments(first, after, last, before).request(order)
        company = company_number(company_id)
        keep = filter.kept(company) if filter else Filter()
        wanted = of_each_invoice(selected(info))
        page = await synced_invoices(info.context.context, company, keep, order, request, wanted)
        return Listed(page, company, keep) if page is not None else None
