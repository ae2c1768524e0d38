"""What a field has at hand: the resolvers' context, and the loaders of this one request."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import strawberry
from strawberry.dataloader import DataLoader

from domain.erps import ErpIntegration
from domain.unlinking import UnlinkAttempt
from resolvers.context import Context
from resolvers.unlink_requests import unlink_history
from schema.kept import Operation

HistoryKey = tuple[int, int, int]
"""Company id, invoice id, and how many attempts at most."""


def _keep_nothing(document: str) -> None:
    pass


@dataclass
class Request:
    """One request. Loaders ask once for all rows of a page, and keep nothing beyond it."""

    context: Context
    keep_document: Callable[[str], None] = _keep_nothing
    """Told the text of each valid document that its sender named by its hash."""
    request_id: str = ""
    """Stands in each error, and in the log beside what was not expected."""
    written_by_orjson: bool = False
    """Whether the answer is: then days and instants may stand in it as they are."""
    changing: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set when a mutation begins: from then on the operation is not cut off, whoever leaves."""
    operation: Operation = field(init=False)
    """Which operation it is; set when the document has been read."""
    watching: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set when a subscription begins: from then on nobody waits for an answer."""

    # Made when first used: a loader knows its request, and few need one.
    # cache=False: a mutation may be followed by a look at what it changed.

    @cached_property
    def history(self) -> DataLoader[HistoryKey, list[UnlinkAttempt]]:
        return DataLoader(self._load_history, cache=False)

    @cached_property
    def integrations(self) -> DataLoader[int, list[ErpIntegration]]:
        return DataLoader(self._load_integrations, cache=False)

    async def _load_history(self, keys: list[HistoryKey]) -> list[list[UnlinkAttempt]]:
        found: dict[HistoryKey, list[UnlinkAttempt]] = {}
        for company_id, limit in sorted({(company, limit) for company, _, limit in keys}):
            ids = sorted(
                {id for company, id, most in keys if (company, most) == (company_id, limit)}
            )
            attempts = await unlink_history(self.context.services, company_id, ids, limit)
            found |= {(company_id, id, limit): list(each) for id, each in attempts.items()}
        return [found[key] for key in keys]

    async def _load_integrations(self, keys: list[int]) -> list[list[ErpIntegration]]:
        invoices = self.context.services.invoices
        found = {
            company_id: list(await invoices.integrations(company_id)) for company_id in {*keys}
        }
        return [found[company_id] for company_id in keys]


Info = strawberry.Info[Request, None]
