"""Payments: deposits, withdrawals, transfers with idempotency keys, batches and refunds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.accounts import Account, House
from ledger.bookkeeping import Books
from ledger.errors import (
    AccountError,
    DuplicateRequestError,
    EntryError,
    LedgerError,
    LimitError,
    RefundError,
)
from ledger.journal import Entry, Remembered, Transfer, clean_text, credit, debit, fingerprint
from ledger.money import Money, check_positive
from ledger.runtime import log_event

KEY_LIFETIME = timedelta(hours=24)
LONGEST_KEY = 64
LIMIT_WINDOW = timedelta(hours=24)
REFUND_WINDOW = timedelta(days=180)
LARGEST_BATCH = 50
logger = logging.getLogger("ledger.payments")


@dataclass(frozen=True)
class Instruction:
    """One line of a payment batch."""

    source: str
    target: str
    amount: Money
    reference: str = ""

    def __str__(self) -> str:
        return f"{self.amount} from {self.source} to {self.target}"


class Payments:
    """Moves money between accounts."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._store = books.store

    def deposit(
        self, target: str, amount: Money, *, reference: str, value_date: date | None
    ) -> Entry:
        """Book money that reached the bank for an account."""
        check_positive(amount, "a deposit")
        with self._books.locks.holding(target):
            payee = self._books.account(target)
            payee.check_can_receive()
            payee.check_currency(amount)
            bank = self._books.house(House.BANK, payee.currency)
            return self._books.book(
                [debit(bank, amount), credit(payee, amount)],
                description="Deposit",
                reference=reference,
                value_date=value_date,
            )

    def withdraw(self, source: str, amount: Money, *, reference: str) -> Entry:
        """Book money that leaves through the bank."""
        check_positive(amount, "a withdrawal")
        with self._books.locks.holding(source):
            payer = self._books.account(source)
            payer.check_can_send()
            self._books.check_funds(payer, amount)
            bank = self._books.house(House.BANK, payer.currency)
            postings = [debit(payer, amount), credit(bank, amount)]
            return self._books.book(postings, description="Withdrawal", reference=reference)

    def transfer(
        self,
        source: str,
        target: str,
        amount: Money,
        *,
        reference: str = "",
        key: str | None = None,
        value_date: date | None = None,
    ) -> Transfer:
        """Move money between two accounts, once per key."""
        note = clean_text(reference)
        with self._books.locks.holding(source, target):
            payer, payee = self._books.account(source), self._books.account(target)
            if key is None:
                return self._carry_out(payer, payee, amount, note, value_date)
            mark = fingerprint(source, target, amount, note, value_date)
            now = self._books.clock.now()
            request = Remembered(payer.owner, checked_key(key), mark, "", now)
            earlier = self._earlier(request)
            if earlier is not None:
                return earlier
            with self._store.transaction():
                transfer = self._carry_out(payer, payee, amount, note, value_date)
                self._store.remember(replace(request, transfer_id=transfer.id))
            return transfer

    def _earlier(self, request: Remembered) -> Transfer | None:
        known = self._store.remembered(request.owner, request.key)
        if known is None or request.made_at - known.made_at >= KEY_LIFETIME:
            return None
        if known.fingerprint != request.fingerprint:
            raise DuplicateRequestError(f"the key {request.key} was used for another transfer")
        log_event(logger, "transfer repeated", key=request.key, transfer=known.transfer_id)
        return self.find(known.transfer_id)

    def _check(self, payer: Account, payee: Account, amount: Money) -> None:
        check_positive(amount, "a transfer")
        if payer.id == payee.id:
            raise AccountError(f"{payer.name} cannot pay itself")
        payer.check_can_send()
        payee.check_can_receive()
        payer.check_currency(amount)
        payee.check_currency(amount)
        self._books.check_funds(payer, amount)
        self._check_daily_limit(payer, amount)

    def _check_daily_limit(self, payer: Account, amount: Money) -> None:
        if payer.daily_limit is None:
            return
        sent = self.sent_lately(payer)
        if sent + amount > payer.daily_limit:
            left = payer.daily_limit - sent
            raise LimitError(f"{payer.name} can send {left} more today, not {amount}")

    def sent_lately(self, payer: Account) -> Money:
        """Return what left an account by transfer within the limit's window."""
        since = self._books.clock.now() - LIMIT_WINDOW
        amounts = (
            transfer.refundable
            for transfer in self._store.transfers(payer.id)
            if transfer.sent_at > since
        )
        return Money.total(amounts, payer.currency)

    def _carry_out(
        self, payer: Account, payee: Account, amount: Money, note: str, value_date: date | None
    ) -> Transfer:
        self._check(payer, payee, amount)
        with self._store.transaction():
            entry = self._books.book(
                [debit(payer, amount), credit(payee, amount)],
                description=f"Transfer {payer.name} to {payee.name}",
                reference=note,
                value_date=value_date,
            )
            transfer = Transfer(
                id=self._books.ids.next("transfer"),
                entry_id=entry.id,
                source=payer.id,
                target=payee.id,
                amount=amount,
                reference=note,
                sent_at=entry.booked_at,
                refunded=Money.zero(amount.currency),
            )
            self._store.save_transfer(transfer)
        log_event(logger, "transfer booked", transfer=transfer.id, amount=str(amount))
        return transfer

    def batch(self, instructions: Sequence[Instruction]) -> list[Transfer]:
        """Carry out all transfers of a batch or none."""
        if not instructions or len(instructions) > LARGEST_BATCH:
            raise LimitError(f"a batch has 1 to {LARGEST_BATCH} transfers, not {len(instructions)}")
        involved = {id_ for line in instructions for id_ in (line.source, line.target)}
        done = []
        with self._books.locks.holding(*involved), self._store.transaction():
            for number, line in enumerate(instructions, start=1):
                try:
                    made = self.transfer(
                        line.source, line.target, line.amount, reference=line.reference
                    )
                except LedgerError as error:
                    raise type(error)(f"line {number}: {error}") from error
                done.append(made)
        return done

    def distribute(
        self, source: str, shares: Mapping[str, int], amount: Money, reference: str
    ) -> dict[str, Money]:
        """Pay several accounts in proportion, in one entry."""
        check_positive(amount)
        with self._books.locks.holding(source, *shares):
            payer = self._books.account(source)
            payer.check_can_send()
            if payer.id in shares:
                raise AccountError(f"{payer.name} cannot pay itself")
            self._books.check_funds(payer, amount)
            parts = dict(zip(shares, amount.allocate(list(shares.values())), strict=True))
            postings = [debit(payer, amount)]
            for id_, part in parts.items():
                payee = self._books.account(id_)
                payee.check_can_receive()
                if part.minor > 0:
                    postings.append(credit(payee, part))
            self._books.book(postings, description="Distribution", reference=reference)
        return parts

    def find(self, transfer_id: str) -> Transfer:
        """Return a transfer as it stands."""
        transfer = self._store.transfer(transfer_id)
        if transfer is None:
            raise EntryError(f"there is no transfer {transfer_id}")
        return transfer

    def refund(self, transfer_id: str, amount: Money | None, reason: str) -> Transfer:
        """Pay a transfer back, wholly or in part."""
        found = self.find(transfer_id)
        with self._books.locks.holding(found.source, found.target):
            transfer = self.find(transfer_id)
            back = transfer.refundable if amount is None else amount
            self._check_refund(transfer, back)
            payer = self._books.account(transfer.source)
            payee = self._books.account(transfer.target)
            payer.check_can_receive()
            payee.check_can_send()
            self._books.check_funds(payee, back)
            refunded = replace(transfer, refunded=transfer.refunded + back)
            with self._store.transaction():
                self._store.save_transfer(refunded)
                self._books.book(
                    [debit(payee, back), credit(payer, back)],
                    description=f"Refund: {reason}" if reason.strip() else "Refund",
                    reference=transfer.reference,
                )
        log_event(logger, "transfer refunded", transfer=transfer_id, amount=str(back))
        return refunded

    def _check_refund(self, transfer: Transfer, amount: Money) -> None:
        if transfer.refundable.minor == 0:
            raise RefundError(f"{transfer.id} has been refunded in full")
        check_positive(amount, "a refund")
        if amount > transfer.refundable:
            raise RefundError(f"only {transfer.refundable} of {transfer.id} can be refunded")
        if self._books.clock.now() - transfer.sent_at > REFUND_WINDOW:
            raise RefundError(f"{transfer.id} is too old to be refunded")


def checked_key(text: str) -> str:
    """Tidy an idempotency key."""
    key = text.strip()
    if not key or len(key) > LONGEST_KEY:
        raise DuplicateRequestError(f"a request key has 1 to {LONGEST_KEY} characters")
    return key
