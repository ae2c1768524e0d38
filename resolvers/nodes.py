"""Query.node and Query.nodes: anything with an id, one statement per kind and company."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.erps import ErpIntegration, ErpLink
from domain.invoices import Commitment, Company, Project, SubcontractorInvoice, Vendor
from domain.rows import Selection
from domain.unlink_requests import UnlinkRequest
from resolvers.context import Context, Services
from resolvers.unlink_requests import find_requests

Found = (
    Company
    | Project
    | Vendor
    | Commitment
    | SubcontractorInvoice
    | ErpIntegration
    | ErpLink
    | UnlinkRequest
)


class NodeKey(NamedTuple):
    """What an id says: the kind, the company, and the id within the company."""

    kind: str
    company_id: int
    local_id: str


Look = Callable[[Services, int, Sequence[str]], Awaitable[Mapping[Any, Found]]]


async def _integrations(
    of: Services, company_id: int, ids: Sequence[str]
) -> Mapping[int, ErpIntegration]:
    return {each.id: each for each in await of.invoices.integrations(company_id)}


LOOKS: Mapping[str, Look] = {
    "SubcontractorInvoice": lambda of, company, ids: of.invoices.invoices(company, _numbers(ids)),
    "Project": lambda of, company, ids: of.invoices.projects(company, _numbers(ids)),
    "Vendor": lambda of, company, ids: of.invoices.vendors(company, _numbers(ids)),
    "Commitment": lambda of, company, ids: of.invoices.commitments(company, _numbers(ids)),
    "ErpLink": lambda of, company, ids: of.invoices.links(company, _uuids(ids)),
    "UnlinkRequest": lambda of, company, ids: find_requests(of, company, _uuids(ids)),
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
        answers = await LOOKS[kind](context.services, company_id, ids)
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


def _uuids(ids: Sequence[str]) -> list[UUID]:
    return [UUID(each) for each in ids]


def _text(id: int | UUID) -> str:
    return id.hex if isinstance(id, UUID) else str(id)
