"""Charges and intents: asking a card for money, taking it, letting go of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from paydesk import errors, money
from paydesk.acquirer import Acquirer
from paydesk.balances import Balances
from paydesk.errors import Failure, NetworkUnavailableError, UnknownAccountError
from paydesk.models import INTENT_LASTS, MOST_PERCENT, Capture, Charge, ChargeStatus, Intent, IntentStatus, Split
from paydesk.runtime import Clock, Ids, log_event
from paydesk.store import Store
from paydesk.versions import EventLog
from paydesk.wire import METADATA_MOST

SPLITS_MOST = 5

logger = logging.getLogger("paydesk.charges")


@dataclass(frozen=True)
class ChargeOrder:
    """What a customer wants charged."""

    amount: int
    currency: str
    card: str
    capture: bool = True
    description: str | None = None
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    intent: str | None = None


@dataclass(frozen=True)
class ChargeService:
    """Creates charges and moves them on."""

    store: Store
    clock: Clock
    ids: Ids
    acquirer: Acquirer
    balances: Balances
    events: EventLog

    def create(self, account_id: str, order: ChargeOrder, reference: str) -> Charge | Failure:
        """Ask a card for money and, unless told otherwise, take it at once.

        The card network knows the authorization by the reference; a repeated attempt has to come with the same one. If another
        attempt was quicker, its charge is the answer.
        """
        failure = money.check_amount(order.amount, order.currency)
        if failure is None:
            failure = self._check_splits(account_id, order.splits)
        if failure is None:
            failure = self.acquirer.authorize(reference, order.card, order.amount, order.currency)
        if failure is not None:
            return failure
        charge = Charge(
            id=self.ids.next("ch"),
            account_id=account_id,
            created=self.clock.now(),
            amount=order.amount,
            currency=order.currency,
            card=order.card,
            network_reference=reference,
            description=order.description,
            metadata=merged({}, order.metadata),
            splits=order.splits,
            intent=order.intent,
        )
        with self.store.transaction():
            known = self.store.charges.under(account_id, reference)
            if known is not None:
                return known
            charge = self.store.charges.add(charge)
            self.events.record("charge.authorized", charge)
            if order.capture:
                charge = self._take(charge, charge.amount, f"{reference}/1", final=True)
        return charge

    def capture(
        self, account_id: str, charge_id: str, amount: int | None, reference: str, *, final: bool
    ) -> Charge | Failure:
        """Take money under an authorization, by default all that is left of it."""
        with self.store.locks.holding(f"charge {charge_id}"):
            charge = self.store.charges.find(account_id, charge_id)
            if isinstance(charge, Failure):
                return charge
            failure = self._check_open(charge, "charge_not_capturable")
            if failure is not None:
                return failure
            wanted = charge.capturable if amount is None else amount
            if wanted > charge.capturable:
                return errors.amount_too_large(money.say(charge.capturable, charge.currency))
            with self.store.transaction():
                return self._take(charge, wanted, reference, final=final)

    def void(self, account_id: str, charge_id: str) -> Charge | Failure:
        """Give up what is left of an authorization."""
        with self.store.locks.holding(f"charge {charge_id}"):
            charge = self.store.charges.find(account_id, charge_id)
            if isinstance(charge, Failure):
                return charge
            failure = self._check_open(charge, "charge_not_voidable")
            if failure is not None:
                return failure
            return self._give_up(charge, ChargeStatus.VOIDED)

    def update(
        self, account_id: str, charge_id: str, description: str | None, metadata: Mapping[str, str | None] | None
    ) -> Charge | Failure:
        """Change what a customer noted on a charge. What is not given stays."""
        with self.store.locks.holding(f"charge {charge_id}"):
            charge = self.store.charges.find(account_id, charge_id)
            if isinstance(charge, Failure):
                return charge
            if description is not None:
                charge = replace(charge, description=description)
            if metadata is not None:
                notes = merged(charge.metadata, metadata)
                if len(notes) > METADATA_MOST:
                    return errors.too_many("metadata", METADATA_MOST)
                charge = replace(charge, metadata=notes)
            return self.store.charges.save(charge)

    def expire_lapsed(self) -> int:
        """Give up authorizations that nobody captured in time; return how many.

        Where the network does not answer, the authorization waits for the next run.
        """
        expired = 0
        for charge in self.store.charges.lapsed(self.clock.now()):
            try:
                self._give_up(charge, ChargeStatus.EXPIRED)
            except NetworkUnavailableError:
                log_event(logger, "charge.lingers", level=logging.WARNING, charge=charge.id)
            else:
                expired += 1
        return expired

    def _take(self, charge: Charge, amount: int, reference: str, *, final: bool) -> Charge:
        account = self.store.account(charge.account_id)
        capture = self.store.captures.add(
            Capture(
                id=self.ids.next("cap"),
                account_id=charge.account_id,
                created=self.clock.now(),
                charge=charge.id,
                amount=amount,
                currency=charge.currency,
                fee=money.fee(amount, account.fee_basis_points),
            )
        )
        self.balances.book_capture(charge, capture)
        charge = self.store.charges.save(charge.captured(amount, final=final))
        self.events.record("charge.captured", charge)
        self.acquirer.capture(reference, charge.network_reference, amount)
        if charge.status is ChargeStatus.CAPTURED and charge.amount_captured < charge.amount:
            self.acquirer.release(charge.network_reference)
        return charge

    def _give_up(self, charge: Charge, status: ChargeStatus) -> Charge:
        ended = charge.ended(status)
        self.acquirer.release(charge.network_reference)
        self.store.charges.mark_ended(ended)
        self.events.record(f"charge.{status.value}", ended)
        return ended

    def _check_open(self, charge: Charge, code: str) -> Failure | None:
        if charge.status is not ChargeStatus.AUTHORIZED:
            return errors.wrong_state(code, "charge", charge.id, charge.status.value)
        if charge.capture_before <= self.clock.now():
            return errors.wrong_state(code, "charge", charge.id, ChargeStatus.EXPIRED.value)
        return None

    def _check_splits(self, account_id: str, splits: tuple[Split, ...]) -> Failure | None:
        if len(splits) > SPLITS_MOST:
            return errors.invalid("splits", f"must not be more than {SPLITS_MOST}")
        seen: set[str] = set()
        for split in splits:
            try:
                self.store.account(split.account_id)
            except UnknownAccountError:
                return errors.no_such("account", split.account_id, "splits", 400)
            if split.account_id == account_id or split.account_id in seen:
                return errors.invalid("splits", "must name each account once")
            seen.add(split.account_id)
        if sum(split.percent for split in splits) > MOST_PERCENT:
            return errors.invalid("splits", "must not add up to more than 100 per cent")
        return None


def merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    """Lay new notes over old ones; a note of None takes the old one off."""
    notes: dict[str, str | None] = {**old, **new}
    return {name: note for name, note in notes.items() if note is not None}


@dataclass(frozen=True)
class IntentService:
    """Purchases for which a buyer may try more than one card."""

    store: Store
    clock: Clock
    ids: Ids
    charges: ChargeService
    events: EventLog

    def create(
        self, account_id: str, amount: int, currency: str, metadata: Mapping[str, str | None]
    ) -> Intent | Failure:
        """Note what a buyer wants to pay."""
        failure = money.check_amount(amount, currency)
        if failure is not None:
            return failure
        now = self.clock.now()
        return self.store.intents.add(
            Intent(
                id=self.ids.next("in"),
                account_id=account_id,
                created=now,
                amount=amount,
                currency=currency,
                expires_at=now + INTENT_LASTS,
                metadata=merged({}, metadata),
            )
        )

    def confirm(self, account_id: str, intent_id: str, card: str, reference: str) -> Intent | Failure:
        """Try a card. A declined one is noted on the intent, and the buyer may try another."""
        with self.store.locks.holding(f"intent {intent_id}"):
            intent = self.store.intents.find(account_id, intent_id)
            if isinstance(intent, Failure):
                return intent
            if not intent.open_at(self.clock.now()):
                state = "expired" if intent.status is IntentStatus.REQUIRES_CARD else intent.status.value
                return errors.wrong_state("intent_not_open", "intent", intent_id, state)
            order = ChargeOrder(
                amount=intent.amount, currency=intent.currency, card=card, metadata=intent.metadata, intent=intent.id
            )
            with self.store.transaction():
                made = self.charges.create(account_id, order, reference)
                if isinstance(made, Failure):
                    self._note_decline(intent, made)
                    return made
                done = replace(intent, status=IntentStatus.SUCCEEDED, charge=made.id)
                intent = self.store.intents.save(replace(done, attempts=intent.attempts + 1))
                self.events.record("intent.succeeded", intent)
        return intent

    def cancel(self, account_id: str, intent_id: str) -> Intent | Failure:
        """Call a purchase off."""
        with self.store.locks.holding(f"intent {intent_id}"):
            intent = self.store.intents.find(account_id, intent_id)
            if isinstance(intent, Failure):
                return intent
            if intent.status is not IntentStatus.REQUIRES_CARD:
                return errors.wrong_state("intent_not_open", "intent", intent_id, intent.status.value)
            with self.store.transaction():
                intent = self.store.intents.save(replace(intent, status=IntentStatus.CANCELED))
                self.events.record("intent.canceled", intent)
        return intent

    def _note_decline(self, intent: Intent, failure: Failure) -> None:
        noted = self.store.intents.save(intent.declined(failure.message, self.clock.now()))
        if noted.status is IntentStatus.CANCELED:
            self.events.record("intent.canceled", noted)
