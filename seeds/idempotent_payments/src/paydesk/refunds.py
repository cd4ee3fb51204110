"""Refunds: giving captured money back."""

from __future__ import annotations

from dataclasses import dataclass

from paydesk import errors, money
from paydesk.acquirer import Acquirer
from paydesk.balances import Balances
from paydesk.errors import CardDeclinedError, Failure
from paydesk.models import REFUND_WINDOW_DAYS, Charge, Refund
from paydesk.runtime import DAY, Clock, Ids
from paydesk.store import Store
from paydesk.versions import EventLog

REASONS = ("duplicate", "fraudulent", "requested_by_buyer")


@dataclass(frozen=True)
class RefundService:
    """Creates refunds."""

    store: Store
    clock: Clock
    ids: Ids
    acquirer: Acquirer
    balances: Balances
    events: EventLog

    def create(
        self, account_id: str, charge_id: str, amount: int | None, reason: str | None, reference: str
    ) -> Refund | Failure:
        """Give money back, by default all that was captured and not refunded yet."""
        with self.store.locks.holding(f"charge {charge_id}"):
            charge = self.store.charges.find(account_id, charge_id, "charge")
            if isinstance(charge, Failure):
                return charge
            wanted = charge.refundable if amount is None else amount
            failure = self._check(charge, wanted)
            if failure is not None:
                return failure
            refund = Refund(
                id=self.ids.next("re"),
                account_id=account_id,
                created=self.clock.now(),
                charge=charge.id,
                amount=wanted,
                currency=charge.currency,
                reason=reason,
            )
            try:
                return self._give_back(charge, refund, reference)
            except CardDeclinedError as declined:
                return errors.card_declined(declined.reason)

    def _give_back(self, charge: Charge, refund: Refund, reference: str) -> Refund:
        with self.store.transaction():
            refund = self.store.refunds.add(refund)
            self.balances.book_refund(charge, refund)
            charge = self.store.charges.save(charge.refunded(refund.amount))
            self.events.record("charge.refunded", charge)
            self.acquirer.refund(reference, charge.network_reference, refund.amount)
        return refund

    def _check(self, charge: Charge, wanted: int) -> Failure | None:
        if charge.amount_captured == 0:
            return errors.wrong_state("charge_not_refundable", "charge", charge.id, charge.status.value)
        if charge.refundable == 0:
            return errors.wrong_state("charge_already_refunded", "charge", charge.id, "refunded")
        if wanted > charge.refundable:
            return errors.amount_too_large(money.say(charge.refundable, charge.currency))
        age = self.clock.now() - charge.created
        if age > REFUND_WINDOW_DAYS * DAY:
            return errors.refund_window_closed(charge.id, REFUND_WINDOW_DAYS)
        return None
