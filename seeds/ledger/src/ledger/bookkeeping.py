"""The books: accounts, booked entries and what they add up to."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from ledger.accounts import HOUSE, Account, House, Kind, Status, account_id, clean_name
from ledger.errors import (
    AccountError,
    AccountNotFoundError,
    AmountError,
    ConflictError,
    EntryError,
    FundsError,
    PeriodError,
)
from ledger.holds import total_held
from ledger.journal import LONGEST_DESCRIPTION, Entry, Posting, check_postings, clean_text
from ledger.money import Money, currency_code
from ledger.periods import Period, latest_close
from ledger.runtime import AccountLocks, Clock, Ids, business_date, log_event
from ledger.statements import Span, Statement, draw_up
from ledger.store import Store

LONGEST_BACKDATING = timedelta(days=90)
logger = logging.getLogger("ledger.bookkeeping")


class Books:
    """Opens accounts, books entries and answers what an account holds."""

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, locks: AccountLocks, zone: tzinfo
    ) -> None:
        self.store = store
        self.clock = clock
        self.ids = ids
        self.locks = locks
        self.zone = zone

    def today(self) -> date:
        """Return the day that is being booked."""
        return business_date(self.clock.now(), self.zone)

    # accounts

    def open(self, name: str, currency: str, *, owner: str, kind: Kind) -> Account:
        """Open an account under a name of its own."""
        title, code = clean_name(name), currency_code(currency)
        opened_at, nothing = self.clock.now(), Money.zero(code)
        account = Account(
            account_id(title), title, owner.strip(), code, kind, opened_at, overdraft=nothing
        )
        with self.locks.holding(account.id):
            if self.store.account(account.id) is not None:
                raise AccountError(f"there is already an account {title}")
            self.store.add_account(account)
        log_event(logger, "account opened", account=account.id, currency=code)
        return account

    def _check_terms(self, account: Account) -> None:
        for amount in (account.overdraft, account.daily_limit):
            if amount is None:
                continue
            account.check_currency(amount)
            if amount.minor < 0:
                raise AmountError(f"a limit on {account.name} cannot be {amount}")

    def account(self, id_: str) -> Account:
        """Return an account."""
        account = self.store.account(id_)
        if account is None:
            raise AccountNotFoundError(f"there is no account {id_}")
        return account

    def house(self, role: House, currency: str) -> Account:
        """Return an account of the house, opening it on first use."""
        name = f"{role.value} {currency}"
        found = self.store.account(account_id(name))
        if found is not None:
            return found
        return self.open(name, currency, owner=HOUSE, kind=role.kind)

    def change(
        self, id_: str, *, expected_version: int | None = None, **changes: object
    ) -> Account:
        """Agree on new terms for an account."""
        with self.locks.holding(id_):
            account = self.account(id_)
            if expected_version is not None and account.version != expected_version:
                raise ConflictError(f"{account.name} was changed by somebody else")
            if account.status is Status.CLOSED:
                raise AccountError(f"{account.name} is closed")
            changed = account.revised(**changes)
            self._check_terms(changed)
            self.store.save_account(changed)
        log_event(logger, "account changed", account=id_, version=changed.version)
        return changed

    def close(self, id_: str) -> Account:
        """End an account that holds nothing."""
        with self.locks.holding(id_):
            account = self.account(id_)
            balance, held = self.balance(account), self.held(account)
            if balance.minor != 0:
                raise AccountError(f"{account.name} still holds {balance}")
            if held.minor != 0:
                raise AccountError(f"{account.name} still has {held} set aside")
            return self.change(id_, status=Status.CLOSED)

    # entries

    def book(
        self,
        postings: Sequence[Posting],
        *,
        description: str,
        value_date: date | None = None,
        reference: str = "",
        reverses: str | None = None,
    ) -> Entry:
        """Write one entry and announce it, or neither."""
        accounts = {posting.account_id: self.account(posting.account_id) for posting in postings}
        check_postings(postings, accounts)
        for account in accounts.values():
            if account.status is Status.CLOSED:
                raise AccountError(f"{account.name} is closed")
        day = self._checked_day(value_date)
        draft = Entry(
            id=self.ids.next("entry"),
            booked_at=self.clock.now(),
            value_date=day,
            description=clean_text(description, LONGEST_DESCRIPTION),
            postings=tuple(postings),
            reference=clean_text(reference),
            reverses=reverses,
        )
        with self.store.transaction():
            entry = self.store.add_entry(draft)
            self._announce(entry, accounts)
        log_event(logger, "entry booked", entry=entry.id, accounts=entry.account_ids)
        return entry

    def _announce(self, entry: Entry, accounts: dict[str, Account]) -> None:
        effects = []
        for id_ in entry.account_ids:
            effect = entry.effect_on(accounts[id_])
            effects.append([id_, effect.minor, effect.currency])
        payload = {
            "entry": entry.id,
            "value_date": entry.value_date.isoformat(),
            "effects": effects,
        }
        self.store.add_event("booked", payload, entry.booked_at)

    def _checked_day(self, value_date: date | None) -> date:
        today = self.today()
        day = today if value_date is None else value_date
        if day > today:
            raise PeriodError(f"{day} lies in the future")
        if day < today - LONGEST_BACKDATING:
            raise PeriodError(f"{day} is too long ago to be booked")
        latest = latest_close(self.store.closes(), None)
        if latest is not None and day <= latest.period.last:
            raise PeriodError(f"{Period.of(day)} is closed")
        return day

    def entry(self, entry_id: str) -> Entry:
        """Return a booked entry."""
        entry = self.store.entry(entry_id)
        if entry is None:
            raise EntryError(f"there is no entry {entry_id}")
        return entry

    def reverse(self, entry_id: str, reason: str) -> Entry:
        """Book the mirror image of an entry, once."""
        entry = self.entry(entry_id)
        with self.locks.holding(*entry.account_ids):
            if entry.reverses is not None:
                raise EntryError(f"{entry.id} is itself a reversal")
            if any(other.reverses == entry.id for other in self.store.entries()):
                raise EntryError(f"{entry.id} has been reversed already")
            if not reason.strip():
                raise EntryError("a reversal needs a reason")
            reversal = self.book(
                [posting.mirrored() for posting in entry.postings],
                description=f"Reversal: {reason}",
                reference=entry.reference,
                reverses=entry.id,
            )
        log_event(logger, "entry reversed", entry=entry.id, reversal=reversal.id)
        return reversal

    # what an account holds

    def balance(self, account: Account, as_of: date | None = None) -> Money:
        """Return the balance at the end of a day, by default of everything booked."""
        close = latest_close(self.store.closes(), as_of)
        zero = Money.zero(account.currency)
        start, since = zero, None
        if close is not None:
            start, since = close.balances.get(account.id, zero), close.period.last
        entries = self.store.entries(account.id, after=since)
        moves = (
            entry.effect_on(account)
            for entry in entries
            if as_of is None or entry.value_date <= as_of
        )
        return start + Money.total(moves, account.currency)

    def held(self, account: Account) -> Money:
        """Return what holds set aside at this moment."""
        return total_held(self.store.holds(account.id), account.currency, self.clock.now())

    def available(self, account: Account) -> Money:
        """Return what can be paid out at this moment."""
        return account.spendable(self.balance(account), self.held(account))

    def check_funds(self, account: Account, amount: Money) -> None:
        """Refuse to spend more than is available."""
        available = self.available(account)
        if amount > available:
            raise FundsError(f"available balance is {available}, {amount} needed")

    def statement(self, account: Account, span: Span) -> Statement:
        """Draw up a statement for a span of days."""
        span.check()
        opening = Money.zero(account.currency)
        if span.start is not None:
            opening = self.balance(account, span.start - timedelta(days=1))
        return draw_up(account, self.store.entries(account.id), opening, span)
