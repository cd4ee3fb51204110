"""The lists that files are imported into: their columns, their rules and what makes a row the same as another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from csv_importer import columns as kinds
from csv_importer import rules, temporal
from csv_importer.columns import AmountType, TextType, Value
from csv_importer.problems import CellError, SetupError


@dataclass(frozen=True)
class Column:
    """One column of a list."""

    name: str
    type: kinds.ColumnType
    aliases: str = ""
    required: bool = False
    default: Value = None

    def __str__(self) -> str:
        return f"{self.name} ({self.type}{', needed' if self.required else ''})"

    def headings(self) -> list[str]:
        """All the names that the column may have in a file."""
        return [self.name, *(alias for alias in self.aliases.split("|") if alias)]

    def read(self, text: str) -> Value:
        """The value of a cell; the default for an empty one."""
        if not kinds.is_blank(text):
            return self.type.parse(text)
        if self.required:
            raise CellError("missing", f"{self.name} is missing")
        return self.default


@dataclass(frozen=True)
class Schema:
    """One list."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[rules.Rule, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise SetupError(f"the {self.name} names a column twice")
        for name in self.key:
            if name not in names:
                raise SetupError(f"the {self.name} has no column {name} to tell rows apart by")

    def column(self, name: str) -> Column:
        """One column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise SetupError(f"the {self.name} has no column {name}")

    def __str__(self) -> str:
        return self.name


EURO_WORDS = {"euro": "EUR", "€": "EUR", "dollar": "USD", "$": "USD", "£": "GBP"}
UNIT_WORDS = {"pcs": "piece", "stk": "piece", "stück": "piece", "h": "hour"}
COUNTRY_WORDS = {"germany": "DE", "austria": "AT", "switzerland": "CH", "france": "FR"}
CURRENCY = kinds.ChoiceType(("EUR", "USD", "GBP", "CHF"), EURO_WORDS)
UNIT = kinds.ChoiceType(("piece", "kg", "m", "hour"), UNIT_WORDS)
COUNTRY = kinds.ChoiceType(("DE", "AT", "CH", "FR", "NL"), COUNTRY_WORDS)
TIME = temporal.DurationType()
DAY = temporal.DateType(("day.month.year", "year-month-day"))
ANY_DAY = temporal.DateType(
    ("day.month.year", "year-month-day", "day/month/year", "day month year")
)
SKU = TextType(longest=12, pattern=r"[A-Z0-9-]+", upper=True)
IBAN = TextType(longest=34, pattern=r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,30}", upper=True)
EMAIL = TextType(longest=60, pattern=r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PRICE = AmountType(least=Decimal(0), most=Decimal("99999.99"))
POSITIVE = AmountType(least=Decimal(0))
SHORT = TextType(longest=40, shortest=2)

PRICE_LIST = Schema(
    "price list",
    (
        Column("sku", SKU, "article|artikelnummer|item no", required=True),
        Column("name", SHORT, "description|bezeichnung"),
        Column("price", PRICE, "preis|net price", required=True),
        Column("currency", CURRENCY, "währung|curr", default="EUR"),
        Column("unit", UNIT, "einheit", default="piece"),
        Column("discount", kinds.PercentType(most=Decimal(60)), "rabatt"),
        Column("valid from", DAY, "gültig ab|from"),
        Column("valid to", DAY, "gültig bis|to"),
    ),
    key=("sku",),
    rules=(rules.Ordered("valid from", "valid to"), rules.Unusual("price", Decimal(10000))),
)

BANK_EXPORT = Schema(
    "bank export",
    (
        Column("booked", DAY, "buchungstag|booking date|date", required=True),
        Column("payee", TextType(longest=70), "empfänger|name"),
        Column("purpose", TextType(longest=140), "verwendungszweck|reference"),
        Column("iban", IBAN, "kontonummer|account"),
        Column("amount", AmountType(), "betrag|sum", required=True),
        Column("fee", POSITIVE, "gebühr"),
        Column("net", AmountType(), "netto"),
        Column("currency", CURRENCY, "währung", default="EUR"),
    ),
    key=("booked", "amount", "purpose"),
    rules=(
        rules.Within("booked", back=365),
        rules.AnyOf(("payee", "purpose")),
        rules.Total("net", ("amount",), ("fee",), tolerance=Decimal("0.01")),
    ),
)

CUSTOMERS = Schema(
    "customer list",
    (
        Column(
            "number",
            kinds.IntegerType(least=1, most=99999),
            "customer no|kundennummer",
            required=True,
        ),
        Column("name", SHORT, "company|firma", required=True),
        Column("email", EMAIL, "e-mail|mail"),
        Column("newsletter", kinds.YesNoType(), "mailing", default=False),
        Column("country", COUNTRY, "land", default="DE"),
        Column("credit limit", POSITIVE, "kreditlimit|limit"),
        Column("since", ANY_DAY, "kunde seit|customer since"),
    ),
    key=("number",),
    rules=(
        rules.RequiredIf("email", "newsletter"),
        rules.Within("since"),
        rules.Unusual("credit limit", Decimal(50000)),
    ),
)

TIMESHEET = Schema(
    "time sheet",
    (
        Column("employee", SHORT, "mitarbeiter|name", required=True),
        Column("day", DAY, "tag|date", required=True),
        Column("start", TIME, "beginn|from", required=True),
        Column("end", TIME, "ende|until", required=True),
        Column("break", temporal.DurationType(most=180), "pause"),
        Column("hours", temporal.DurationType(most=720), "stunden|worked"),
        Column("project", TextType(longest=20, upper=True), "projekt"),
        Column("billable", kinds.YesNoType(), "abrechenbar", default=True),
    ),
    key=("employee", "day", "start"),
    rules=(
        rules.Ordered("start", "end", strict=True),
        rules.Total("hours", ("end",), ("start", "break"), tolerance=Decimal(1)),
        rules.Within("day", ahead=7),
        rules.RequiredIf("project", "billable"),
    ),
)
