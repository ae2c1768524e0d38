"""The steps of an unlink as seen from outside: each statement, each commit, each question to an
ERP counts twice, once before it and once after. Something happens at one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import event

from adapters.store.engine import Database
from domain.erps import Canary, ErpIntegration, RecordId, Sighting
from domain.permissions import Viewer
from domain.ports import Erp, Erps
from domain.rows import Selection
from domain.unlinking import UnlinkOutcome
from resolvers.context import Context, Services
from resolvers.nodes import NodeKey
from resolvers.unlink_invoice import unlink_invoice
from tests.safety.company import COMPANY


@dataclass
class Steps:
    """Counts steps, and calls `happen` at step number `at`."""

    at: int
    happen: Callable[[], object]
    taken: list[str] = field(default_factory=list)

    def take(self, what: str) -> None:
        self.taken.append(what)
        if len(self.taken) == self.at:
            self.happen()

    def watch(self, database: Database) -> None:
        """Count what is sent to a database from now on, until its engine is closed."""
        engine = database.engine.sync_engine
        commit = engine.dialect.do_commit

        def around_commit(connection: Any) -> None:
            self.take("before COMMIT")
            commit(connection)
            self.take("after COMMIT")

        engine.dialect.do_commit = around_commit  # type: ignore[assignment, method-assign]
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.take(f"before {statement}")

    def _after(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.take(f"after {statement}")


@dataclass(frozen=True)
class WatchedErps:
    """Erps that count each question as two steps."""

    erps: Erps
    steps: Steps

    def of(self, integration: ErpIntegration) -> Erp:
        return _WatchedErp(self.erps.of(integration), self.steps)


@dataclass(frozen=True)
class _WatchedErp:
    erp: Erp
    steps: Steps

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        self.steps.take("before the ERP is asked")
        answer = await self.erp.look_up(record_ids)
        self.steps.take("after the ERP was asked")
        return answer

    async def choose_canary(self) -> Canary | None:
        return await self.erp.choose_canary()


def watched(services: Services, steps: Steps) -> Services:
    return replace(services, erps=WatchedErps(services.erps, steps))


async def unlink_as(
    viewer: Viewer, services: Services, invoice_id: int, company_id: int = COMPANY
) -> UnlinkOutcome:
    """One attempt, as the mutation's resolver makes it."""
    key = NodeKey("SubcontractorInvoice", company_id, str(invoice_id))
    return await unlink_invoice(Context(viewer, services), key, Selection.of("invoice_number"))


async def ada(services: Services) -> Viewer:
    viewer = await services.directory.viewer("erp-link-demo", "ada")
    assert viewer is not None
    return viewer
