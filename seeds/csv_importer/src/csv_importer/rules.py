"""Rules on whole rows: what the cells of one line have to do with each other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from csv_importer.columns import Value
from csv_importer.problems import Problem, Severity

Values = dict[str, Value]


@dataclass(frozen=True)
class Finding:
    """What a rule has against a row."""

    column: str
    code: str
    message: str
    severity: Severity = Severity.REJECTED


@dataclass(frozen=True)
class Facts:
    """A row's values, and the day on which they are judged."""

    values: Values
    today: date


class Rule(ABC):
    """One rule."""

    @abstractmethod
    def check(self, row: Facts) -> Finding | None:
        """What is wrong with the row, or None."""


def number(value: Value) -> Decimal | None:
    """A value to calculate with, or None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


@dataclass(frozen=True)
class Ordered(Rule):
    """The first must not come after the second; both may be the same unless `strict`."""

    first: str
    second: str
    strict: bool = False

    def check(self, row: Facts) -> Finding | None:
        """Compare the two, where both are given."""
        first, second = row.values.get(self.first), row.values.get(self.second)
        if first is None or second is None:
            return None
        if self.strict and first == second:
            return Finding(self.second, "order", f"{self.second} is the same as {self.first}")
        if first > second:  # type: ignore[operator]
            return Finding(self.second, "order", f"{self.second} is before {self.first}")
        return None


@dataclass(frozen=True)
class RequiredIf(Rule):
    """One column must be filled where another has a certain value."""

    column: str
    other: str
    equals: Value = True

    def check(self, row: Facts) -> Finding | None:
        """Look for the gap."""
        if row.values.get(self.other) != self.equals:
            return None
        if row.values.get(self.column) is not None:
            return None
        return Finding(self.column, "required", f"{self.column} is needed because of {self.other}")


@dataclass(frozen=True)
class AnyOf(Rule):
    """At least one of several columns must be filled."""

    columns: tuple[str, ...]

    def check(self, row: Facts) -> Finding | None:
        """Look for any."""
        if any(row.values.get(name) is not None for name in self.columns):
            return None
        return Finding(self.columns[0], "required", f"one of {', '.join(self.columns)} is needed")


@dataclass(frozen=True)
class Total(Rule):
    """A column is the sum of some, less others."""

    total: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    tolerance: Decimal = Decimal(0)

    def check(self, row: Facts) -> Finding | None:
        """Add up; what is not given counts as nothing."""
        given = number(row.values.get(self.total))
        parts = [number(row.values.get(name)) for name in self.plus]
        if given is None or any(part is None for part in parts):
            return None
        expected = sum((part for part in parts if part is not None), Decimal(0))
        for name in self.minus:
            expected -= number(row.values.get(name)) or Decimal(0)
        if abs(given - expected) > self.tolerance:
            return Finding(
                self.total, "total", f"{self.total} is {given}, but should be {expected}"
            )
        return None


@dataclass(frozen=True)
class Within(Rule):
    """A date may lie only so many days ahead and, where a limit is set, so many back."""

    column: str
    ahead: int = 0
    back: int | None = None

    def check(self, row: Facts) -> Finding | None:
        """Compare with the first and the last day allowed."""
        day = row.values.get(self.column)
        if not isinstance(day, date):
            return None
        last = row.today + timedelta(days=self.ahead)
        if day > last:
            return Finding(self.column, "future", f"{day} is after {last}")
        if self.back is None:
            return None
        first = row.today - timedelta(days=self.back)
        if day < first:
            return Finding(self.column, "old", f"{day} is before {first}")
        return None


@dataclass(frozen=True)
class Unusual(Rule):
    """Values beyond a bound are imported with a warning."""

    column: str
    above: Decimal

    def check(self, row: Facts) -> Finding | None:
        """Compare with the bound."""
        value = number(row.values.get(self.column))
        if value is None or value <= self.above:
            return None
        message = f"{value} is unusually high, more than {self.above}"
        return Finding(self.column, "unusual", message, Severity.WARNING)


def check_row(values: Values, rules: Iterable[Rule], *, line: int, today: date) -> list[Problem]:
    """All that the rules have against a row."""
    row = Facts(values, today)
    findings = [finding for rule in rules if (finding := rule.check(row)) is not None]
    return [
        Problem(line, finding.column, finding.code, finding.message, finding.severity)
        for finding in findings
    ]


def is_rejected(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems keeps the row out."""
    return any(problem.severity is not Severity.WARNING for problem in problems)
