"""What we owe our customers: the lines of their balances, the sums over them, and payouts to their banks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from paydesk import errors, money
from paydesk.acquirer import BANK_LIMIT, Bank
from paydesk.errors import BankUnavailableError, Failure
from paydesk.models import MOST_PERCENT, Capture, Charge, Entry, Payout, Refund, Summary
from paydesk.runtime import DAY, Clock, Ids, log_event
from paydesk.store import Store
from paydesk.versions import EventLog

SETTLEMENT = 2 * DAY
SETTLED_LATER = ("capture", "split")

logger = logging.getLogger("paydesk.balances")


@dataclass(frozen=True)
class Balances:
    """Books the lines of balances and sums them up."""

    store: Store
    clock: Clock
    ids: Ids
    _cache: dict[tuple[str, str], Summary] = field(default_factory=dict)

    def book_capture(self, charge: Charge, capture: Capture) -> None:
        """Credit captured money, less our fee, and hand on what belongs to others."""
        self._book(charge.account_id, "capture", capture.id, charge.currency, capture.amount, capture.fee)
        shares = _shares(charge, capture.amount - capture.fee)
        for split, share in zip(charge.splits, shares, strict=False):
            self._hand_over(charge, split.account_id, "split", capture.id, share)

    def book_refund(self, charge: Charge, refund: Refund) -> None:
        """Debit refunded money, and take from others what they got of it.

        The shares are worked out over all refunds of the charge so that many small ones take no more than one large one.
        """
        self._book(charge.account_id, "refund", refund.id, charge.currency, -refund.amount)
        before = _shares(charge, charge.amount_refunded)
        after = _shares(charge, charge.amount_refunded + refund.amount)
        for split, old, new in zip(charge.splits, before, after, strict=False):
            self._hand_over(charge, split.account_id, "split_reversal", refund.id, old - new)

    def book_payout(self, payout: Payout) -> None:
        """Debit what goes to the bank."""
        self._book(payout.account_id, "payout", payout.id, payout.currency, -payout.amount)

    def summary(self, account_id: str, currency: str) -> Summary:
        """Return what an account has in a currency."""
        now = self.clock.now()
        key = (account_id, currency)
        known = self._cache.get(key)
        if known is None or (known.valid_until is not None and now >= known.valid_until):
            lines = [line for line in self.store.entries.of(account_id) if line.currency == currency]
            known = _summed(lines, now)
            self._cache[key] = known
        return known

    def overview(self, account_id: str, currency: str) -> dict[str, Summary]:
        """Return the balance in one currency, or in all those an account ever had money in."""
        codes = {currency} if currency else self._currencies(account_id)
        return {code: self.summary(account_id, code) for code in sorted(codes)}

    def _currencies(self, account_id: str) -> set[str]:
        return {line.currency for line in self.store.entries.of(account_id)}

    def _hand_over(self, charge: Charge, account_id: str, kind: str, source: str, amount: int) -> None:
        if amount:
            self._book(charge.account_id, kind, source, charge.currency, -amount)
            self._book(account_id, kind, source, charge.currency, amount)

    def _book(self, account_id: str, kind: str, source: str, currency: str, amount: int, fee: int = 0) -> None:
        now = self.clock.now()
        self.store.entries.add(
            Entry(
                id=self.ids.next("bal"),
                account_id=account_id,
                created=now,
                currency=currency,
                amount=amount,
                fee=fee,
                kind=kind,
                source=source,
                available_on=now + SETTLEMENT if kind in SETTLED_LATER else now,
            )
        )
        self._cache.pop((account_id, currency), None)


def _shares(charge: Charge, amount: int) -> list[int]:
    """Divide an amount between those a charge is split with, in their order, and the shop, which comes last."""
    percents = [split.percent for split in charge.splits]
    return money.allocate(amount, [*percents, MOST_PERCENT - sum(percents)])


def _summed(lines: Sequence[Entry], now: int) -> Summary:
    pending = [line for line in lines if line.available_on > now]
    held = sum(line.net for line in pending)
    total = sum(line.net for line in lines)
    return Summary(
        available=total - held, pending=held, valid_until=min((line.available_on for line in pending), default=None)
    )


@dataclass(frozen=True)
class PayoutService:
    """Pays balances out."""

    store: Store
    clock: Clock
    ids: Ids
    bank: Bank
    balances: Balances
    events: EventLog

    def create(self, account_id: str, currency: str, amount: int | None) -> Payout | Failure:
        """Set money aside for a payout; by default all that is available."""
        with self.store.locks.holding(f"balance {account_id} {currency}"):
            available = self.balances.summary(account_id, currency).available
            wanted = available if amount is None else amount
            if wanted > available or wanted <= 0:
                return errors.balance_insufficient(money.say(max(available, 0), currency))
            with self.store.transaction():
                payout = self.store.payouts.add(
                    Payout(
                        id=self.ids.next("po"),
                        account_id=account_id,
                        created=self.clock.now(),
                        amount=wanted,
                        currency=currency,
                        parts=tuple(money.in_parts(wanted, BANK_LIMIT)),
                    )
                )
                self.balances.book_payout(payout)
                self.events.record("payout.created", payout)
        return payout

    def send_pending(self) -> int:
        """Hand waiting transfers to the bank; return how many payouts are paid in full now.

        A bank that takes no more is asked again the next time, from where it stopped.
        """
        paid = 0
        for payout in self.store.payouts.pending():
            try:
                self._send(payout)
            except BankUnavailableError:
                log_event(logger, "payout.delayed", level=logging.WARNING, payout=payout.id)
                continue
            self.events.record("payout.paid", replace(payout, sent=len(payout.parts)))
            paid += 1
        return paid

    def _send(self, payout: Payout) -> None:
        for part in payout.parts[payout.sent :]:
            self.bank.transfer(payout.account_id, part, payout.currency)
            self.store.payouts.mark_sent(payout.id)
