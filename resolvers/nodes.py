"""Query.node and Query.nodes: anything with an id, one statement per kind and company."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.erps import ErpIntegration, ErpLink
from domain.invoices import Commitment, Company, Project, SubcontractorInvoice, Vendor
from domain.ports import InvoiceStore
from domain.rows import Selection
from resolvers.context import Context

Found = Company | Project | Vendor | Commitment | SubcontractorInvoice | ErpIntegration | ErpLink


class NodeKey(NamedTuple):
    """What an id says: the kind, the company, and the id within the company."""

    kind: str
    company_id: int
    local_id: str


Look = Callable[[InvoiceStore, int, Sequence[str]], Awaitable[Mapping[Any, Found]]]


async def _integrations(
    store: InvoiceStore, company_id: int, ids: Sequence[str]
) -> Mapping[int, ErpIntegration]:
    return {each.id: each for each in await store.integrations(company_id)}


LOOKS: Mapping[str, Look] = {
    "SubcontractorInvoice": lambda store, company, ids: store.invoices(company, _numbers(ids)),
    "Project": lambda store, company, ids: store.projects(company, _numbers(ids)),
    "Vendor": lambda store, company, ids: store.vendors(company, _numbers(ids)),
    "Commitment": lambda store, company, ids: store.commitments(company, _numbers(ids)),
    "ErpLink": lambda store, company, ids: store.links(company, [UUID(each) for each in ids]),
    "ErpIntegration": _integrations,
}


async def nodes(context: Context, keys: Sequence[NodeKey | None]) -> list[Found | None]:
    """What each key names, in the order asked; None for what is unknown or not the viewer's."""
    wanted: dict[tuple[str, int], list[str]] = defaultdict(list)
    for key in keys:
        if key is not None and key.kind in LOOKS and context.viewer.company(key.company_id):
            wanted[key.kind, key.company_id].append(key.local_id)
    found: dict[NodeKey, Found] = {}
    for (kind, company_id), ids in wanted.items():
        answers = await LOOKS[kind](context.services.invoices, company_id, ids)
        found |= {NodeKey(kind, company_id, _text(id)): each for id, each in answers.items()}
    return [_company(context, key) or found.get(key) if key else None for key in keys]


async def find_invoice(
    context: Context, key: NodeKey | None, wanted: Selection
) -> SubcontractorInvoice | None:
    """What is wanted of the invoice that a key names; None as for `nodes`."""
    if key is None or key.kind != "SubcontractorInvoice":
        return None
    id, store = int(key.local_id), context.services.invoices
    if context.reader is not None:
        found = await store.selected(key.company_id, [id], wanted, context.reader)
        if found:
            return found[id]
        context = await context.looked_up()
    if context.viewer.company(key.company_id) is None:
        return None
    return (await store.selected(key.company_id, [id], wanted)).get(id)


def _company(context: Context, key: NodeKey) -> Company | None:
    named = key.kind == "Company" and key.local_id == str(key.company_id)
    return context.viewer.company(key.company_id) if named else None


def _numbers(ids: Sequence[str]) -> list[int]:
    return [int(each) for each in ids]


def _text(id: int | UUID) -> str:
    return id.hex if isinstance(id, UUID) else str(id)
