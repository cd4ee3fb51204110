"""What a cell can hold, and how it is read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from csv_importer.problems import CellError

BLANKS = frozenset({"", "-", "n/a", "null", "#n/a"})
SPACES = re.compile(r"\s+")
GROUPINGS = {",": (".", "'", "’", " "), ".": (",", "'", "’", " ")}
SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "Fr.": "CHF", "zł": "PLN"}
PLACES = dict.fromkeys(("EUR", "USD", "GBP", "CHF", "PLN", "SEK"), 2)
PLACES |= {"JPY": 0, "KRW": 0, "BHD": 3, "TND": 3}
SIDES = {"CR": False, "H": False, "DR": True, "S": True}
YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "oui", "si", "sí"})
NO = frozenset({"no", "n", "false", "0", "nein", "non", ""})


@dataclass(frozen=True)
class Money:
    """An amount and its currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


Value = str | int | bool | Decimal | date | datetime | Money | None


def clean(text: str) -> str:
    """A cell without what only spaces it out."""
    return SPACES.sub(" ", text).strip()


def is_blank(text: str) -> bool:
    """Whether a cell stands for nothing."""
    return clean(text).lower() in BLANKS


class ColumnType(ABC):
    """One kind of cell."""

    @abstractmethod
    def parse(self, text: str) -> Value:
        """The value that a cell stands for."""

    @abstractmethod
    def __str__(self) -> str: ...


@dataclass(frozen=True)
class TextType(ColumnType):
    """Words."""

    longest: int = 120
    shortest: int = 0
    pattern: str = ""
    upper: bool = False

    def parse(self, text: str) -> str:
        """The text, spaced evenly."""
        found = clean(text)
        if self.upper:
            found = found.upper()
        if len(found) > self.longest:
            raise CellError(
                "too-long", f"“{found}” has {len(found)} characters, {self.longest} fit"
            )
        if len(found) < self.shortest:
            raise CellError(
                "too-short", f"“{found}” is too short, {self.shortest} characters are needed"
            )
        if self.pattern and not re.fullmatch(self.pattern, found):
            raise CellError("pattern", f"“{found}” is not written as it should be")
        return found

    def __str__(self) -> str:
        capitals = " in capitals" if self.upper else ""
        return f"text of {self.shortest} to {self.longest} characters{capitals}"


def split_sign(text: str) -> tuple[str, bool]:
    """The figures of a number and whether it is below zero."""
    text = clean(text).replace("\N{MINUS SIGN}", "-")
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    figures, _, side = text.rpartition(" ")
    if figures and side.upper() in SIDES:
        return figures, SIDES[side.upper()]
    if text.endswith("-"):
        return text[:-1].rstrip(), True
    if text.startswith("+"):
        return text[1:].lstrip(), False
    return text.removeprefix("-").lstrip(), text.startswith("-")


def to_decimal(text: str, mark: str) -> Decimal:
    """Figures with a decimal mark and, perhaps, grouped thousands."""
    whole, found, fraction = text.partition(mark)
    if found and not fraction:
        raise not_a_number(text)
    used = {char for char in whole if not char.isdecimal()}
    if len(used) > 1 or not used <= set(GROUPINGS[mark]):
        raise not_a_number(text)
    groups = re.split(r"\D", whole)
    if used and not (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        raise not_a_number(text)
    figures = "".join(groups)
    if not re.fullmatch(r"[0-9]+", figures + fraction):
        raise not_a_number(text)
    return Decimal(f"{figures}.{fraction}") if fraction else Decimal(figures)


def not_a_number(text: str) -> CellError:
    """The finding for something that is no number."""
    return CellError("not-a-number", f"“{text}” is not a number")


def guess_mark(text: str) -> str:
    """The decimal mark of one number that shows it."""
    comma, dot = text.rfind(","), text.rfind(".")
    last = max(comma, dot)
    if last < 0:
        return "."
    mark = text[last]
    if text.count(mark) > 1:
        return "." if mark == "," else ","
    if len(text) - last - 1 == 3 and 0 < last <= 3:
        raise CellError("ambiguous", f"“{text}” can be read in two ways")
    return mark


@dataclass(frozen=True)
class AmountType(ColumnType):
    """Numbers with decimals; `auto` finds the decimal mark for each cell."""

    decimal_mark: str = ","
    places: int = 2
    least: Decimal | None = None
    most: Decimal | None = None

    def parse(self, text: str) -> Decimal:
        """The number, with all its decimals."""
        figures, negative = split_sign(text)
        mark = guess_mark(figures) if self.decimal_mark == "auto" else self.decimal_mark
        number = to_decimal(figures, mark)
        number = padded(number, self.places, text)
        amount = -number if negative else number
        check_range(amount, self.least, self.most)
        return amount

    def __str__(self) -> str:
        mark = {",": "decimal comma", ".": "decimal point"}.get(
            self.decimal_mark, "any decimal mark"
        )
        return f"amount with {mark}, {self.places} decimals{range_text(self.least, self.most)}"


def padded(number: Decimal, places: int, text: str) -> Decimal:
    """A number with exactly so many decimals, provided that none is lost."""
    fixed = number.quantize(Decimal(1).scaleb(-places))
    if fixed != number:
        raise CellError("too-precise", f"“{clean(text)}” has more than {places} decimals")
    return fixed


def check_range(
    number: Decimal | int, least: Decimal | int | None, most: Decimal | int | None
) -> None:
    """Refuse what lies outside of the limits."""
    if least is not None and number < least:
        raise CellError("too-small", f"{number} is below {least}")
    if most is not None and number > most:
        raise CellError("too-large", f"{number} is above {most}")


def range_text(least: Decimal | int | date | None, most: Decimal | int | date | None) -> str:
    """The limits in words."""
    low = f", at least {least}" if least is not None else ""
    high = f", at most {most}" if most is not None else ""
    return low + high


@dataclass(frozen=True)
class IntegerType(ColumnType):
    """Whole numbers."""

    least: int | None = None
    most: int | None = None

    def parse(self, text: str) -> int:
        """The number."""
        figures, negative = split_sign(text)
        number = to_decimal(figures, ",")
        if number != number.to_integral_value():
            raise CellError("not-whole", f"“{clean(text)}” is not a whole number")
        whole = -int(number) if negative else int(number)
        check_range(whole, self.least, self.most)
        return whole

    def __str__(self) -> str:
        return f"whole number{range_text(self.least, self.most)}"


@dataclass(frozen=True)
class PercentType(ColumnType):
    """Percentages, kept as a share of one."""

    most: Decimal = Decimal(100)

    def parse(self, text: str) -> Decimal:
        """The share that a percentage stands for."""
        figures = clean(text).removesuffix("%").rstrip()
        number = to_decimal(figures, ",")
        check_range(number, Decimal(0), self.most)
        return (number / 100).quantize(Decimal("0.0001"))

    def __str__(self) -> str:
        return f"percentage up to {self.most}"


@dataclass(frozen=True)
class MoneyType(ColumnType):
    """Amounts that may name their currency, in front or behind."""

    default: str = "EUR"
    allowed: tuple[str, ...] = tuple(PLACES)
    decimal_mark: str = ","

    def parse(self, text: str) -> Money:
        """The amount and its currency."""
        figures, currency = split_currency(text)
        currency = currency or self.default
        if currency not in self.allowed:
            raise CellError("currency", f"{currency} is not accepted here")
        amount = AmountType(self.decimal_mark, places=PLACES[currency]).parse(figures)
        return Money(amount, currency)

    def __str__(self) -> str:
        mark = {",": "", ".": " with decimal point"}.get(self.decimal_mark, " with any decimal mark")
        return f"sum of money{mark}, {self.default} unless it says otherwise"


def split_currency(text: str) -> tuple[str, str]:
    """The figures of a sum and its currency, which may be missing."""
    text = clean(text)
    for symbol, code in SYMBOLS.items():
        if text.startswith(symbol) or text.endswith(symbol):
            return text.removeprefix(symbol).removesuffix(symbol).strip(), code
    found = re.fullmatch(r"([A-Za-z]{3})\s*([^A-Za-z]+)|([^A-Za-z]+?)\s*([A-Za-z]{3})", text)
    if not found:
        return text, ""
    before, after_code, figures, after = found.groups()
    return (after_code or figures).strip(), (before or after).upper()


@dataclass(frozen=True)
class ChoiceType(ColumnType):
    """One of a few words, some of which have other spellings."""

    options: tuple[str, ...]
    spellings: dict[str, str] = field(default_factory=dict)

    def parse(self, text: str) -> str:
        """The option meant."""
        wanted = clean(text).casefold()
        for option in self.options:
            if option.casefold() == wanted:
                return option
        meant = self.spellings.get(wanted)
        if meant is None:
            raise CellError("choice", f"“{clean(text)}” is none of {', '.join(self.options)}")
        return meant

    def __str__(self) -> str:
        return f"one of {', '.join(self.options)}"


@dataclass(frozen=True)
class YesNoType(ColumnType):
    """Yes or no, in several languages."""

    def parse(self, text: str) -> bool:
        """True for yes."""
        word = clean(text).casefold()
        if word in YES:
            return True
        if word in NO:
            return False
        raise CellError("yes-no", f"“{clean(text)}” is neither yes nor no")

    def __str__(self) -> str:
        return "yes or no"
