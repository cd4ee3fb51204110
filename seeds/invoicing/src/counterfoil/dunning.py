"""Dunning: letters to those who have not paid.

Each invoice climbs a ladder, one step with each letter: a reminder, a demand, a final demand. Between two letters about
an invoice lies a week at least. What is in dispute rests, and some customers have asked to be left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterfoil.documents import Invoice, Stage
from counterfoil.money import Money
from counterfoil.records import Files, Letter, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from counterfoil.runtime import Diary

PAUSE_DAYS = 7
INVOICES_AT_MOST = 5
"""More than that make another letter."""


@dataclass(frozen=True)
class Step:
    """One step of the ladder, and how many days after the due day it may come."""

    level: int
    name: str
    days: int


LADDER = (Step(1, "reminder", 3), Step(2, "demand", 17), Step(3, "final demand", 31))


class DunningClerk:
    """Writes the letters."""

    def __init__(self, files: Files, diary: Diary) -> None:
        self._files = files
        self._diary = diary

    def run(self) -> int:
        """Write what is to be written today; the number of letters comes back. A second run on a day writes nothing."""
        today = self._diary.today()
        written = 0
        with self._files.unit() as unit:
            for customer, currency in unit.invoices.owing():
                if not unit.customers.get(customer).reminders:
                    continue
                due = [
                    (invoice, step)
                    for invoice in unit.invoices.owed(customer, currency)
                    if (step := next_step(invoice, today)) is not None
                ]
                for part in in_parts(due, INVOICES_AT_MOST):
                    self._write(unit, customer, part, today)
                    written += 1
        return written

    def _write(
        self, unit: Unit, customer: str, part: Sequence[tuple[Invoice, Step]], today: date
    ) -> None:
        """Write a customer one letter, a reminder of some invoices."""
        amount = Money.nought(part[0][0].currency)
        level = 0
        for invoice, step in part:
            amount += invoice.outstanding
            level = max(level, step.level)
            invoice.remind(step.level, today)
            unit.invoices.save(invoice)
        numbers = tuple(invoice.number for invoice, _ in part)
        unit.letters.add(customer, Letter(today, level, numbers, amount))


def days_overdue(invoice: Invoice, today: date) -> int:
    """For how many days an invoice has been overdue; less than one where it is not."""
    return (today - invoice.due_on).days if invoice.due_on is not None else 0


def next_step(invoice: Invoice, today: date) -> Step | None:
    """The step that an invoice takes today, if any."""
    if invoice.stage is Stage.DISPUTED or invoice.level >= len(LADDER):
        return None
    if invoice.reminded_on is not None and (today - invoice.reminded_on).days < PAUSE_DAYS:
        return None
    step = LADDER[invoice.level]
    return step if days_overdue(invoice, today) >= step.days else None


def in_parts(
    rows: Sequence[tuple[Invoice, Step]], size: int
) -> Iterator[list[tuple[Invoice, Step]]]:
    """So many at a time, the rest at the end."""
    part: list[tuple[Invoice, Step]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
