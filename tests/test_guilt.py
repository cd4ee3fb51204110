from __future__ import annotations

from generator import edits, guilt, inject
from generator.records import Edit, Mutant

ROUNDING = b"""\
from decimal import ROUND_HALF_UP, Decimal


CENT = Decimal("0.01")


def tax(net):
    gross = net * RATE
    return gross.quantize(CENT, rounding=ROUND_HALF_UP)
"""

CACHE = b"""\
class Sums:
    kept: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, book, day):
        if (book, day) not in self.kept:
            self.kept[book, day] = self.count(book, day)
        return self.kept[book, day]

    def forget(self, book, day):
        self.kept.pop((book, day), None)
        self.tell(book, day)
"""

OUTSIDE = b"""\
from fees import standard, reduced

FEES = {"tea": reduced}
SHOWN = (
    "tea",
    "milk",
    "salt",
)
"""


def mutants(source: bytes, operator: str) -> list[Mutant]:
    return [
        each for each in inject.mutants_of_file("a.py", source).mutants if each.operator == operator
    ]


def guilty_text(source: bytes, mutant: Mutant, others: tuple[Edit, ...] = ()) -> list[str]:
    first, last = guilt.guilty_lines(source, mutant, others)
    made = edits.apply_to_file(source, [*mutant.edits, *others]).decode().splitlines()
    return made[first - 1 : last]


def test_an_import_that_goes_along_is_not_where_the_bug_is() -> None:
    some = mutants(ROUNDING, "rounding_mode")
    assert some
    for mutant in some:
        (line,) = guilty_text(ROUNDING, mutant)
        assert line.startswith("    return gross.quantize(CENT")


def test_of_several_places_those_in_the_guilty_function_count() -> None:
    mutant = mutants(CACHE, "cache_key_part")[0]
    assert mutant.function == "Sums.of"
    assert guilty_text(CACHE, mutant) == [
        "        if book not in self.kept:",
        "            self.kept[book] = self.count(book, day)",
        "        return self.kept[book]",
    ]


def test_outside_of_functions_the_guilty_statement_counts() -> None:
    mutant = mutants(OUTSIDE, "drop_element")[0]
    assert mutant.function == ""
    told = guilty_text(OUTSIDE, mutant)
    assert told
    assert set(told) <= set(OUTSIDE.decode().splitlines()[3:])


def test_the_lines_are_those_of_the_text_with_all_edits_in_it() -> None:
    other = (Edit("a.py", 0, 0, "import re\nimport os\n"),)
    some = mutants(ROUNDING, "rounding_mode")
    assert some
    for mutant in some:
        (line,) = guilty_text(ROUNDING, mutant, other)
        assert line.startswith("    return gross.quantize(CENT")
