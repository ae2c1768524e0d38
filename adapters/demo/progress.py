"""The arithmetic of progress billing: what a commitment's nth application for payment says."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from adapters.demo.contracts import DemoCommitment

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LAG = 17
"""How much later each line begins than the one before it, in percent of progress."""


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def percent_of(percent: Decimal | int, amount: Decimal) -> Decimal:
    return cents(amount * percent / 100)


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line of the schedule of values as an application leaves it."""

    work: str
    scheduled: Decimal
    completed: Decimal
    stored: Decimal
    change_order: bool = False


@dataclass(frozen=True)
class Application:
    """The nth application for payment on a commitment; amounts as on AIA document G702."""

    commitment: DemoCommitment
    number: int
    tax_percent: Decimal

    @property
    def final(self) -> bool:
        return self.commitment.final and self.number == self.commitment.applications

    @cached_property
    def previous(self) -> "Application | None":
        if self.number == 1:
            return None
        return Application(self.commitment, self.number - 1, self.tax_percent)

    @cached_property
    def lines(self) -> Sequence[BilledLine]:
        """The lines of the contract, then its change order once there is one."""
        lines, rest = [], self.commitment.total
        for position, line in enumerate(self.commitment.trade.value):
            last = position == len(self.commitment.trade.value) - 1
            scheduled = rest if last else percent_of(line.share, self.commitment.total)
            rest -= scheduled
            done = self._progress(position, self.number)
            coming = self._progress(position, self.number + 1) - done
            stored = min(line.materials, coming) if 0 < done < 60 else 0
            completed = percent_of(done, scheduled)
            lines.append(BilledLine(line.work, scheduled, completed, percent_of(stored, scheduled)))
        return [*lines, *self._change_order()]

    def _progress(self, position: int, number: int) -> int:
        """How much of a line is done after an application, in percent."""
        if self.commitment.final and number >= self.commitment.applications:
            return 100
        return max(0, min(100, self.commitment.pace * number - LAG * position))

    def _change_order(self) -> Sequence[BilledLine]:
        order = self.commitment.change_order
        if order is None or self.number < order.application:
            return []
        done = 100 if self.final else min(100, 60 * (self.number - order.application + 1))
        return [
            BilledLine(order.work, order.amount, percent_of(done, order.amount), ZERO, True),
        ]

    @property
    def net_change(self) -> Decimal:
        return sum((line.scheduled for line in self.lines if line.change_order), ZERO)

    @property
    def contract_sum(self) -> Decimal:
        return self.commitment.total + self.net_change

    @property
    def completed(self) -> Decimal:
        return sum((line.completed for line in self.lines), ZERO)

    @property
    def stored(self) -> Decimal:
        return sum((line.stored for line in self.lines), ZERO)

    @property
    def completed_and_stored(self) -> Decimal:
        return self.completed + self.stored

    @property
    def retainage_percent(self) -> Decimal:
        return Decimal(0) if self.final else self.commitment.retainage_percent

    @property
    def work_retainage(self) -> Decimal:
        return percent_of(self.retainage_percent, self.completed)

    @property
    def materials_retainage(self) -> Decimal:
        return percent_of(self.retainage_percent, self.stored)

    @property
    def earned(self) -> Decimal:
        """Completed and stored, less the retainage."""
        return self.completed_and_stored - self.work_retainage - self.materials_retainage

    @property
    def certified_before(self) -> Decimal:
        return self.previous.earned if self.previous else ZERO

    @property
    def claimed(self) -> Decimal:
        """What this application adds, before retainage."""
        before = self.previous.completed_and_stored if self.previous else ZERO
        return self.completed_and_stored - before

    @property
    def tax(self) -> Decimal:
        return percent_of(self.tax_percent, self.earned - self.certified_before)

    @property
    def payment_due(self) -> Decimal:
        return self.earned - self.certified_before + self.tax
