"""Invoices and vouchers: what can be done to them at which stage of their lives.

An invoice is settled by vouchers, which are payments and credit notes. Both check before they change anything, and
note what happened; whoever saves them writes that down in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from counterfoil.money import WHOLE, Money, Rounding
from counterfoil.problems import LimitError, NothingError, StageError, UnknownError
from counterfoil.sheet import Charge, Line, Rebate, Sheet, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from counterfoil.terms import EarlyTerms


class Stage(Enum):
    """How far an invoice has come."""

    DRAFT = "a draft"
    DISCARDED = "discarded"
    OPEN = "open"
    PART_PAID = "part paid"
    PAID = "paid"
    DISPUTED = "disputed"
    CREDITED = "credited"
    WRITTEN_OFF = "written off"


_ENDS = {Stage.PAID, Stage.CREDITED, Stage.WRITTEN_OFF}
TRANSITIONS: Mapping[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.OPEN, Stage.DISCARDED}),
    Stage.DISCARDED: frozenset(),
    Stage.OPEN: frozenset({Stage.PART_PAID, Stage.DISPUTED} | _ENDS),
    Stage.PART_PAID: frozenset({Stage.OPEN, Stage.DISPUTED} | _ENDS),
    Stage.DISPUTED: frozenset({Stage.OPEN, Stage.PART_PAID} | _ENDS),
    Stage.PAID: frozenset({Stage.OPEN, Stage.PART_PAID, Stage.CREDITED}),
    Stage.CREDITED: frozenset({Stage.OPEN, Stage.PART_PAID}),
    Stage.WRITTEN_OFF: frozenset({Stage.OPEN, Stage.PART_PAID}),
}
PAYABLE = frozenset({Stage.OPEN, Stage.PART_PAID, Stage.DISPUTED})
CREDITABLE = PAYABLE | {Stage.PAID}


@dataclass(frozen=True)
class Fact:
    """Something that happened to a document, with what others want to know of it."""

    kind: str
    on: date
    details: Mapping[str, Any]


@dataclass
class Document:
    """What invoices and vouchers have in common: whose they are, and what was noted of them."""

    id: int
    customer: str
    currency: str
    number: str
    facts: list[Fact] = field(default_factory=list, kw_only=True)

    @property
    def name(self) -> str:
        """Its number, or what it goes by until it has one."""
        return self.number or f"draft {self.id}"

    def note(self, kind: str, on: date, **details: object) -> None:
        """Remember that something happened."""
        self.facts.append(Fact(kind, on, details))

    def release(self) -> list[Fact]:
        """Hand over what was noted, once."""
        released = list(self.facts)
        self.facts.clear()
        return released


@dataclass
class Billed:
    """A line of an issued invoice, and how much of it was credited since."""

    line: Line
    charge: Charge
    pieces_credited: int = 0
    net_credited: int = 0
    tax_credited: int = 0

    @property
    def pieces_left(self) -> int:
        """What can still be credited, in thousandths."""
        return self.line.quantity - self.pieces_credited

    def take_back(self, pieces: int, how: Rounding) -> Charge:
        """Credit some of it. All the parts of a line come to what the line was charged, however they are cut."""
        if self.pieces_left < pieces:
            raise LimitError(f"credit for {self.line.text}", said(self.pieces_left), said(pieces))
        self.pieces_credited += pieces
        net = self.charge.net.share(self.pieces_credited, self.line.quantity, how)
        tax = self.charge.tax.share(self.pieces_credited, self.line.quantity, how)
        part = Charge(
            Money(net.minor - self.net_credited, net.currency),
            Money(tax.minor - self.tax_credited, tax.currency),
        )
        self.net_credited, self.tax_credited = net.minor, tax.minor
        return part


@dataclass
class Balance:
    """What became of an invoice's total, in minor units."""

    total: int = 0
    paid: int = 0
    credited: int = 0
    """By credit notes, as far as they were set off against this invoice."""
    rebated: int = 0
    """As a discount for early payment."""
    written_off: int = 0
    taken_back: int = 0
    """The credit notes for this invoice, wherever their money went."""

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.total - self.paid - self.credited - self.rebated - self.written_off


@dataclass
class Invoice(Document):
    """One invoice, from its first line to its last cent."""

    series: str
    stage: Stage = Stage.DRAFT
    lines: list[Line] = field(default_factory=list)
    rebate: Rebate = field(default_factory=Rebate)
    issued_on: date | None = None
    due_on: date | None = None
    early_rate: int = 0
    early_until: date | None = None
    rounding: Rounding = Rounding.HALF_UP
    stamp: str = ""
    billed: list[Billed] = field(default_factory=list)
    balance: Balance = field(default_factory=Balance)
    level: int = 0
    """How far reminders have got."""
    reminded_on: date | None = None

    @property
    def outstanding(self) -> Money:
        """What is still owed on it."""
        return Money(self.balance.outstanding, self.currency)

    def add(self, line: Line) -> None:
        """Write one more line."""
        self.must_be(Stage.DRAFT, wish="changed")
        self.lines.append(line)

    def allow(self, rebate: Rebate) -> None:
        """Take something off the whole of it; a later word replaces an earlier one."""
        self.must_be(Stage.DRAFT, wish="changed")
        self.rebate = rebate

    def discard(self, on: date) -> None:
        """Throw a draft away."""
        self.must_be(Stage.DRAFT, wish="discarded")
        self._move(Stage.DISCARDED)
        self.note("invoice.discarded", on)

    def check_complete(self) -> None:
        """Whether there is anything to issue."""
        self.must_be(Stage.DRAFT, wish="issued")
        if not self.lines:
            raise NothingError("a line at least")

    def issue(
        self, number: str, stamp: str, on: date, due_on: date, sheet: Sheet, rounding: Rounding
    ) -> None:
        """Make it count: from here on its lines and amounts stay as they are."""
        self._move(Stage.OPEN)
        self.number, self.stamp = number, stamp
        self.issued_on, self.due_on = on, due_on
        self.rounding = rounding
        pairs = zip(self.lines, sheet.charges, strict=True)
        self.billed = [Billed(line, charge) for line, charge in pairs]
        self.balance.total = sheet.total.minor
        taxes = taxes_of([line.code for line in self.lines], sheet.charges)
        told = {"currency": self.currency, "taxes": taxes}
        self.note("invoice.issued", on, total=str(sheet.total), **told)
        self._settle_stage(on)

    def grant_early(self, early: EarlyTerms, until: date) -> None:
        """Promise a discount to a customer who pays by a day."""
        self.early_rate, self.early_until = early.rate, until

    def early_discount(self, on: date) -> Money:
        """What a payment that arrives on a day may leave out when it settles the rest. Nothing where less is owed."""
        nothing = Money.nought(self.currency)
        if self.early_until is None or on > self.early_until:
            return nothing
        discount = self._early_share()
        return discount if discount < self.outstanding else nothing

    def pay(self, amount: Money, discount: Money, on: date) -> None:
        """Set a payment off, and the discount that it earned."""
        self.must_be(*PAYABLE, wish="paid")
        self.balance.paid += amount.minor
        self.balance.rebated += discount.minor
        self.note("invoice.settled", on, by=str(amount), left=str(self.outstanding))
        self._settle_stage(on)

    def unpay(self, amount: Money, discount: Money, on: date) -> Money:
        """Undo what a payment did. The discount that is taken back with it comes back."""
        lost = min(discount, Money(self.balance.rebated, self.currency))
        self.balance.paid -= amount.minor
        self.balance.rebated -= lost.minor
        self.note("invoice.reopened", on, left=str(self.outstanding))
        self._settle_stage(on)
        return lost

    def take_back(self, places: Sequence[tuple[int, int | None]]) -> list[Charge]:
        """Credit parts of lines: their places, and how many thousandths of each, or None for what is left."""
        self.must_be(*CREDITABLE, wish="credited")
        for place, _ in places:
            if not 1 <= place <= len(self.billed):
                raise UnknownError("line", str(place))
        parts = []
        for place, pieces in places:
            billed = self.billed[place - 1]
            wanted = billed.pieces_left if pieces is None else pieces
            parts.append(billed.take_back(wanted, self.rounding))
        return parts

    def set_off(self, credit: Money, on: date) -> tuple[Money, Money]:
        """Set a credit note off against what is owed here.

        What was left out for paying early shrinks with the invoice. Says how much of that is owed after all, and how
        much of the credit is used up; the rest is the customer's.
        """
        self.balance.taken_back += credit.minor
        lost = Money.nought(self.currency)
        if self.balance.rebated:
            kept = min(self._early_share(), Money(self.balance.rebated, self.currency))
            lost = Money(self.balance.rebated, self.currency) - kept
            self.balance.rebated = kept.minor
        used = min(credit, self.outstanding)
        self.balance.credited += used.minor
        self.note("invoice.credited", on, by=str(credit), left=str(self.outstanding))
        self._settle_stage(on)
        return lost, used

    def dispute(self, reason: str, on: date) -> None:
        """Put it aside while the customer objects. No reminders go out meanwhile."""
        self._move(Stage.DISPUTED)
        self.note("invoice.disputed", on, reason=reason)

    def resolve(self, on: date) -> None:
        """Go on with it as it stands."""
        self.must_be(Stage.DISPUTED, wish="resolved")
        self._move(self._stage_by_amounts())
        self.note("invoice.resolved", on)

    def write_off(self, reason: str, on: date) -> Money:
        """Give up what is still owed, and say how much that was."""
        self.must_be(*PAYABLE, wish="written off")
        lost = self.outstanding
        self.balance.written_off += lost.minor
        self._settle_stage(on)
        self.note("invoice.written_off", on, amount=str(lost), reason=reason)
        return lost

    def remind(self, level: int, on: date) -> None:
        """Remember the reminder that went out for it."""
        self.level, self.reminded_on = level, on
        self.note("invoice.reminded", on, level=level)

    def must_be(self, *stages: Stage, wish: str) -> None:
        """Refuse what can only be done at other stages."""
        if self.stage not in stages:
            raise StageError(self.name, self.stage.value, wish)

    def _early_share(self) -> Money:
        """The discount for paying early, on what credit notes have left of the total."""
        base = Money(self.balance.total - self.balance.taken_back, self.currency)
        return base.share(self.early_rate, WHOLE, self.rounding)

    def _stage_by_amounts(self) -> Stage:
        """The stage that follows from what was paid, credited and written off."""
        if self.outstanding:
            return Stage.PART_PAID if self.balance.paid else Stage.OPEN
        if self.balance.written_off:
            return Stage.WRITTEN_OFF
        whole = 0 < self.balance.total == self.balance.taken_back
        return Stage.CREDITED if whole else Stage.PAID

    def _settle_stage(self, on: date) -> None:
        """Go where the amounts say. What is disputed stays so until it is settled."""
        stage = self._stage_by_amounts()
        if stage is self.stage or (self.stage is Stage.DISPUTED and self.outstanding):
            return
        self._move(stage)
        if stage is Stage.PAID:
            self.note("invoice.paid", on, total=str(Money(self.balance.total, self.currency)))

    def _move(self, stage: Stage) -> None:
        """Go to another stage, if the table has a way there."""
        if stage not in TRANSITIONS[self.stage]:
            raise StageError(self.name, self.stage.value, stage.value)
        self.stage = stage


@dataclass
class Voucher(Document):
    """Money of a customer's: a payment, or a credit note. What is not spent on invoices stays on account."""

    kind: str
    amount: Money
    unspent: Money
    day: date
    about: str = ""
    stamp: str = ""
    bounced: bool = False
    refunded: int = 0

    @property
    def is_payment(self) -> bool:
        """Whether money came in for it."""
        return self.kind == "payment"

    def spend(self, part: Money) -> None:
        """Use some of it up."""
        self.unspent -= part

    def pay_out(self, part: Money) -> None:
        """Give some of it back to the customer."""
        self.spend(part)
        self.refunded += part.minor

    def bounce(self, on: date) -> None:
        """The bank has taken a payment back. What was paid out of it can't bounce with it."""
        if not self.is_payment or self.bounced:
            raise StageError(self.number, "bounced" if self.bounced else "no payment", "bounced")
        if self.refunded:
            raise StageError(self.number, "paid out in part", "bounced")
        self.bounced = True
        self.unspent = Money.nought(self.currency)
        self.note("payment.bounced", on, amount=str(self.amount))


def taxes_of(codes: Sequence[str], charges: Sequence[Charge]) -> dict[str, list[int]]:
    """Net and tax in minor units for each code, as the tax book wants them."""
    taxes: dict[str, list[int]] = {}
    for code, charge in zip(codes, charges, strict=True):
        sums = taxes.setdefault(code, [0, 0])
        sums[0] += charge.net.minor
        sums[1] += charge.tax.minor
    return taxes
