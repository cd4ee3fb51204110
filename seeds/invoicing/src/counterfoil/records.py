"""What is on file: a repository for each kind of record, over the archive's database.

Documents are saved with what was noted of them: into the outbox for others, into the trail for ourselves.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from counterfoil.documents import PAYABLE, Balance, Billed, Document, Invoice, Stage, Voucher
from counterfoil.money import Money, Rounding
from counterfoil.problems import DateError, TakenError, UnknownError
from counterfoil.runtime import Diary, current_request
from counterfoil.sheet import Charge, Line, Rebate
from counterfoil.terms import Agreement, Calendar, Manner, key_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from counterfoil.store import Archive

D = TypeVar("D", bound=Document)

LONG_AGO = "0001-01-01"
RATES = {"standard": 2_000, "reduced": 500, "zero": 0}
"""Taxes until somebody says otherwise."""
OWED = [stage.value for stage in PAYABLE]

_AGREED = ("name", "currency", "terms", "early")
_CUSTOMER = ("key", "reminders", "credit_limit")
_INVOICE = ("id", "customer", "currency", "series", "early_rate", "stamp", "level")
_INVOICE_MORE = ("stage", "rounding", "issued_on", "due_on", "early_until", "reminded_on")
_LINE = ("text", "price", "quantity", "code", "discount")
_CREDITED = ("pieces_credited", "net_credited", "tax_credited")
_VOUCHER = ("id", "customer", "currency", "number", "kind", "about", "stamp", "refunded")
_VOUCHER_MORE = ("day", "amount", "unspent", "bounced")


def _fields(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _columns(row: sqlite3.Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _plain(value: object) -> object:
    """A value as the database keeps it."""
    if isinstance(value, Money):
        return value.minor
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, date | Decimal) else value


def _day(text: str | None) -> date | None:
    """A day as it was filed, if there is one."""
    return date.fromisoformat(text) if text is not None else None


class Repository:
    """What all of them do."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        return self._db.execute(query, values).fetchall()

    def _row(self, query: str, *values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(query, values).fetchone()
        return found

    def _one(self, what: str, given: str, query: str, *values: object) -> sqlite3.Row:
        """The one record that is asked for; there has to be one."""
        row = self._row(query, *values)
        if row is None:
            raise UnknownError(what, given)
        return row

    def _write(self, table: str, **columns: object) -> None:
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        command = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - ours
        self._db.execute(command, [_plain(value) for value in columns.values()])


class Customers(Repository):
    """Customers by name."""

    def add(self, agreement: Agreement) -> None:
        """Enter a new one."""
        if self._row("SELECT 1 FROM customers WHERE key = ?", agreement.key) is not None:
            raise TakenError("customer", agreement.name)
        self.save(agreement)

    def get(self, name: str) -> Agreement:
        """The one of that name, however it is written."""
        row = self._one("customer", name, "SELECT * FROM customers WHERE key = ?", key_of(name))
        limit = row["credit_limit"]
        return Agreement(
            manner=Manner(bool(row["by_line"]), Rounding(row["rounding"])),
            reminders=bool(row["reminders"]),
            credit_limit=Money(limit, row["currency"]) if limit is not None else None,
            **_columns(row, _AGREED),
        )

    def save(self, agreement: Agreement) -> None:
        """Keep what was agreed."""
        manner = {"by_line": agreement.manner.by_line, "rounding": agreement.manner.rounding}
        self._write("customers", **_fields(agreement, _CUSTOMER + _AGREED), **manner)


class Almanac(Repository):
    """Holidays, and taxes by the day from which they hold."""

    def calendar(self) -> Calendar:
        """The house's calendar as it stands."""
        rows = self._rows("SELECT day FROM holidays")
        return Calendar(date.fromisoformat(row["day"]) for row in rows)

    def close_on(self, day: date) -> None:
        """Make a day a holiday."""
        self._write("holidays", day=day)

    def set_rate(self, code: str, rate: int, since: date) -> None:
        """Have a tax hold from a day on."""
        self._write("rates", code=code, since=since, rate=rate)

    def rate(self, code: str, on: date) -> int:
        """What holds on a day."""
        rows = self._rows("SELECT since, rate FROM rates WHERE code = ?", code)
        known = {row["since"]: row["rate"] for row in rows}
        if code in RATES:
            known.setdefault(LONG_AGO, RATES[code])
        past = [since for since in known if since <= on.isoformat()]
        if not past:
            raise UnknownError("tax", code)
        rate: int = known[max(past)]
        return rate


class Numbers(Repository):
    """Numbers in a row, one row for each series and year. What is rolled back gives its number back."""

    def draw(self, series: str, on: date) -> str:
        """The next number of a series; numbers and days go up together."""
        row = self._row("SELECT * FROM series WHERE name = ? AND year = ?", series, on.year)
        last = row["last"] if row is not None else 0
        latest = date.fromisoformat(row["last_on"]) if row is not None else on
        if on < latest:
            raise DateError(f"the next of {series}", latest, on)
        self._write("series", name=series, year=on.year, last=last + 1, last_on=on)
        return f"{series}-{on.year}-{last + 1:04d}"

    def next_id(self, kind: str) -> int:
        """The next id of a kind of record."""
        row = self._row(f"SELECT coalesce(max(id), 0) + 1 AS next FROM {kind}")  # noqa: S608 - ours
        return int(row["next"]) if row is not None else 1


class Documents(Repository, Generic[D]):
    """What has a life of its own, saved with what was noted of it."""

    def __init__(self, db: sqlite3.Connection, diary: Diary) -> None:
        super().__init__(db)
        self._diary = diary

    def save(self, document: D) -> None:
        """Write down what was noted of a document."""
        about = document.name
        for fact in document.release():
            details = json.dumps(fact.details, sort_keys=True)
            self._write("outbox", kind=fact.kind, about=about, day=fact.on, details=details)
            moment, request = self._diary.stamp(), current_request()
            self._write("trail", moment=moment, request=request, about=about, what=fact.kind)


class Invoices(Documents[Invoice]):
    """Invoices and drafts."""

    def get(self, number: str) -> Invoice:
        """The invoice of that number."""
        query = "SELECT * FROM invoices WHERE number = ?"
        return self._invoice(self._one("invoice", number, query, number.strip().upper()))

    def draft(self, draft_id: int) -> Invoice:
        """The invoice that was drafted under this id, whatever has become of it."""
        query = "SELECT * FROM invoices WHERE id = ?"
        return self._invoice(self._one("draft", str(draft_id), query, draft_id))

    def owed(self, customer: str, currency: str) -> list[Invoice]:
        """A customer's invoices that are not settled, the longest due first; of those due on one day, as issued."""
        rows = self._rows(
            "SELECT * FROM invoices WHERE customer = ? AND currency = ? AND stage IN (?, ?, ?) "
            "ORDER BY id",
            customer,
            currency,
            *OWED,
        )
        ordered = sorted(rows, key=lambda row: (row["due_on"], row["issued_on"]))
        return [self._invoice(row) for row in ordered]

    def owing(self) -> list[tuple[str, str]]:
        """Who owes something, and in which currency."""
        rows = self._rows(
            "SELECT DISTINCT customer, currency FROM invoices WHERE stage IN (?, ?, ?)", *OWED
        )
        return sorted((row["customer"], row["currency"]) for row in rows)

    def save(self, document: Invoice) -> None:
        """Write an invoice and its lines, then what was noted."""
        self._write(
            "invoices",
            number=document.number or None,
            rebate_rate=document.rebate.rate,
            rebate_amount=document.rebate.amount,
            **_fields(document, _INVOICE + _INVOICE_MORE),
            **asdict(document.balance),
        )
        for place, line in enumerate(document.lines, start=1):
            self._write("lines", invoice=document.id, place=place, **_fields(line, _LINE))
        for place, billed in enumerate(document.billed, start=1):
            columns = _fields(billed.charge, ("net", "tax")) | _fields(billed, _CREDITED)
            self._write("charges", invoice=document.id, place=place, **columns)
        super().save(document)

    def _invoice(self, row: sqlite3.Row) -> Invoice:
        """An invoice with its lines and days, as it was filed."""
        amount, currency = row["rebate_amount"], row["currency"]
        rebate = Money(amount, currency) if amount is not None else None
        lines = [_line(each) for each in self._parts("lines", row["id"])]
        charges = self._parts("charges", row["id"])
        return Invoice(
            number=row["number"] or "",
            stage=Stage(row["stage"]),
            rounding=Rounding(row["rounding"]),
            issued_on=_day(row["issued_on"]),
            due_on=_day(row["due_on"]),
            early_until=_day(row["early_until"]),
            reminded_on=_day(row["reminded_on"]),
            rebate=Rebate(row["rebate_rate"], rebate),
            lines=lines,
            billed=[
                _billed(line, each, currency) for line, each in zip(lines, charges, strict=False)
            ],
            balance=Balance(**_columns(row, Balance.__annotations__)),
            **_columns(row, _INVOICE),
        )

    def _parts(self, table: str, invoice: int) -> list[sqlite3.Row]:
        """The lines of an invoice, or their charges, in order."""
        query = f"SELECT * FROM {table} WHERE invoice = ? ORDER BY place"  # noqa: S608 - ours
        return self._rows(query, invoice)


def _line(row: sqlite3.Row) -> Line:
    """A line as it was filed."""
    price = Decimal(row["price"])
    return Line(row["text"], price, row["quantity"], row["code"], row["discount"])


def _billed(line: Line, row: sqlite3.Row, currency: str) -> Billed:
    """A line with its charge and what was credited of it."""
    charge = Charge(Money(row["net"], currency), Money(row["tax"], currency))
    return Billed(line, charge, **_columns(row, _CREDITED))


@dataclass(frozen=True)
class Allocation:
    """A part of a voucher that was set off against an invoice, and the discount that came with it."""

    invoice: int
    amount: Money
    discount: Money


class Vouchers(Documents[Voucher]):
    """Payments and credit notes, and what they were spent on."""

    def get(self, number: str) -> Voucher:
        """The voucher of that number."""
        query = "SELECT * FROM vouchers WHERE number = ?"
        row = self._one("payment or credit note", number, query, number.strip().upper())
        return self._voucher(row)

    def currencies(self, customer: str) -> list[str]:
        """The currencies in which a customer has something left."""
        query = "SELECT DISTINCT currency FROM vouchers WHERE customer = ? AND unspent > 0"
        return sorted(row["currency"] for row in self._rows(query, customer))

    def unspent(self, customer: str, currency: str) -> list[Voucher]:
        """A customer's vouchers with something left, the oldest first."""
        rows = self._rows(
            "SELECT * FROM vouchers WHERE customer = ? AND currency = ? AND unspent > 0 "
            "ORDER BY day, id",
            customer,
            currency,
        )
        return [self._voucher(row) for row in rows]

    def save(self, document: Voucher) -> None:
        """Write a voucher, then what was noted."""
        self._write("vouchers", **_fields(document, _VOUCHER + _VOUCHER_MORE))
        super().save(document)

    def allocate(self, voucher: Voucher, invoice: Invoice, amount: Money, discount: Money) -> None:
        """Write down what a voucher was spent on."""
        parties = {"voucher": voucher.id, "invoice": invoice.id}
        self._write("allocations", **parties, amount=amount, discount=discount)

    def allocations(self, voucher: Voucher) -> list[Allocation]:
        """What a voucher was spent on, in order."""
        query = "SELECT * FROM allocations WHERE voucher = ? ORDER BY seq"
        return [
            Allocation(
                row["invoice"],
                Money(row["amount"], voucher.currency),
                Money(row["discount"], voucher.currency),
            )
            for row in self._rows(query, voucher.id)
        ]

    def release(self, voucher: Voucher) -> None:
        """Forget what a voucher was spent on."""
        self._db.execute("DELETE FROM allocations WHERE voucher = ?", (voucher.id,))

    def _voucher(self, row: sqlite3.Row) -> Voucher:
        """A payment or credit note as it was filed."""
        return Voucher(
            amount=Money(row["amount"], row["currency"]),
            unspent=Money(row["unspent"], row["currency"]),
            day=date.fromisoformat(row["day"]),
            bounced=bool(row["bounced"]),
            **_columns(row, _VOUCHER),
        )


@dataclass(frozen=True)
class Entry:
    """One movement on a customer's account: what is owed grows with what is above nought."""

    seq: int
    day: date
    kind: str
    about: str
    amount: Money


class Accounts(Repository):
    """The accounts of customers, one for each currency."""

    def __init__(self, db: sqlite3.Connection, archive: Archive) -> None:
        super().__init__(db)
        self._archive = archive

    def post(self, customer: str, day: date, kind: str, about: str, amount: Money) -> None:
        """Enter a movement. What comes to nothing is no movement."""
        if not amount:
            return
        self._archive.touch(customer)
        whose = {"customer": customer, "currency": amount.currency}
        self._write("entries", **whose, day=day, kind=kind, about=about, amount=amount)

    def entries(self, customer: str, currency: str) -> list[Entry]:
        """All movements by day; on one day as they were entered."""
        rows = self._rows(
            "SELECT * FROM entries WHERE customer = ? AND currency = ? ORDER BY seq",
            customer,
            currency,
        )
        found = [
            Entry(
                day=date.fromisoformat(row["day"]),
                amount=Money(row["amount"], currency),
                **_columns(row, ("seq", "kind", "about")),
            )
            for row in rows
        ]
        return sorted(found, key=lambda entry: entry.day)

    def balance(self, customer: str, currency: str) -> Money:
        """What the customer owes, with all that was ever entered."""
        amounts = [entry.amount for entry in self.entries(customer, currency)]
        return Money.total(amounts, currency)


@dataclass(frozen=True)
class Letter:
    """A reminder that was written to a customer."""

    day: date
    level: int
    numbers: tuple[str, ...]
    amount: Money


class Letters(Repository):
    """Reminders, as they went out."""

    def add(self, customer: str, letter: Letter) -> None:
        """File a letter."""
        columns = _fields(letter, ("day", "level", "amount"))
        numbers, currency = json.dumps(letter.numbers), letter.amount.currency
        self._write("letters", customer=customer, currency=currency, numbers=numbers, **columns)

    def of(self, customer: str) -> list[Letter]:
        """The letters to a customer, oldest first."""
        rows = self._rows("SELECT * FROM letters WHERE customer = ? ORDER BY seq", customer)
        return [
            Letter(
                date.fromisoformat(row["day"]),
                row["level"],
                tuple(json.loads(row["numbers"])),
                Money(row["amount"], row["currency"]),
            )
            for row in rows
        ]


class Keys(Repository):
    """Requests that came with a key, so that they are not carried out twice."""

    def answer(self, customer: str, key: str, today: date) -> tuple[str, str] | None:
        """The mark of the request that a key came with and what was answered, while it is kept."""
        row = self._row("SELECT * FROM keys WHERE customer = ? AND key = ?", customer, key)
        if row is None or date.fromisoformat(row["kept_until"]) < today:
            return None
        return row["mark"], row["answer"]

    def keep(self, customer: str, key: str, mark: str, answer: str, until: date) -> None:
        """Remember what was answered, up to and with a day."""
        self._write("keys", customer=customer, key=key, mark=mark, answer=answer, kept_until=until)


@dataclass(frozen=True)
class Message:
    """What happened, for those who are not in the house. A key comes with one message only."""

    seq: int
    kind: str
    about: str
    day: date
    details: Mapping[str, Any]

    @property
    def key(self) -> str:
        """By it a receiver knows what it has seen before."""
        return f"counterfoil-{self.seq}"

    def __str__(self) -> str:
        told = [f"{name} {value}" for name, value in self.details.items() if name != "taxes"]
        return f"{self.seq} {self.day} {self.kind} {self.about}" + "".join(
            f", {each}" for each in told
        )


@dataclass(frozen=True)
class Round:
    """How far a receiver has come, how often it failed since, and until when it is left alone."""

    position: int = 0
    failures: int = 0
    rests_until: int = 0


class Outbox(Repository):
    """Messages that wait, and who has had which."""

    def after(self, position: int) -> list[Message]:
        """What a receiver that has come so far has not had, in order."""
        rows = self._rows("SELECT * FROM outbox WHERE seq > ? ORDER BY seq", position)
        return [
            Message(
                day=date.fromisoformat(row["day"]),
                details=json.loads(row["details"]),
                **_columns(row, ("seq", "kind", "about")),
            )
            for row in rows
        ]

    def round_of(self, receiver: str) -> Round:
        """How far a receiver has come."""
        row = self._row("SELECT * FROM rounds WHERE receiver = ?", receiver)
        if row is None:
            return Round()
        return Round(row["position"], row["failures"], row["rests_until"])

    def keep_round(self, receiver: str, state: Round) -> None:
        """Remember how far a receiver has come."""
        self._write("rounds", receiver=receiver, **asdict(state))

    def park(self, receiver: str, message: Message) -> None:
        """Put a message aside that a receiver can't take."""
        self._write("parked", receiver=receiver, seq=message.seq)

    def parked(self) -> list[tuple[str, int]]:
        """What was put aside: receivers, and the numbers of messages."""
        rows = self._rows("SELECT receiver, seq FROM parked")
        return sorted((row["receiver"], row["seq"]) for row in rows)


class Taxes(Repository):
    """The tax book: net and tax of each message that was entered, by month, currency and code."""

    def book(self, seq: int, month: str, currency: str, sums: Mapping[str, list[int]]) -> None:
        """Enter what a message tells, in the place of what it told before."""
        for code, (net, tax) in sums.items():
            where = {"seq": seq, "month": month, "currency": currency, "code": code}
            self._write("taxes", **where, net=net, tax=tax)

    def of(self, month: str) -> list[tuple[str, Money, Money]]:
        """A month's codes with net and tax, by code and currency."""
        sums: dict[tuple[str, str], list[int]] = {}
        for row in self._rows("SELECT * FROM taxes WHERE month = ?", month):
            held = sums.setdefault((row["code"], row["currency"]), [0, 0])
            held[0] += row["net"]
            held[1] += row["tax"]
        return [
            (code, Money(net, currency), Money(tax, currency))
            for (code, currency), (net, tax) in sorted(sums.items())
        ]


class Trail(Repository):
    """Who did what and when."""

    def of(self, about: str) -> list[str]:
        """What was done to a document, in order."""
        rows = self._rows("SELECT * FROM trail WHERE about = ? ORDER BY seq", about.strip())
        return [f"{row['moment'][:16]} {row['request']} {row['what']}" for row in rows]


class Unit:
    """All that is on file, to be used within a unit of work."""

    def __init__(self, archive: Archive, diary: Diary) -> None:
        db = archive.db
        self.customers = Customers(db)
        self.almanac = Almanac(db)
        self.numbers = Numbers(db)
        self.invoices = Invoices(db, diary)
        self.vouchers = Vouchers(db, diary)
        self.accounts = Accounts(db, archive)
        self.letters = Letters(db)
        self.keys = Keys(db)
        self.outbox = Outbox(db)
        self.taxes = Taxes(db)
        self.trail = Trail(db)


class Files:
    """Opens units of work for those who work in the house."""

    def __init__(self, archive: Archive, diary: Diary) -> None:
        self.archive = archive
        self._unit = Unit(archive, diary)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """All that is done inside, or nothing of it."""
        with self.archive.unit():
            yield self._unit
