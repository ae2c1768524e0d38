"""Around the ports: what became of unlinks, and how the ERPs answer."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from opentelemetry.trace import SpanKind

from domain.erps import AskedLater, Canary, ErpIntegration, ErpTrouble, RecordId, Sighting, Trouble
from domain.invoices import SubcontractorInvoice
from domain.permissions import Reader
from domain.ports import Erp, Erps, UnlinkLedger
from domain.rows import NOTHING, Selection
from domain.unlinking import AttemptOutcome, UnlinkAttempt, UnlinkCase
from telemetry.lines import say
from telemetry.metrics import Metrics
from telemetry.names import NONE, OTHER
from telemetry.traces import Attributes, Traces

T = TypeVar("T")

UNLINKS = logging.getLogger("erp_link.unlinks")
ERPS = logging.getLogger("erp_link.erps")


@dataclass(frozen=True, slots=True)
class ObservedErps:
    """`Erps` whose connections are timed, and whose trouble is told."""

    erps: Erps
    known: frozenset[str]
    """The ERPs that there is a module for; a directory may name any other."""
    metrics: Metrics
    traces: Traces | None
    deadline_seconds: float

    def of(self, integration: ErpIntegration) -> Erp:
        try:
            erp = self.erps.of(integration)
        except ErpTrouble as trouble:
            self.troubled(integration, trouble.trouble.value, trouble.detail, 0.0)
            raise
        return ObservedErp(erp, integration, self)

    def named(self, integration: ErpIntegration) -> str:
        return integration.erp if integration.erp in self.known else OTHER

    def troubled(
        self, integration: ErpIntegration, trouble: str, detail: str | None, seconds: float
    ) -> None:
        """`detail` is the port's own sentence, which quotes nothing that was sent or came."""
        self.metrics.erp_troubles.labels(self.named(integration), trouble).inc()
        told = {
            "company": integration.company_id,
            "integration": integration.id,
            "erp": self.named(integration),
            "trouble": trouble,
            "detail": detail,
            "ms": round(seconds * 1000, 1),
        }
        ERPS.warning("erp trouble", extra=told)


@dataclass(frozen=True, slots=True)
class ObservedErp:
    """One connection, timed."""

    erp: Erp
    integration: ErpIntegration
    all: ObservedErps

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        return await self._timed("look_up", lambda: self.erp.look_up(record_ids))

    async def choose_canary(self) -> Canary | None:
        return await self._timed("choose_canary", self.erp.choose_canary)

    async def _timed(self, question: str, ask: Callable[[], Awaitable[T]]) -> T:
        began, name, traces = perf_counter(), self.all.named(self.integration), self.all.traces
        is_asked = True
        attributes: Attributes = {
            "erp_link.erp": name,
            "erp_link.company": self.integration.company_id,
            "erp_link.integration": self.integration.id,
        }
        span = (
            traces.span(f"ERP {question}", attributes, SpanKind.CLIENT) if traces else nullcontext()
        )
        try:
            with span:
                return await ask()
        except AskedLater:  # no trouble: nobody was asked
            is_asked = False
            raise
        except ErpTrouble as trouble:
            self._troubled(trouble.trouble.value, trouble.detail, began)
            raise
        except BaseException as error:
            # Cancelled: by the deadline, or by a client that went away.
            late = perf_counter() - began >= self.all.deadline_seconds * 0.99
            cancelled = Trouble.TIMEOUT.value if late else "cancelled"
            is_bug = isinstance(error, Exception)
            self._troubled("unexpected_error" if is_bug else cancelled, None, began)
            raise
        finally:
            if is_asked:
                metrics = self.all.metrics
                metrics.labelled(metrics.erp_seconds, name).observe(perf_counter() - began)

    def _troubled(self, trouble: str, detail: str | None, began: float) -> None:
        self.all.troubled(self.integration, trouble, detail, perf_counter() - began)


@dataclass(frozen=True, slots=True)
class ObservedLedger:
    """`UnlinkLedger` that tells how each attempt ended, once it is written."""

    ledger: UnlinkLedger
    known: frozenset[str]
    metrics: Metrics

    async def case(self, company_id: int, invoice_id: int, by: int | Reader) -> UnlinkCase | None:
        return await self.ledger.case(company_id, invoice_id, by)

    async def case_later(
        self, company_id: int, invoice_id: int, person_id: int
    ) -> UnlinkCase | None:
        return await self.ledger.case_later(company_id, invoice_id, person_id)

    async def record(self, attempt: UnlinkAttempt, sighting: Sighting | None = None) -> None:
        await self.ledger.record(attempt, sighting)
        self._tell(attempt)

    async def unlink(
        self,
        attempt: UnlinkAttempt,
        sighting: Sighting | None = None,
        wanted: Selection = NOTHING,
    ) -> SubcontractorInvoice | None:
        invoice = await self.ledger.unlink(attempt, sighting, wanted)
        if invoice is not None:
            self._tell(attempt)
        return invoice

    def _tell(self, attempt: UnlinkAttempt) -> None:
        tell_unlink(attempt, self.known, self.metrics)

    async def attempts(
        self, company_id: int, invoice_ids: Sequence[int], limit: int
    ) -> Mapping[int, Sequence[UnlinkAttempt]]:
        return await self.ledger.attempts(company_id, invoice_ids, limit)

    async def saw(
        self, company_id: int, sightings: Sequence[tuple[SubcontractorInvoice, Sighting]]
    ) -> None:
        await self.ledger.saw(company_id, sightings)

    async def keep_canary(self, integration: ErpIntegration, canary: Canary) -> None:
        await self.ledger.keep_canary(integration, canary)


def tell_unlink(attempt: UnlinkAttempt, known: frozenset[str], metrics: Metrics) -> None:
    """How an attempt ended, or that it waits; `known` as in `ObservedErps`."""
    named = attempt.link.integration.erp if attempt.link else NONE
    erp = named if named in known or named == NONE else OTHER
    metrics.labelled(metrics.unlinks, erp, attempt.outcome.value).inc()
    told = {
        "company": attempt.company_id,
        "invoice": attempt.invoice_id,
        "outcome": attempt.outcome.value,
        "erp": erp,
        "trouble": _trouble(attempt),
        "viewer": attempt.person_id,
    }
    say(UNLINKS, logging.INFO, "unlink", told)


def _trouble(attempt: UnlinkAttempt) -> str | None:
    """The trouble that the evidence of an unavailable ERP begins with."""
    if attempt.outcome is not AttemptOutcome.ERP_UNAVAILABLE:
        return None
    word = attempt.evidence.partition(":")[0]
    return word if word in {each.value for each in Trouble} else OTHER
