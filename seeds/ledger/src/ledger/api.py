"""The ledger as other teams call it: names in, records out, one request id per call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, tzinfo

from ledger.accounts import HOUSE, Account, Kind, Side, Status, account_id, listing_order
from ledger.bookkeeping import Books
from ledger.errors import LedgerError
from ledger.events import BalanceProjection, Delivery, Event, Relay
from ledger.exchange import Conversion, ExchangeDesk, FeeSchedule, Quote, Rate
from ledger.holds import DEFAULT_DAYS, Hold, HoldDesk
from ledger.journal import Entry, Posting, Transfer
from ledger.money import Money, currency_code
from ledger.payments import Instruction, Payments
from ledger.periods import Close, ClosingDesk, Period, TrialBalance
from ledger.runtime import (
    NO_REQUEST,
    AccountLocks,
    Clock,
    Ids,
    RandomIds,
    SystemClock,
    current_request,
    log_event,
    request_scope,
)
from ledger.sqlite import SqliteRecords
from ledger.statements import DEFAULT_PAGE, Page, Span, Statement, Summary
from ledger.store import Records, Store

logger = logging.getLogger("ledger.api")


class Ledger:
    """Accounts, payments, holds, conversions and reports over one store."""

    def __init__(
        self,
        records: Records,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        locks: AccountLocks | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        clock = SystemClock() if clock is None else clock
        self._store = store = Store(records)
        self._ids = RandomIds() if ids is None else ids
        locks = AccountLocks() if locks is None else locks
        self._books = Books(store, clock, self._ids, locks, zone)
        self._payments = Payments(self._books)
        self._holds = HoldDesk(self._books)
        self._exchange = ExchangeDesk(self._books)
        self._closing = ClosingDesk(self._books)
        self._relay = Relay(store, clock)
        self._projection = BalanceProjection(store)

    @classmethod
    def open(cls, path: str) -> Ledger:
        """Open the ledger kept in a file."""
        return cls(SqliteRecords(path))

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def request(self, request_id: str) -> AbstractContextManager[str]:
        """Put everything done inside the block under one request id."""
        return request_scope(request_id)

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        known = current_request()
        request_id = self._ids.next("request") if known == NO_REQUEST else known
        with request_scope(request_id):
            try:
                yield
            except LedgerError as error:
                reason = str(error)
                log_event(logger, "refused", level=logging.WARNING, call=name, reason=reason)
                raise

    # accounts

    def open_account(
        self, name: str, currency: str, *, owner: str = "", kind: str = Kind.LIABILITY.value
    ) -> Account:
        """Open an account."""
        with self._call("open_account"):
            return self._books.open(name, currency, owner=owner, kind=Kind(kind))

    def account(self, name: str) -> Account:
        """Look an account up by name."""
        return self._books.account(account_id(name))

    def accounts(
        self, *, owner: str | None = None, currency: str | None = None, closed: bool = False
    ) -> list[Account]:
        """List customers' accounts by name."""
        code = None if currency is None else currency_code(currency)
        found = [
            account
            for account in self._store.accounts()
            if account.owner != HOUSE
            and (owner is None or account.owner == owner.strip())
            and (code is None or account.currency == code)
            and (closed or account.status is not Status.CLOSED)
        ]
        return sorted(found, key=listing_order)

    def freeze(self, name: str) -> Account:
        """Stop outgoing payments."""
        with self._call("freeze"):
            return self._books.change(account_id(name), status=Status.FROZEN)

    def unfreeze(self, name: str) -> Account:
        """Allow outgoing payments again."""
        with self._call("unfreeze"):
            return self._books.change(account_id(name), status=Status.OPEN)

    def set_overdraft(
        self, name: str, overdraft: Money, *, expected_version: int | None = None
    ) -> Account:
        """Agree on how far an account may go below zero."""
        with self._call("set_overdraft"):
            return self._books.change(
                account_id(name), expected_version=expected_version, overdraft=overdraft
            )

    def set_daily_limit(
        self, name: str, limit: Money | None, *, expected_version: int | None = None
    ) -> Account:
        """Agree on how much may be sent within a day, or on no limit."""
        with self._call("set_daily_limit"):
            return self._books.change(
                account_id(name), expected_version=expected_version, daily_limit=limit
            )

    def close_account(self, name: str) -> Account:
        """End an account."""
        with self._call("close_account"):
            return self._books.close(account_id(name))

    def balance(self, name: str, as_of: date | None = None) -> Money:
        """Return what an account holds."""
        return self._books.balance(self._books.account(account_id(name)), as_of)

    def available(self, name: str) -> Money:
        """Return what can be paid out of an account."""
        return self._books.available(self._books.account(account_id(name)))

    # payments

    def deposit(
        self, target: str, amount: Money, *, reference: str = "", value_date: date | None = None
    ) -> Entry:
        """Book incoming money."""
        with self._call("deposit"):
            return self._payments.deposit(
                account_id(target), amount, reference=reference, value_date=value_date
            )

    def withdraw(self, source: str, amount: Money, *, reference: str = "") -> Entry:
        """Book outgoing money."""
        with self._call("withdraw"):
            return self._payments.withdraw(account_id(source), amount, reference=reference)

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
        """Move money between two accounts of one currency."""
        with self._call("transfer"):
            return self._payments.transfer(
                account_id(source),
                account_id(target),
                amount,
                reference=reference,
                key=key,
                value_date=value_date,
            )

    def transfer_batch(self, instructions: Sequence[Instruction]) -> list[Transfer]:
        """Carry out many transfers, all or none."""
        with self._call("transfer_batch"):
            lines = [
                replace(line, source=account_id(line.source), target=account_id(line.target))
                for line in instructions
            ]
            return self._payments.batch(lines)

    def distribute(
        self, source: str, shares: Mapping[str, int], amount: Money, *, reference: str = ""
    ) -> dict[str, Money]:
        """Pay several accounts in proportion; return what each one got."""
        with self._call("distribute"):
            by_id = {account_id(name): share for name, share in shares.items()}
            parts = self._payments.distribute(account_id(source), by_id, amount, reference)
            return {name: parts[account_id(name)] for name in shares}

    def transfer_status(self, transfer_id: str) -> Transfer:
        """Look a transfer up."""
        return self._payments.find(transfer_id)

    def refund(
        self, transfer_id: str, amount: Money | None = None, *, reason: str = ""
    ) -> Transfer:
        """Pay a transfer back, by default all that is left of it."""
        with self._call("refund"):
            return self._payments.refund(transfer_id, amount, reason)

    # journal

    def post(
        self,
        description: str,
        *,
        debits: Mapping[str, Money],
        credits: Mapping[str, Money],
        reference: str = "",
        value_date: date | None = None,
    ) -> Entry:
        """Book an entry by hand."""
        with self._call("post"):
            postings = [
                Posting(account_id(name), side, amount)
                for side, amounts in ((Side.DEBIT, debits), (Side.CREDIT, credits))
                for name, amount in amounts.items()
            ]
            return self._books.book(
                postings, description=description, reference=reference, value_date=value_date
            )

    def entry(self, entry_id: str) -> Entry:
        """Look a booked entry up."""
        return self._books.entry(entry_id)

    def reverse(self, entry_id: str, reason: str) -> Entry:
        """Undo a booked entry by its mirror image."""
        with self._call("reverse"):
            return self._books.reverse(entry_id, reason)

    # holds

    def place_hold(
        self, name: str, amount: Money, *, days: int = DEFAULT_DAYS, reference: str = ""
    ) -> Hold:
        """Set money aside."""
        with self._call("place_hold"):
            return self._holds.place(account_id(name), amount, days=days, reference=reference)

    def hold(self, hold_id: str) -> Hold:
        """Look a hold up."""
        return self._holds.find(hold_id)

    def capture_hold(
        self, hold_id: str, target: str, amount: Money | None = None, *, final: bool = True
    ) -> Hold:
        """Pay held money out, by default all of it."""
        with self._call("capture_hold"):
            return self._holds.capture(hold_id, account_id(target), amount, final=final)

    def release_hold(self, hold_id: str) -> Hold:
        """Give held money free."""
        with self._call("release_hold"):
            return self._holds.release(hold_id)

    def expire_holds(self, limit: int | None = None) -> list[Hold]:
        """Clear away holds whose time is over."""
        with self._call("expire_holds"):
            return self._holds.expire_due(limit)

    # exchange

    def set_rate(self, source: str, target: str, value: str) -> Rate:
        """Publish a rate."""
        with self._call("set_rate"):
            return self._exchange.set_rate(currency_code(source), currency_code(target), value)

    def set_conversion_fee(
        self,
        currency: str,
        basis_points: int,
        *,
        minimum: Money | None = None,
        maximum: Money | None = None,
    ) -> FeeSchedule:
        """Agree on the fee for selling a currency."""
        with self._call("set_conversion_fee"):
            return self._exchange.set_fee(currency_code(currency), basis_points, minimum, maximum)

    def quote(self, source: str, target: str, *, markup: int = 0, seconds: int = 60) -> Quote:
        """Promise a rate for a short while."""
        with self._call("quote"):
            return self._exchange.quote(
                currency_code(source), currency_code(target), markup=markup, seconds=seconds
            )

    def convert(
        self, source: str, target: str, amount: Money, quote_id: str, *, reference: str = ""
    ) -> Conversion:
        """Sell money of one account into an account of another currency."""
        with self._call("convert"):
            return self._exchange.convert(
                account_id(source), account_id(target), amount, quote_id, reference
            )

    # reports

    def _statement(self, name: str, start: date | None, end: date | None) -> Statement:
        return self._books.statement(self._books.account(account_id(name)), Span(start, end))

    def statement(
        self,
        name: str,
        start: date | None = None,
        end: date | None = None,
        *,
        limit: int = DEFAULT_PAGE,
        page: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Return one page of an account's movements."""
        statement = self._statement(name, start, end)
        return statement.page(limit, page, newest_first=newest_first)

    def summary(self, name: str, month: str) -> Summary:
        """Return the totals of an account's month."""
        period = Period.parse(month)
        return self._statement(name, period.first, period.last).summary()

    def export_statement(
        self, name: str, month: str, *, delimiter: str = ",", decimal_mark: str = "."
    ) -> str:
        """Return an account's month for a spreadsheet."""
        period = Period.parse(month)
        statement = self._statement(name, period.first, period.last)
        return statement.to_csv(delimiter, decimal_mark)

    def trial_balance(
        self, currency: str, as_of: date | None = None, *, include_empty: bool = False
    ) -> TrialBalance:
        """List all balances of a currency, debits against credits."""
        code = currency_code(currency)
        return self._closing.trial_balance(code, as_of, include_empty=include_empty)

    def close_month(self, month: str) -> Close:
        """Close a month."""
        with self._call("close_month"):
            return self._closing.close(Period.parse(month))

    def reopen_month(self, month: str) -> None:
        """Undo the most recent close."""
        with self._call("reopen_month"):
            self._closing.reopen(Period.parse(month))

    def closed_months(self) -> list[str]:
        """Return the closed months in order."""
        return [str(period) for period in self._closing.closed()]

    # events and fast balances

    def deliver(self, receiver: Callable[[Event], None], limit: int = 100) -> Delivery:
        """Hand waiting events to a receiver."""
        with self._call("deliver"):
            return self._relay.deliver(receiver, limit)

    def parked_events(self) -> list[Event]:
        """Return the events whose delivery was given up."""
        return self._relay.parked()

    def refresh_overview(self, limit: int | None = None) -> int:
        """Bring the balance overview up to date; return how many bookings were taken in."""
        with self._call("refresh_overview"):
            return self._projection.catch_up(limit)

    def rebuild_overview(self) -> int:
        """Make the balance overview afresh from the first booking."""
        with self._call("rebuild_overview"):
            return self._projection.rebuild()

    def overview_lag(self) -> int:
        """Return how many bookings the balance overview does not know yet."""
        return self._projection.lag()

    def overview(self) -> dict[str, Money]:
        """Return all balances as the overview knows them."""
        return self._projection.balances()

    def turnover(self, name: str, month: str) -> Money:
        """Return what moved on an account in a month, as the overview knows it."""
        account = self._books.account(account_id(name))
        period = Period.parse(month)
        return self._projection.turnover(account.id, str(period), account.currency)
